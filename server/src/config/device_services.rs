//! `[[device_services]]`: which device services stand behind the portal. Without any, a simulated fleet does.

use super::graph;
use super::keys::Sources;
use super::private_file::{self, FileLocation};
use super::reader::{ConfigError, Section};
use super::settings::{is_loopback, origin_of};
use crate::services::graph::GraphSettings;
use crate::services::http::{
    Authorization, ClientCredentials, HttpServiceSettings, WebhookSecret, are_certificates,
};
use portal_contract::SecretText;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The names of the simulated services.
const OF_THE_FLEET: [&str; 3] = ["fleet", "cloud", "push"];
/// The longest name: it stands in front of every device's identifier.
const LONGEST_NAME: usize = 24;
/// The fewest characters of a token: 32 random bytes in base64.
const SHORTEST_TOKEN: usize = 43;
/// How many secrets for webhooks are good at the same time.
const MANY_WEBHOOK_SECRETS: usize = 4;
const LIST: &str = "device_services";
const KINDS: &str = "\"graph\" (Microsoft Intune), \"http\" or \"simulated\"";

/// One device service.
#[derive(Debug, Clone)]
pub enum DeviceServiceSettings {
    /// The simulated fleet.
    Simulated,
    /// Any device management over HTTP.
    Http(HttpServiceSettings),
    /// Microsoft Intune.
    Graph(Box<GraphSettings>),
}

impl DeviceServiceSettings {
    /// Whether its devices are none.
    #[must_use]
    pub const fn is_simulated(&self) -> bool {
        matches!(self, Self::Simulated)
    }

    /// Trusts these certificates too, beside its own and the machine's.
    pub(super) fn trust(&mut self, certificates: Option<&[u8]>) {
        let Some(certificates) = certificates else { return };
        let trusted = match self {
            Self::Simulated => return,
            Self::Http(http) => &mut http.certificates,
            Self::Graph(tenant) => &mut tenant.certificates,
        };
        // Whoever wrote the file may have left out the end of its last line.
        let own = trusted.take().unwrap_or_default();
        *trusted = Some([own.as_slice(), b"\n", certificates].concat());
    }
}

/// Reads the list, in the order in which devices are listed. Empty where there is none.
pub(super) fn read(
    whole: &mut Table,
    mistakes: &mut Vec<ConfigError>,
    sources: &Sources,
) -> Vec<DeviceServiceSettings> {
    let items = match whole.remove(LIST) {
        None => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(_) => {
            let reason = "must be a list of sections in the file: write each as [[device_services]]";
            mistakes.push(ConfigError::new(LIST, reason.to_owned()));
            return Vec::new();
        }
    };
    let mut names: Vec<String> = Vec::new();
    let mut services = Vec::new();
    for (place, item) in items.into_iter().enumerate() {
        let Value::Table(table) = item else {
            let reason = format!("number {} must be a section: write it as [[device_services]]", place + 1);
            mistakes.push(ConfigError::new(LIST, reason));
            continue;
        };
        services.extend(service(table, place, &mut names, mistakes, sources));
    }
    services
}

/// A connector that stands in no configuration, with a token in a file; both are looked at as strictly as there.
///
/// # Errors
/// All mistakes at once.
pub fn connector(
    url: &str,
    token_file: &Path,
    ca_file: Option<&Path>,
) -> Result<HttpServiceSettings, Vec<ConfigError>> {
    let path = |path: &Path| Value::from(path.display().to_string());
    let mut own =
        Table::from_iter([("url".to_owned(), Value::from(url)), ("token_file".to_owned(), path(token_file))]);
    own.extend(ca_file.map(|file| ("ca_file".to_owned(), path(file))));
    let (name, mut mistakes) = ("connector".to_owned(), Vec::new());
    let sources = Sources::new(None, &Table::new(), &[]);
    let settings = http(Section::of(own, name.clone(), &mut mistakes), name, &sources);
    if mistakes.is_empty() { Ok(settings) } else { Err(mistakes) }
}

