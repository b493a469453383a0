//! `config.json`: what one build of the page needs to know to serve one organisation.

use super::address::is_acceptable_url;
use crate::domain::Seconds;
use crate::http::{HttpOutcome, HttpRequest, Method};
use portal_contract::json::{self, Fields, Value, read_value};
use portal_contract::page_config;

/// Where `config.json` lies, and how long it may take.
const PATH: &str = "/config.json";
const TIME_OUT: Seconds = Seconds(15);

/// Why the page cannot start. Shown to a person who cannot do anything about it, so each names what IT has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConfigError {
    /// `config.json` cannot be fetched.
    Unreachable,
    /// There is no `config.json` (404, or a page of HTML instead).
    Missing,
    NotJson,
    /// This entry is missing or of the wrong type.
    Field(&'static str),
    /// This entry has a value that cannot be used.
    Value(&'static str),
}

impl ConfigError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "config.unreachable",
            Self::Missing => "config.missing",
            Self::NotJson => "config.not_json",
            Self::Field(_) => "config.field_missing",
            Self::Value(_) => "config.value_unusable",
        }
    }

    /// The entry that is wrong.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::Field(name) | Self::Value(name) => Some(name),
            Self::Unreachable | Self::Missing | Self::NotJson => None,
        }
    }
}

/// Whom to ask while the API cannot be reached. Empty texts mean "not configured".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Support {
    /// The name of the IT contact.
    pub name: String,
    /// The telephone number.
    pub phone: String,
    /// The e-mail address.
    pub email: String,
    /// The support site.
    pub url: String,
}

impl Support {
    /// The names of its entries in `config.json`.
    const ENTRIES: [&'static str; 4] = ["name", "phone", "email", "url"];

    fn read(fields: &Fields<'_>) -> Self {
        fields.expect_texts(&Self::ENTRIES);
        let [name, phone, email, url] = Self::ENTRIES.map(|entry| fields.text_or_empty(entry));
        Self { name, phone, email, url }
    }
}

/// How people sign in; one build of the page knows both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInMode {
    /// The page itself is the provider's client and holds tokens.
    Token,
    /// The server is, and the browser holds a cookie.
    Session,
}

/// How a fresh sign-in is asked for, beside `max_age`. What counts is `auth_time` in any case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepUpRequest {
    /// Leaves out `prompt=login`, for providers that cannot answer it (`stepUpPrompt` is `none`).
    pub without_prompt: bool,
    /// Authentication contexts (`acr_values`).
    pub acr_values: Option<String>,
    /// A claims request (OIDC Core 5.5), as JSON text.
    pub claims: Option<String>,
}

impl StepUpRequest {
    /// Whether a fresh sign-in is more than one that was a moment ago.
    #[must_use]
    pub const fn asks_more(&self) -> bool {
        self.acr_values.is_some() || self.claims.is_some()
    }

    fn read(fields: &Fields<'_>) -> Result<Self, ConfigError> {
        let [prompt, acr_values, claims] = ["stepUpPrompt", "stepUpAcrValues", "stepUpClaims"]
            .map(|name| fields.optional_word(name).filter(|text| !text.is_empty()));
        let without_prompt = match prompt {
            None | Some("login") => false,
            Some("none") => true,
            Some(_) => return Err(ConfigError::Value("stepUpPrompt")),
        };
        if claims.is_some_and(|claims| !json::parse(claims).is_some_and(|value| value.is_object())) {
            return Err(ConfigError::Value("stepUpClaims"));
        }
        let [acr_values, claims] = [acr_values, claims].map(|text| text.map(str::to_owned));
        Ok(Self { without_prompt, acr_values, claims })
    }
}

/// The page's configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageConfig {
    /// Where the API is: a path of the page's origin or an absolute address; no slash at the end.
    pub api_base: String,
    /// How people sign in. In session mode the four entries about the provider are empty.
    pub mode: SignInMode,
    /// The provider's issuer, exactly as its discovery document says it.
    pub authority: String,
    /// This client at the provider.
    pub client_id: String,
    /// The scopes to ask for; `openid` is among them.
    pub scopes: String,
    /// The API's resource indicator (RFC 8707); `None` for providers that do without.
    pub resource: Option<String>,
    /// The API's audience, for providers that take it by this name (Auth0).
    pub audience: Option<String>,
    /// Further audiences an ID token may name, if its `azp` is this client.
    pub trusted_audiences: Vec<String>,
    /// How a fresh sign-in is asked for.
    pub step_up: StepUpRequest,
    /// Whether a fresh sign-in begins with a sign-out at the provider. The proof is the sign-in, not the sign-out.
    pub sign_out_first: bool,
    /// The language to begin with; `None` leaves it to the browser.
    pub default_locale: Option<String>,
    /// Whom to ask while the API cannot be reached.
    pub support: Support,
}

