//! The settings, read and checked.

use super::actions::{self, ActionSettings};
use super::branding;
use super::device_services::{self, DeviceServiceSettings};
use super::graph;
use super::keys::{Need, Sources, keys};
use super::reader::{ConfigError, Section};
use super::session::{self, SessionContext, SessionSettings};
use crate::domain::freshness::MaxAge;
use crate::domain::operation::LogFormat;
use crate::domain::quota::Quota;
use crate::domain::rate::{Limits, PerHour, Quotas};
use crate::domain::secret_key::KeyRing;
use crate::domain::streams::StreamRules;
use crate::domain::switches::SwitchedOff;
use crate::oidc::{Algorithm, ProviderAccess, TokenRules};
use crate::services::simulated::FleetSettings;
use ipnet::IpNet;
use portal_contract::{Branding, SHORTEST_PASSCODE_LIFETIME_DAYS, page_config};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use toml::{Table, Value};

/// How long an event stream is silent at most unless configured, in seconds.
const USUAL_HEARTBEAT: f64 = 15.0;
/// What may be configured. The page takes a stream for dead after 50 s of silence; a proxy or a slow line may swallow a beat.
const HEARTBEATS: std::ops::RangeInclusive<f64> = 1.0..=25.0;

/// The page, if it is served from here.
#[derive(Debug, Clone)]
pub struct PageSettings {
    /// Its folder.
    pub folder: PathBuf,
    /// What is served as `config.json`; without it the file in the folder is.
    pub config: Option<serde_json::Value>,
    /// Origins the page must reach.
    pub connect: Vec<String>,
}

/// The bounds of serving.
#[derive(Debug, Clone)]
pub struct Serving {
    /// The bounds of event streams.
    pub streams: StreamRules,
    /// Connections at the same time.
    pub connections: usize,
    /// Of those, from one network.
    pub connections_per_network: usize,
    /// How long a client may take to send its headers.
    pub header_timeout: Duration,
    /// How long an answer may take.
    pub request_timeout: Duration,
    /// The largest body, in bytes.
    pub body_bytes: usize,
    /// The largest size of the database, in pages of 4 KiB.
    pub database_pages: Option<u32>,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `host:port`.
    pub listen: String,
    /// `host:port` of the metrics; without it there are none.
    pub metrics_listen: Option<String>,
    /// How the log is written.
    pub log_format: LogFormat,
    /// For how long a server that was asked to stop says that it is not ready before it stops accepting.
    pub drain_time: Duration,
    /// The database file.
    pub database: PathBuf,
    /// The page.
    pub page: Option<PageSettings>,
    /// Origins of pages served elsewhere.
    pub page_origins: Vec<String>,
    /// The address people know this server by.
    pub public_base_url: Option<String>,
    /// The path of that address, under which the portal lies: `/portal`, or nothing at the top of its host.
    pub base_path: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Access tokens.
    pub tokens: TokenRules,
    /// Where the identity provider is for this server.
    pub provider: ProviderAccess,
    /// The keys for passcodes at rest.
    pub passcode_keys: KeyRing,
    /// The keys that seal the audit record, if it is sealed.
    pub audit_keys: Option<KeyRing>,
    /// For how long passcodes are kept, in days.
    pub passcode_lifetime_days: u32,
    /// The device services, in the order in which devices are listed; at least one.
    pub device_services: Vec<DeviceServiceSettings>,
    /// What the organisation switched off.
    pub switched_off: Vec<SwitchedOff>,
    /// How old the first sign-in may be for a reset without a second one; `None`: it is always asked for.
    pub skip_second_sign_in: Option<MaxAge>,
    /// How the simulated fleet behaves, where there is one.
    pub fleet: FleetSettings,
    /// Limits on what people do.
    pub limits: Limits,
    /// The bounds of serving.
    pub serving: Serving,
    /// The organisation.
    pub branding: Branding,
    /// Session mode, if this is it.
    pub session: Option<SessionSettings>,
}