fn service(
    mut table: Table,
    place: usize,
    names: &mut Vec<String>,
    mistakes: &mut Vec<ConfigError>,
    sources: &Sources,
) -> Option<DeviceServiceSettings> {
    let own = table.remove("http");
    let tenant = table.remove("graph");
    let shown = match table.get("name").and_then(Value::as_str) {
        Some(name) if is_name(name) => format!("{LIST}.{name}"),
        _ => format!("{LIST}[{}]", place + 1),
    };
    let mut section = Section::of(table, shown.clone(), mistakes);
    let kind = section.required("kind", KINDS);
    let is_simulated = kind == "simulated";
    let usual_name = is_simulated.then_some("fleet");
    let name = match (section.text("name"), usual_name) {
        (None, Some(usual)) => usual.to_owned(),
        (None, None) => {
            section.wrong("name", "is missing: letters, digits and hyphens, and never another one later");
            String::new()
        }
        (Some(name), Some(usual)) if name != usual => {
            section.wrong("name", "must be \"fleet\" for the simulated fleet, or left out");
            name
        }
        (Some(name), _) => {
            if !is_name(&name) {
                let reason = format!(
                    "must be 1 to {LONGEST_NAME} small letters, digits and hyphens: identifiers of devices begin with it"
                );
                section.wrong("name", &reason);
            }
            name
        }
    };
    let taken: Vec<String> =
        if is_simulated { OF_THE_FLEET.map(ToOwned::to_owned).to_vec() } else { vec![name.clone()] };
    if taken.iter().any(|name| names.contains(name)) {
        section.wrong(
            "name",
            "is taken: every service has a name of its own, and the simulated fleet has fleet, cloud and push",
        );
    }
    names.extend(taken);
    if own.is_some() && is_simulated {
        section.wrong("http", "does not belong to the simulated fleet: its section is [fleet]");
    }
    if own.is_some() && kind == "graph" {
        section.wrong("http", "does not belong to kind \"graph\": its section is [device_services.graph]");
    }
    if tenant.is_some() && matches!(kind.as_str(), "simulated" | "http") {
        section.wrong("graph", "belongs to kind \"graph\" alone");
    }
    if !matches!(kind.as_str(), "" | "simulated" | "http" | "graph") {
        section.wrong("kind", &format!("must be {KINDS}"));
    }
    section.finish();
    if kind == "graph" {
        let Some(Value::Table(tenant)) = tenant else {
            let reason = "is missing: write [device_services.graph] after [[device_services]], with `tenant_id`, `client_id` \
                          and a credential (docs/device-services/intune.md)";
            mistakes.push(ConfigError::new(&format!("{shown}.graph"), reason.to_owned()));
            return None;
        };
        let section = Section::of(tenant, format!("{shown}.graph"), mistakes);
        return graph::read(section, name, sources).map(Box::new).map(DeviceServiceSettings::Graph);
    }
    match (kind.as_str(), own) {
        ("simulated", _) => Some(DeviceServiceSettings::Simulated),
        ("http", Some(Value::Table(own))) => {
            let section = Section::of(own, format!("{shown}.http"), mistakes);
            Some(DeviceServiceSettings::Http(http(section, name, sources)))
        }
        ("http", _) => {
            let reason = "is missing: write [device_services.http] after [[device_services]], with `url` and how this \
                          server shows who it is";
            mistakes.push(ConfigError::new(&format!("{shown}.http"), reason.to_owned()));
            None
        }
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_allowed)
}

fn http(mut section: Section<'_>, name: String, sources: &Sources) -> HttpServiceSettings {
    let url = section.required("url", "the connector's base address, like \"https://mdm.example.com/v1\"");
    let is_base = is_address(&url) && url.trim_end_matches('/').ends_with("/v1");
    if !url.is_empty() && !is_base {
        section.wrong("url", "must be an https address (http only on this machine) that ends in /v1");
    }
    let certificates = certificates(&mut section);
    let authorization = authorization(&mut section, &name, sources);
    let webhook_secrets = webhook_secrets(&mut section, &name, sources);
    section.finish();
    HttpServiceSettings { name, url, authorization, certificates, webhook_secrets }
}

/// An address without a query, user or password, encrypted or on this machine.
pub(super) fn is_address(url: &str) -> bool {
    origin_of(url).is_some()
        && (url.starts_with("https://") || is_loopback(url))
        && !url.contains(['?', '#', ' ', '\\', '@'])
}

/// The certificates of `ca_file`, in PEM.
pub(super) fn certificates(section: &mut Section<'_>) -> Option<Vec<u8>> {
    let path = PathBuf::from(section.text("ca_file")?);
    let read = private_file::read_public(&path);
    let usable = read.and_then(|pem| {
        let is_one = are_certificates(&pem);
        is_one.then_some(pem).ok_or_else(|| "holds no certificate in PEM".to_owned())
    });
    match usable {
        Ok(pem) => Some(pem),
        Err(reason) => {
            section.wrong("ca_file", &format!("{} {reason}", path.display()));
            None
        }
    }
}