impl PageConfig {
    /// The request that fetches it.
    #[must_use]
    pub fn request() -> HttpRequest {
        HttpRequest {
            method: Method::Get,
            url: PATH.to_owned(),
            headers: Vec::new(),
            body: None,
            time_out: TIME_OUT.to_milliseconds(),
            is_cacheable: true,
        }
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`ConfigError`] names the first thing that is wrong.
    pub fn of_answer(outcome: &HttpOutcome) -> Result<Self, ConfigError> {
        let answer = outcome.as_ref().map_err(|_| ConfigError::Unreachable)?;
        match answer.status {
            404 => Err(ConfigError::Missing),
            _ if !answer.is_success() => Err(ConfigError::Unreachable),
            // A static host that answers every path with index.html.
            _ if answer.body.trim_start().starts_with('<') => Err(ConfigError::Missing),
            _ => Self::parse(&answer.body),
        }
    }

    /// Reads the document.
    ///
    /// # Errors
    /// [`ConfigError`] names the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let value = json::parse(text).ok_or(ConfigError::NotJson)?;
        let has_empty_support = has_null(&value, &["support"])
            || value.get("support").is_some_and(|support| has_null(support, &Support::ENTRIES));
        let config = read_value(&value, Self::read).filter(|_| !has_empty_support);
        config.unwrap_or(Err(ConfigError::Field("config.json")))
    }

    fn read(fields: &Fields<'_>) -> Result<Self, ConfigError> {
        // An entry of the wrong type is a fault of the whole document.
        fields.expect_texts(&page_config::TEXTS);
        let names = ["apiBase", "authority", "clientId", "scopes", "resource", "defaultLocale", "mode"];
        let [api_base, authority, client_id, scopes, resource, default_locale, mode] =
            names.map(|name| fields.optional_word(name));
        if fields.value(page_config::SIGN_OUT_FIRST).is_some_and(|value| !value.is_boolean())
            || fields.value(page_config::SUPPORT).is_some_and(|value| !value.is_object())
        {
            fields.refuse();
        }
        let sign_out_first = fields.value("signOutFirst").is_none() || fields.flag("signOutFirst");
        let support = fields.part("support", Support::read);
        if support.is_none() && fields.value("support").is_some() {
            fields.refuse();
        }
        let support = support.unwrap_or_default();
        let step_up = StepUpRequest::read(fields)?;
        let words = |name| fields.word_or_empty(name).split_whitespace().map(str::to_owned).collect();
        let trusted_audiences = words("trustedAudiences");
        let audience = fields.optional_text("audience").filter(|text| !text.is_empty());

        let api_base = required(api_base, "apiBase")?.trim_end_matches('/');
        let is_own_path = api_base.starts_with('/') && !api_base.starts_with("//");
        let is_plain = !api_base.contains(['?', '#', '\\']);
        if !is_plain || !(is_own_path || is_acceptable_url(api_base)) {
            return Err(ConfigError::Value("apiBase"));
        }
        let mode = match mode {
            None | Some("token") => SignInMode::Token,
            // The cookie is this origin's.
            Some("session") if is_own_path => SignInMode::Session,
            Some(_) => return Err(ConfigError::Value("mode")),
        };
        let [authority, scopes, client_id] = match mode {
            SignInMode::Session => [""; 3],
            SignInMode::Token => {
                let authority = required(authority, "authority")?;
                if !is_acceptable_url(authority) || authority.contains('?') {
                    return Err(ConfigError::Value("authority"));
                }
                let scopes = required(scopes, "scopes")?;
                if !scopes.split_whitespace().any(|scope| scope == "openid") {
                    return Err(ConfigError::Value("scopes"));
                }
                [authority, scopes, required(client_id, "clientId")?]
            }
        };
        Ok(Self {
            api_base: api_base.to_owned(),
            mode,
            authority: authority.to_owned(),
            client_id: client_id.to_owned(),
            scopes: scopes.to_owned(),
            resource: resource.filter(|text| !text.is_empty()).map(str::to_owned),
            audience,
            trusted_audiences,
            step_up,
            sign_out_first,
            default_locale: default_locale.map(str::to_owned),
            support,
        })
    }
}

/// Whether one of these entries is there and null. Whoever writes null there meant something else.
fn has_null(value: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| value.get(name).is_some_and(Value::is_null))
}

fn required<'a>(value: Option<&'a str>, name: &'static str) -> Result<&'a str, ConfigError> {
    value.filter(|text| !text.trim().is_empty()).ok_or(ConfigError::Field(name))
}