pub(super) fn from_table(mut whole: Table, sources: &Sources) -> Result<Settings, Vec<ConfigError>> {
    let mut mistakes = Vec::new();
    let session = session::read(&mut whole, &mut mistakes, sources);
    let (tokens, mut provider) = oidc(&mut whole, &mut mistakes, session.is_some());
    let (passcode_keys, passcode_lifetime_days) = passcode(&mut whole, &mut mistakes, sources);
    let audit_keys = audit(&mut whole, &mut mistakes, sources);
    let fleet = fleet(&mut whole, &mut mistakes);
    let mut device_services = device_services::read(&mut whole, &mut mistakes, sources);
    graph::fit(&device_services, &tokens, &mut mistakes);
    let ActionSettings { switched_off, skip_second_sign_in } = actions::read(&mut whole, &mut mistakes);
    let (limits, serving) = limits(&mut whole, &mut mistakes);
    let branding = branding::branding(Section::take(&mut whole, "branding", &mut mistakes));
    let (mut config, extra) = page(&mut whole, &mut mistakes, session.is_some());
    let mut top = Section::take(&mut whole, "", &mut mistakes);
    let listen = top.text_or("listen", "127.0.0.1:8080");
    if !is_host_and_port(&listen) {
        top.wrong("listen", "must be a host and a port, like \"127.0.0.1:8080\" or \"localhost:8080\"");
    }
    let metrics_listen = top.text("metrics_listen").filter(|text| !text.is_empty());
    if metrics_listen.as_ref().is_some_and(|address| !is_host_and_port(address) || *address == listen) {
        top.wrong("metrics_listen", "must be a host and a port of its own, like \"127.0.0.1:9464\"");
    }
    let log_format = match top.text_or("log_format", "text").as_str() {
        "json" => LogFormat::Json,
        "text" => LogFormat::Text,
        _ => {
            top.wrong("log_format", "must be \"text\" or \"json\"");
            LogFormat::Text
        }
    };
    let drain_seconds = top.number("drain_seconds", 0, 0..=300);
    let database = PathBuf::from(
        top.required("database", "the path of the database file, for instance \"portal.sqlite\""),
    );
    let certificates = device_services::certificates(&mut top);
    let folder = top.text("page_dir").map(PathBuf::from);
    if folder.as_ref().is_some_and(|folder| !folder.is_dir()) {
        top.wrong(
            "page_dir",
            "is not a folder: build the page first, or leave the key out to serve the API alone",
        );
    }
    let page_origins = top.list("page_origins", &[]);
    if let Some(bad) = page_origins.iter().find(|text| origin_of(text).as_deref() != Some(text.as_str())) {
        let reason = format!(
            "{bad} is not an origin: write scheme, host and port only, like \"https://portal.example.com\""
        );
        top.wrong("page_origins", &reason);
    }
    let public_base_url = top.text("public_base_url");
    if public_base_url.as_deref().is_some_and(|url| origin_of(url).is_none()) {
        top.wrong("public_base_url", "must be an http or https address");
    }
    let public_base_url = public_base_url.map(|url| url.trim_end_matches('/').to_owned());
    if public_base_url.as_deref().is_some_and(|url| origin_of(url).is_some() && base_path_of(url).is_none()) {
        top.wrong(
            "public_base_url",
            "must be scheme, host and port, with or without a path of plain names, like \"https://intranet.example.com/portal\"",
        );
    }
    let may_simulate = top.truth("allow_simulated");
    if device_services.is_empty() && !top.has_mistake("device_services") {
        device_services.push(DeviceServiceSettings::Simulated);
    }
    let is_public = public_base_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    if is_public && !may_simulate && device_services.iter().any(DeviceServiceSettings::is_simulated) {
        top.wrong(
            "device_services",
            "would show simulated devices at a public https address (public_base_url), and a reset of them reaches no \
             phone: name your device management in a [[device_services]] section with kind = \"graph\" or kind = \"http\", or, for a \
             demonstration, set allow_simulated = true",
        );
    }
    let proxies = top.list("trusted_proxies", &[]);
    let trusted_proxies: Vec<IpNet> = proxies.iter().filter_map(|text| network_named(text)).collect();
    if trusted_proxies.len() != proxies.len() {
        top.wrong(
            "trusted_proxies",
            "must be a list of IP addresses or networks, like [\"192.0.2.1\", \"10.0.0.0/8\"], and not everybody",
        );
    }
    top.finish();
    let session = session.map(|read| {
        let around = SessionContext {
            public_base_url: public_base_url.as_deref(),
            has_page: folder.is_some(),
            has_page_origins: !page_origins.is_empty(),
            page_config: config.as_mut(),
        };
        read.fit(around, &mut mistakes)
    });
    if skip_second_sign_in.is_some() && asks_for_more(session.as_ref(), config.as_ref()) {
        let reason = "would leave out what a fresh sign-in is asked for beside the password (step_up_acr_values, step_up_claims): \
                      choose one of both";
        mistakes.push(ConfigError::new(actions::SKIP_KEY, reason.to_owned()));
    }
    let page = folder.map(|folder| {
        let api =
            config.as_ref().and_then(|config| config.get("apiBase")).and_then(serde_json::Value::as_str);
        // In session mode the page itself never talks to the provider.
        let issuer = session.is_none().then_some(tokens.issuer.as_str());
        let mut connect: Vec<String> = [issuer, api].into_iter().flatten().filter_map(origin_of).collect();
        connect.extend(extra);
        connect.dedup();
        PageSettings { folder, config, connect }
    });
    for service in &mut device_services {
        service.trust(certificates.as_deref());
    }
    provider.certificates = certificates;
    let Some(passcode_keys) = passcode_keys.filter(|_| mistakes.is_empty()) else {
        return Err(mistakes);
    };
    Ok(Settings {
        listen,
        metrics_listen,
        log_format,
        drain_time: Duration::from_secs(drain_seconds.unsigned_abs()),
        database,
        page,
        page_origins,
        base_path: public_base_url.as_deref().and_then(base_path_of).unwrap_or_default(),
        public_base_url,
        trusted_proxies,
        tokens,
        provider,
        passcode_keys,
        audit_keys,
        passcode_lifetime_days,
        device_services,
        switched_off,
        skip_second_sign_in,
        fleet,
        limits,
        serving,
        branding,
        session,
    })
}