fn authorization(section: &mut Section<'_>, name: &str, sources: &Sources) -> Authorization {
    let token_file = section.text("token_file").map(PathBuf::from);
    let token_url = section.text("token_url");
    let client_id = section.text("client_id");
    let client_secret_file = section.text("client_secret_file").map(PathBuf::from);
    let scope = section.text("scope");
    let Some(token_url) = token_url else {
        if client_id.is_some() || client_secret_file.is_some() || scope.is_some() {
            section.wrong("token_url", "is missing: client_id, client_secret_file and scope belong to it");
        }
        let credential = format!("{name}.token");
        return Authorization::Bearer(secret(
            section,
            "token_file",
            token_file,
            &credential,
            sources,
            is_token,
        ));
    };
    if token_file.is_some() {
        section.wrong("token_file", "and token_url are both there: keep one way");
    }
    if !is_address(&token_url) {
        section.wrong("token_url", "must be an https address (http only on this machine)");
    }
    let client_id = client_id.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| {
        section.wrong("client_id", "is missing: how the token endpoint knows this server");
        String::new()
    });
    let credential = format!("{name}.client-secret");
    let client_secret =
        secret(section, "client_secret_file", client_secret_file, &credential, sources, |_| Ok(()));
    Authorization::ClientCredentials(ClientCredentials { token_url, client_id, client_secret, scope })
}

/// What the connector may sign its webhooks with: one a line, so that one can be replaced while both are good.
fn webhook_secrets(section: &mut Section<'_>, name: &str, sources: &Sources) -> Vec<WebhookSecret> {
    const KEY: &str = "webhook_secret_file";
    let (file, place) = match section.text(KEY).map(PathBuf::from) {
        Some(file) => (file, FileLocation::Anywhere),
        None => match sources.credential(&format!("{name}.webhook-secret")) {
            Some(file) => (file, FileLocation::Credentials),
            None => return Vec::new(),
        },
    };
    let read = private_file::read(&file, place).and_then(|text| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let secrets: Option<Vec<_>> = lines.map(WebhookSecret::parse).collect();
        let secrets = secrets.filter(|secrets| (1..=MANY_WEBHOOK_SECRETS).contains(&secrets.len()));
        secrets.ok_or_else(|| {
            format!(
                "must hold one to {MANY_WEBHOOK_SECRETS} lines of whsec_ and the base64 of 24 to 64 bytes \
                 (`echo whsec_$(openssl rand -base64 32)`)"
            )
        })
    });
    read.unwrap_or_else(|reason| {
        section.wrong(KEY, &format!("{} {reason}", file.display()));
        Vec::new()
    })
}

/// A token that nobody guesses and that fits into a header (RFC 6750 section 2.1).
fn is_token(text: &str) -> Result<(), &'static str> {
    let fits = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if !fits {
        Err("holds something else than one token: letters, digits and -._~+/= only")
    } else if text.len() < SHORTEST_TOKEN {
        Err("holds a token that is too short: 32 random bytes in base64 (`openssl rand -base64 32`)")
    } else {
        Ok(())
    }
}

/// A secret out of a file that only this server may read, or out of what systemd hands over.
pub(super) fn secret(
    section: &mut Section<'_>,
    key: &'static str,
    file: Option<PathBuf>,
    credential: &str,
    sources: &Sources,
    check: fn(&str) -> Result<(), &'static str>,
) -> SecretText {
    let found = match file {
        Some(file) => Some((file, FileLocation::Anywhere)),
        None => sources.credential(credential).map(|file| (file, FileLocation::Credentials)),
    };
    let Some((file, place)) = found else {
        let reason = format!(
            "is missing: name a file that only the server may read, or hand over the systemd credential {credential}"
        );
        section.wrong(key, &reason);
        return SecretText::new(String::new());
    };
    match read_secret(&file, place, check) {
        Ok(secret) => secret,
        Err(reason) => {
            section.wrong(key, &format!("{} {reason}", file.display()));
            SecretText::new(String::new())
        }
    }
}

fn read_secret(
    file: &Path,
    place: FileLocation,
    check: fn(&str) -> Result<(), &'static str>,
) -> Result<SecretText, String> {
    let text = private_file::read(file, place)?;
    let text = text.trim();
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    check(text).map(|()| SecretText::new(text.to_owned())).map_err(ToOwned::to_owned)
}
