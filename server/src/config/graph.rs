//! `[device_services.graph]`: a tenant of Microsoft Intune.

use super::device_services::{DeviceServiceSettings, is_address, secret};
use super::keys::Sources;
use super::private_file;
use super::reader::{ConfigError, Section};
use super::settings::origin_of;
use crate::domain::action::{ActionKind, ActionSet};
use crate::oidc::TokenRules;
use crate::services::graph::{
    ClientCertificate, Credential, DevicesVersion, GraphSettings, Guid, IDENTITY_URL, actions,
};
use portal_contract::ActionName;
use std::path::{Path, PathBuf};

const DAY_SECONDS: i64 = 86_400;

pub(super) fn read(mut section: Section<'_>, name: String, sources: &Sources) -> Option<GraphSettings> {
    let tenant_id =
        guid(&mut section, "tenant_id", "the directory (tenant) ID, from the application's overview");
    let client_id =
        guid(&mut section, "client_id", "the application (client) ID, from the application's overview");
    let credential = credential(&mut section, &name, sources);
    let graph_url = address(&mut section, "graph_url", "https://graph.microsoft.com");
    let login_url = address(&mut section, "login_url", "https://login.microsoftonline.com");
    let devices_version = match section.text_or("devices_version", "beta").as_str() {
        "beta" => DevicesVersion::Beta,
        "v1.0" => DevicesVersion::V1,
        _ => {
            section.wrong(
                "devices_version",
                "must be \"beta\" or \"v1.0\" (which does not tell Android's kinds of enrolment apart)",
            );
            DevicesVersion::Beta
        }
    };
    let settle_seconds = section.number("settle_seconds", 120, 10..=3600);
    let days = section.number("command_lifetime_days", 7, 1..=30);
    let post_timeout = section.number("post_timeout_seconds", 45, 5..=60);
    let corporate_android_reset = section.truth("corporate_android_reset");
    let hide_blocked_actions = section.truth("hide_blocked_actions");
    let branding = section.truth("branding");
    let features = features(&mut section);
    section.finish();
    Some(GraphSettings {
        name,
        tenant_id: tenant_id?,
        client_id: client_id?,
        credential: credential?,
        graph_url,
        login_url,
        identity_url: IDENTITY_URL.to_owned(),
        devices_version,
        settle_seconds,
        command_lifetime_seconds: days * DAY_SECONDS,
        post_timeout_seconds: post_timeout.unsigned_abs(),
        corporate_android_reset,
        hide_blocked_actions,
        branding,
        features,
        certificates: None,
    })
}

fn guid(section: &mut Section<'_>, key: &'static str, what: &str) -> Option<Guid> {
    let text = section.required(key, what);
    let guid = Guid::parse(text.trim());
    if guid.is_none() && !text.is_empty() {
        section.wrong(key, "must be an identifier like \"705c034c-034c-705c-4c03-5c704c035c70\"");
    }
    guid
}

/// An origin: national clouds have their own.
fn address(section: &mut Section<'_>, key: &'static str, usual: &str) -> String {
    let text = section.text_or(key, usual);
    let text = text.trim_end_matches('/');
    if !is_address(text) || origin_of(text).as_deref() != Some(text) {
        let reason = format!(
            "must be an https address without a path (http only on this machine), usually \"{usual}\""
        );
        section.wrong(key, &reason);
    }
    text.to_owned()
}

fn features(section: &mut Section<'_>) -> ActionSet {
    let names = section.list("features", &[ActionKind::ResetPasscode.name().as_str()]);
    let mut features = ActionSet::NONE;
    for name in names {
        let kind = ActionKind::named(ActionName::from_wire(&name))
            .filter(|kind| actions().any(|known| known == *kind));
        match kind {
            Some(kind) => features = features.with(kind),
            None => {
                let known: Vec<&str> = actions().map(|kind| kind.name().as_str()).collect();
                let known = known.join(", ");
                section.wrong("features", &format!("must be a list out of: {known}"));
            }
        }
    }
    features
}