/// Whether a fresh sign-in is more than a sign-in that was a moment ago.
fn asks_for_more(session: Option<&SessionSettings>, config: Option<&serde_json::Value>) -> bool {
    let by_server = session.is_some_and(|session| {
        let step_up = &session.client.step_up;
        step_up.acr_values.is_some() || step_up.claims.is_some()
    });
    let by_page = config.is_some_and(|config| {
        page_config::ASKED_OF_A_STEP_UP.iter().any(|entry| config.get(entry).is_some_and(is_said))
    });
    by_server || by_page
}

fn is_said(entry: &serde_json::Value) -> bool {
    entry.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_host_and_port(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// An address or a network; `None` for anything else, and for a network that is everybody: trusting strangers is a mistake.
fn network_named(text: &str) -> Option<IpNet> {
    let address = || text.parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
    text.parse().or_else(|_| address()).ok().filter(|network: &IpNet| network.prefix_len() > 0)
}

/// Scheme, host and port of an http(s) address; `None` for anything else.
pub(crate) fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = !authority.is_empty()
        && authority
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'));
    (matches!(scheme, "http" | "https") && plain).then(|| format!("{scheme}://{authority}"))
}

/// The path of the address people know this server by: nothing at the top of its host, else it begins with a slash and does not end
/// with one. `None` for what would have to be escaped somewhere, or leads elsewhere.
pub(crate) fn base_path_of(address: &str) -> Option<String> {
    let path = address.strip_prefix(origin_of(address)?.as_str())?.trim_end_matches('/');
    let is_plain = |name: &str| {
        !matches!(name, "" | "." | "..")
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
    };
    let mut names = path.split('/');
    (names.next() == Some("") && names.all(is_plain)).then(|| path.to_owned())
}

/// Whether an address is on this machine, where plain http is acceptable.
pub(super) fn is_loopback(address: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|prefix| {
        address.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

fn oidc(
    whole: &mut Table,
    mistakes: &mut Vec<ConfigError>,
    is_session_mode: bool,
) -> (TokenRules, ProviderAccess) {
    let mut section = Section::take(whole, "oidc", mistakes);
    let issuer = section
        .required("issuer", "the issuer of your identity provider, exactly as its discovery document says");
    if !issuer.is_empty()
        && (origin_of(&issuer).is_none() || !(issuer.starts_with("https:") || is_loopback(&issuer)))
    {
        section.wrong("issuer", "must be an https address (http only on this machine)");
    }
    let discovery_url = section.text("discovery_url");
    if discovery_url.as_deref().is_some_and(|url| !device_services::is_address(url)) {
        section.wrong(
            "discovery_url",
            "must be the https address (http only on this machine) at which this server finds the provider's document",
        );
    }
    let audience = if is_session_mode {
        // Nobody sends an access token there.
        section.text_or("audience", "")
    } else {
        section.required("audience", "what your provider writes into `aud` of access tokens for this API")
    };
    let names = section.list("algorithms", &["RS256"]);
    let algorithms: Vec<_> = names.iter().filter_map(|name| Algorithm::named(name)).collect();
    if algorithms.is_empty() || algorithms.len() != names.len() {
        let reason = format!("must be a list out of: {}", Algorithm::ALL.map(Algorithm::name).join(", "));
        section.wrong("algorithms", &reason);
    }
    let types = section.list("token_types", &["at+jwt"]);
    let token_types: Vec<String> = types
        .iter()
        .map(|name| name.to_ascii_lowercase())
        .map(|name| name.strip_prefix("application/").map_or(name.clone(), ToOwned::to_owned))
        .collect();
    if token_types.is_empty() {
        section.wrong(
            "token_types",
            "must name at least one `typ`, usually \"at+jwt\"; \"none\" for tokens without one",
        );
    }
    let scope_claim = section.text_or("scope_claim", "scope");
    let required_scope = section.text_or("required_scope", "devices");
    if required_scope.contains([' ', '"', '\\']) {
        section.wrong("required_scope", "must be one scope, or \"\" where the audience is this API's own");
    }
    let subject_claim = section.text_or("subject_claim", "sub");
    let auth_time_claim = section.text_or("auth_time_claim", "auth_time");
    if ["iat", "nbf", "exp", "updated_at"].contains(&auth_time_claim.as_str()) {
        section
            .wrong("auth_time_claim", "must be when the person signed in, and not when the token was made");
    }
    let access_token_issuer = section.text("access_token_issuer");
    let client_id_claim = section.text("client_id_claim");
    let trusted_audiences = section.list("trusted_audiences", &[]);
    let leeway_seconds = section.number("leeway_seconds", 30, 0..=30);
    section.finish();
    let rules = TokenRules {
        auth_time_claim,
        access_token_issuer,
        client_id_claim,
        trusted_audiences,
        issuer,
        audience,
        algorithms,
        token_types,
        scope_claim,
        required_scope,
        subject_claim,
        leeway_seconds,
    };
    (rules, ProviderAccess { discovery_url, certificates: None })
}

fn passcode(whole: &mut Table, mistakes: &mut Vec<ConfigError>, sources: &Sources) -> (Option<KeyRing>, u32) {
    let mut section = Section::take(whole, "passcode", mistakes);
    let keys = keys(&mut section, "passcode", "passcode.keys", Need::Required, sources);
    let days = section.number("lifetime_days", 7, SHORTEST_PASSCODE_LIFETIME_DAYS..=90);
    section.finish();
    (keys, u32::try_from(days).unwrap_or(7))
}

fn audit(whole: &mut Table, mistakes: &mut Vec<ConfigError>, sources: &Sources) -> Option<KeyRing> {
    let mut section = Section::take(whole, "audit", mistakes);
    let keys = keys(&mut section, "audit", "audit.keys", Need::Optional, sources);
    section.finish();
    keys
}

fn fleet(whole: &mut Table, mistakes: &mut Vec<ConfigError>) -> FleetSettings {
    let mut section = Section::take(whole, "fleet", mistakes);
    let seed = section.number("seed", 1, 0..=i64::MAX);
    let speed = section.factor("speed", 1.0);
    let crowd = section.number("crowd", 0, 0..=10_000);
    let minutes = section.number("android_command_minutes", 10, 1..=60 * 24 * 30);
    let hours = section.number("other_command_hours", 24, 1..=24 * 30);
    section.finish();
    FleetSettings {
        seed: seed.unsigned_abs(),
        speed,
        crowd: u32::try_from(crowd).unwrap_or(0),
        android_command_seconds: minutes * 60,
        other_command_seconds: hours * 3600,
    }
}

fn limits(whole: &mut Table, mistakes: &mut Vec<ConfigError>) -> (Limits, Serving) {
    let mut section = Section::take(whole, "limits", mistakes);
    let mut count = |key, usual| {
        let number = section.number(key, usual, 1..=10_000_000);
        u32::try_from(number).unwrap_or(u32::MAX)
    };
    let limits = Limits {
        resets_per_person: PerHour(count("resets_per_hour", 60)),
        resets_per_device: PerHour(count("resets_per_device_per_hour", 20)),
        actions_per_person: PerHour(count("actions_per_hour", 120)),
        actions_per_device: PerHour(count("actions_per_device_per_hour", 60)),
        reveals_per_person: PerHour(count("reveals_per_hour", 120)),
        reveals_per_device: PerHour(count("reveals_per_device_per_hour", 60)),
        quotas: Quotas {
            resets_from_network: Quota::per_hour(count("resets_per_address_per_hour", 600)),
            reveals_from_network: Quota::per_hour(count("reveals_per_address_per_hour", 1200)),
            attempts_of_person: Quota::per_minute(count("attempts_per_minute", 120)),
            sign_in_failures_from_network: Quota::per_minute(count(
                "sign_in_failures_per_address_per_minute",
                120,
            )),
            sign_ins_from_network: Quota::per_minute(count("sign_ins_per_address_per_minute", 300)),
            events_from_network: Quota::per_minute(count("connector_events_per_address_per_minute", 1200)),
        },
    };
    let streams_per_person = count("streams_per_person", 4);
    let streams = count("streams", 512);
    let connections = count("connections", 4096);
    let connections_per_network = count("connections_per_address", 512);
    let header_seconds = count("header_seconds", 10);
    let seconds = count("request_seconds", 30);
    let body_bytes = count("body_bytes", 16 * 1024);
    let megabytes = section.number("database_megabytes", 0, 0..=1_000_000);
    let mut heartbeat = section.factor("heartbeat_seconds", USUAL_HEARTBEAT);
    if !HEARTBEATS.contains(&heartbeat) {
        section.wrong(
            "heartbeat_seconds",
            "must be from 1 to 25: the page takes a stream that is silent for 50 s for dead, and one beat may be late",
        );
        heartbeat = USUAL_HEARTBEAT;
    }
    section.finish();
    let pages = u32::try_from(megabytes.saturating_mul(256)).unwrap_or(u32::MAX);
    let serving = Serving {
        streams: StreamRules {
            per_person: streams_per_person,
            total: streams,
            heartbeat: Duration::from_secs_f64(heartbeat),
        },
        connections: usize::try_from(connections).unwrap_or(4096),
        connections_per_network: usize::try_from(connections_per_network).unwrap_or(512),
        header_timeout: Duration::from_secs(u64::from(header_seconds)),
        request_timeout: Duration::from_secs(u64::from(seconds)),
        body_bytes: usize::try_from(body_bytes).unwrap_or(16 * 1024),
        database_pages: (pages > 0).then_some(pages),
    };
    (limits, serving)
}

/// `config.json` and further origins the page must reach.
fn page(
    whole: &mut Table,
    mistakes: &mut Vec<ConfigError>,
    is_session_mode: bool,
) -> (Option<serde_json::Value>, Vec<String>) {
    let mut section = Section::take(whole, "page", mistakes);
    let config = match section.value("config") {
        None => None,
        Some(table @ Value::Table(_)) => serde_json::to_value(table).ok(),
        Some(_) => {
            section.wrong("config", "must be a section: write it as [page.config]");
            None
        }
    };
    if let Some(config) = config.as_ref().and_then(serde_json::Value::as_object) {
        let needed: &[&str] =
            if is_session_mode { &["apiBase"] } else { &["apiBase", "authority", "clientId", "scopes"] };
        for key in needed {
            if !config.get(*key).is_some_and(serde_json::Value::is_string) {
                section.wrong("config", &format!("{key} is missing: the page cannot start without it"));
            }
        }
        for mistake in branding::unknown_entries(config) {
            section.wrong("config", &mistake);
        }
    }
    let connect = section.list("connect", &[]);
    if let Some(bad) = connect.iter().find(|text| origin_of(text).as_deref() != Some(text.as_str())) {
        let reason = format!("{bad} is not an origin");
        section.wrong("connect", &reason);
    }
    section.finish();
    (config, connect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        assert_eq!(origin_of("https://id.example.com/realms/a").as_deref(), Some("https://id.example.com"));
        assert_eq!(origin_of("http://127.0.0.1:8081").as_deref(), Some("http://127.0.0.1:8081"));
        for text in ["id.example.com", "ftp://a", "https://", "https://a b", "https://a;script-src *"] {
            assert_eq!(origin_of(text), None, "{text}");
        }
    }

    #[test]
    fn plain_http_is_accepted_on_this_machine_only() {
        assert!(is_loopback("http://127.0.0.1:8081"));
        assert!(is_loopback("http://localhost/a"));
        assert!(!is_loopback("http://localhost.example.com"));
        assert!(!is_loopback("http://192.0.2.1"));
    }
}
