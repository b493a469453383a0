//! `[session]`: with this section the server is the OpenID client itself and the browser holds a cookie only (session mode).
//! Without it calls carry tokens. There is no third way.

use super::keys::Sources;
use super::private_file::{self, FileLocation};
use super::reader::{ConfigError, Section};
use super::settings::{is_loopback, origin_of};
use crate::domain::session::SessionRules;
use crate::oidc::{ClientSettings, StepUpRequest};
use portal_contract::SecretText;
use serde_json::Value as Json;
use std::path::PathBuf;
use toml::Table;
use zeroize::Zeroizing;

/// Session mode.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// How the provider knows this server.
    pub client: ClientSettings,
    /// The bounds of sessions.
    pub rules: SessionRules,
}

/// What of the rest of the configuration has to fit.
pub(super) struct SessionContext<'a> {
    pub(super) public_base_url: Option<&'a str>,
    pub(super) has_page: bool,
    pub(super) has_page_origins: bool,
    pub(super) page_config: Option<&'a mut Json>,
}

/// The section, read; `None` where there is none.
pub(super) struct Read {
    client_id: String,
    client_secret: SecretText,
    scopes: String,
    step_up: StepUpRequest,
    rules: SessionRules,
}

pub(super) fn read(whole: &mut Table, mistakes: &mut Vec<ConfigError>, sources: &Sources) -> Option<Read> {
    if !whole.contains_key("session") {
        return None;
    }
    let mut section = Section::take(whole, "session", mistakes);
    let client_id = section.required("client_id", "how the provider knows this server");
    let client_secret = secret(&mut section, sources);
    let scopes = section.text_or("scopes", "openid profile email");
    if !scopes.split_whitespace().any(|scope| scope == "openid") {
        section.wrong("scopes", "must contain openid");
    }
    let step_up = step_up(&mut section);
    let idle_minutes = section.number("idle_minutes", 30, 1..=24 * 60);
    let hours = section.number("hours", 8, 1..=24 * 7);
    let per_person = section.number("per_person", 10, 1..=1000);
    section.finish();
    let rules = SessionRules {
        idle_seconds: idle_minutes * 60,
        lifetime_seconds: hours * 3600,
        per_person: u32::try_from(per_person).unwrap_or(10),
    };
    Some(Read { client_id, client_secret, scopes, step_up, rules })
}

/// How a fresh sign-in is asked for. The names are those of the page's `config.json`, as this file writes names.
fn step_up(section: &mut Section<'_>) -> StepUpRequest {
    let prompt = section.text_or("step_up_prompt", "login");
    if !["login", "none"].contains(&prompt.as_str()) {
        section.wrong("step_up_prompt", "must be \"login\", or \"none\" to ask by max_age alone");
    }
    let claims = section.text("step_up_claims");
    let is_object = |text: &String| serde_json::from_str::<Json>(text).is_ok_and(|value| value.is_object());
    if claims.as_ref().is_some_and(|claims| !is_object(claims)) {
        section.wrong("step_up_claims", "must be a claims request: the text of a JSON object");
    }
    StepUpRequest { without_prompt: prompt == "none", acr_values: section.text("step_up_acr_values"), claims }
}

/// The secret itself, or the file it lies in, or what systemd hands over.
fn secret(section: &mut Section<'_>, sources: &Sources) -> SecretText {
    sources.check_file(section, "session", "client_secret");
    let direct = section.text("client_secret");
    let file = section.text("client_secret_file").map(PathBuf::from);
    let (file, place) = match (&direct, file) {
        (Some(_), Some(_)) => {
            section.wrong("client_secret_file", "and client_secret are both there: keep one");
            return SecretText::new(String::new());
        }
        (None, None) => (sources.credential("client-secret"), FileLocation::Credentials),
        (_, file) => (file, FileLocation::Anywhere),
    };
    let text = match file {
        None => Zeroizing::new(direct.unwrap_or_default()),
        Some(file) => match private_file::read(&file, place) {
            Ok(secret) => secret,
            Err(reason) => {
                section.wrong("client_secret_file", &format!("{} {reason}", file.display()));
                return SecretText::new(String::new());
            }
        },
    };
    let text = text.trim().to_owned();
    if text.is_empty() {
        section.wrong(
            "client_secret",
            "is missing: put it into client_secret_file, or hand over the systemd credential client-secret, best not \
             into this file",
        );
    }
    SecretText::new(text)
}

impl Read {
    /// Checks it against the rest, and tells the page's own configuration which mode it is in.
    pub(super) fn fit(self, around: SessionContext<'_>, mistakes: &mut Vec<ConfigError>) -> SessionSettings {
        let mut wrong = |key: &str, reason: &str| mistakes.push(ConfigError::new(key, reason.to_owned()));
        let home = around.public_base_url.unwrap_or_default().to_owned();
        let origin = origin_of(&home).unwrap_or_default();
        // One that is no address is named where it is read.
        let is_named = origin.is_empty() && !home.is_empty();
        if !(is_named || origin.starts_with("https://") || is_loopback(&origin)) {
            wrong(
                "public_base_url",
                "must be the https address people open, like \"https://portal.example.com\", in session mode (http only on \
                 localhost)",
            );
        }
        if !around.has_page {
            wrong("page_dir", "is missing: in session mode this server has to serve the page too");
        }
        if around.has_page_origins {
            wrong("page_origins", "must be empty in session mode: no page of another origin may call");
        }
        match around.page_config.and_then(Json::as_object_mut) {
            Some(config) => {
                let is_own =
                    config.get("apiBase").and_then(Json::as_str).is_some_and(|base| base.starts_with('/'));
                if !is_own {
                    wrong("page.config", "apiBase must be a path of this server in session mode");
                }
                config.insert("mode".to_owned(), Json::from("session"));
            }
            None => wrong(
                "page.config",
                "is missing: in session mode this server tells the page its configuration",
            ),
        }
        let Self { client_id, client_secret, scopes, step_up, rules } = self;
        SessionSettings { client: ClientSettings { client_id, client_secret, scopes, home, step_up }, rules }
    }
}