/// Exactly one of the four.
fn credential(section: &mut Section<'_>, name: &str, sources: &Sources) -> Option<Credential> {
    let certificate_file = section.text("certificate_file").map(PathBuf::from);
    let key_file = section.text("key_file").map(PathBuf::from);
    let secret_file = section.text("client_secret_file").map(PathBuf::from);
    let federated = section.text("federated_token_file").map(PathBuf::from);
    let identity = section.text("managed_identity");
    let secret_credential = format!("{name}.client-secret");
    let has_secret = secret_file.is_some()
        || (certificate_file.is_none()
            && federated.is_none()
            && identity.is_none()
            && sources.credential(&secret_credential).is_some());
    let is_there = [
        ("certificate_file", certificate_file.is_some()),
        ("client_secret_file", has_secret),
        ("federated_token_file", federated.is_some()),
        ("managed_identity", identity.is_some()),
    ];
    let there: Vec<&str> = is_there.iter().filter(|(_, is_there)| *is_there).map(|(key, _)| *key).collect();
    match there.as_slice() {
        [] => {
            section.wrong(
                "certificate_file",
                "is missing: set it and key_file (recommended), or managed_identity, federated_token_file or client_secret_file",
            );
            return None;
        }
        [_] => {}
        [first, rest @ ..] => {
            section.wrong(first, &format!("and {} are both there: keep one credential", rest.join(" and ")));
            return None;
        }
    }
    if key_file.is_some() && certificate_file.is_none() {
        section.wrong("key_file", "belongs to certificate_file, which is missing");
        return None;
    }
    if let Some(file) = certificate_file {
        return certificate(section, &file, key_file, name, sources);
    }
    if let Some(file) = federated {
        if !file.is_absolute() {
            section.wrong("federated_token_file", "must be an absolute path: it is read again and again");
        }
        return Some(Credential::FederatedTokenFile(file));
    }
    if let Some(identity) = identity {
        if identity == "system" {
            return Some(Credential::ManagedIdentity(None));
        }
        let client = Guid::parse(&identity);
        if client.is_none() {
            section
                .wrong("managed_identity", "must be \"system\" or the client ID of an identity of your own");
        }
        return client.map(|client| Credential::ManagedIdentity(Some(client)));
    }
    let secret = secret(section, "client_secret_file", secret_file, &secret_credential, sources, |_| Ok(()));
    Some(Credential::Secret(secret))
}

fn certificate(
    section: &mut Section<'_>,
    file: &Path,
    key_file: Option<PathBuf>,
    name: &str,
    sources: &Sources,
) -> Option<Credential> {
    let key = secret(section, "key_file", key_file, &format!("{name}.key"), sources, |_| Ok(()));
    if key.reveal().is_empty() {
        // It has been said why.
        return None;
    }
    let read = private_file::read_public(file);
    match read.and_then(|certificate| ClientCertificate::read(&certificate, key.reveal())) {
        Ok(certificate) => Some(Credential::Certificate(certificate)),
        Err(reason) => {
            section.wrong("certificate_file", &format!("{} {reason}", file.display()));
            None
        }
    }
}

/// What has to hold beside the section: people are known by Microsoft's identifier of them, and that of this tenant.
pub(super) fn fit(services: &[DeviceServiceSettings], tokens: &TokenRules, mistakes: &mut Vec<ConfigError>) {
    let mut tenants = services.iter().filter_map(|service| match service {
        DeviceServiceSettings::Graph(settings) => Some(settings),
        DeviceServiceSettings::Simulated | DeviceServiceSettings::Http(_) => None,
    });
    let Some(tenant) = tenants.next() else { return };
    if tenants.next().is_some() {
        let reason = "names Microsoft Intune twice: people sign in with one tenant, and its devices would be listed twice";
        mistakes.push(ConfigError::new("device_services", reason.to_owned()));
    }
    if tokens.subject_claim != "oid" {
        let reason = "must be \"oid\" where devices come from Microsoft Intune: it is how Intune says whose a device is";
        mistakes.push(ConfigError::new("oidc.subject_claim", reason.to_owned()));
    }
    if !is_issuer_of(&tokens.issuer, tenant) {
        let reason = format!(
            "is not the tenant whose devices Microsoft Intune shows: set it to \"{}/{}/v2.0\"",
            tenant.login_url, tenant.tenant_id
        );
        mistakes.push(ConfigError::new("oidc.issuer", reason));
    }
}

/// Version 2 is at the address of sign-ins, version 1 at one of its own.
fn is_issuer_of(issuer: &str, tenant: &GraphSettings) -> bool {
    let issuer = issuer.to_ascii_lowercase();
    let issuer = issuer.trim_end_matches('/');
    issuer == format!("{}/{}/v2.0", tenant.login_url.to_ascii_lowercase(), tenant.tenant_id)
        || issuer == format!("https://sts.windows.net/{}", tenant.tenant_id)
}
