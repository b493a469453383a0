//! The server's demand for a fresher or stronger sign-in, in both dialects behind one type.
//!
//! RFC 9470: `Bearer error="insufficient_user_authentication", max_age="300", acr_values="..."`. The other, of one large
//! provider: `Bearer error="insufficient_claims", claims="<base64>"`. What it carries goes to the configured authority only.

use super::SignInError;
use crate::domain::Seconds;
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use portal_contract::headers;
use portal_contract::json::parse;

/// The greatest `max_age` that is passed on: the window of a reset.
const LARGEST_MAX_AGE: i64 = 300;
/// The largest claims request that is passed on.
const LARGEST_CLAIMS: usize = 4 * 1024;
/// The longest list of authentication contexts that is passed on.
const LONGEST_ACR_VALUES: usize = 256;

/// What the next sign-in has to satisfy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepUpChallenge {
    /// How old the sign-in may be, 0 to 300 s; `None` when the server does not say.
    pub max_age: Option<Seconds>,
    /// Authentication contexts to ask for (`acr_values`).
    pub acr_values: Option<String>,
    /// A claims request (OIDC Core 5.5) as JSON text, opaque to the page.
    pub claims: Option<String>,
    /// Why another sign-in of the same kind would not do, as far as our own server says it.
    pub obstacle: Option<SignInError>,
}

impl StepUpChallenge {
    /// Reads a `WWW-Authenticate` header; `None` when it holds no demand of this kind. What is out of bounds is dropped,
    /// not the demand.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let parameters = bearer_parameters(header)?;
        let get = |name: &str| {
            parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
        };
        match get("error")? {
            "insufficient_user_authentication" => Some(Self {
                max_age: get("max_age").and_then(read_max_age),
                acr_values: get("acr_values").and_then(read_acr_values),
                claims: None,
                obstacle: get(headers::STEP_UP_REASON).and_then(read_obstacle),
            }),
            "insufficient_claims" => {
                Some(Self { claims: get("claims").and_then(read_claims), ..Self::default() })
            }
            _ => None,
        }
    }
}

fn read_obstacle(reason: &str) -> Option<SignInError> {
    match reason {
        headers::AUTH_TIME_MISSING => Some(SignInError::AuthTimeMissing),
        headers::AUTH_TIME_IN_FUTURE => Some(SignInError::AuthTimeInFuture),
        _ => None,
    }
}

fn read_max_age(text: &str) -> Option<Seconds> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Digits that do not fit are far above the cap.
    is_number.then(|| Seconds(text.parse().unwrap_or(LARGEST_MAX_AGE).min(LARGEST_MAX_AGE)))
}

fn read_acr_values(text: &str) -> Option<String> {
    let is_plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    (!text.is_empty() && text.len() <= LONGEST_ACR_VALUES && is_plain).then(|| text.to_owned())
}

fn read_claims(text: &str) -> Option<String> {
    if text.len() > LARGEST_CLAIMS {
        return None;
    }
    let bytes = Base64::decode_vec(text)
        .or_else(|_| Base64UrlUnpadded::decode_vec(text.trim_end_matches('=')))
        .ok()?;
    let claims = String::from_utf8(bytes).ok()?;
    parse(&claims)?.is_object().then_some(claims)
}

/// The parameters of the `Bearer` challenge of a header that may hold several challenges (RFC 9110 section 11.6.1).
fn bearer_parameters(header: &str) -> Option<Vec<(String, String)>> {
    let mut found: Option<Vec<(String, String)>> = None;
    let mut is_bearer = false;
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return found;
        }
        let (name, after) = rest.split_at(rest.find([' ', '=', ',']).unwrap_or(rest.len()));
        let value = after.trim_start_matches(' ');
        if let Some(value) = value.strip_prefix('=') {
            let (text, after) = read_value(value.trim_start_matches(' '))?;
            if is_bearer {
                found.get_or_insert_default().push((name.to_owned(), text));
            }
            rest = after;
        } else {
            is_bearer = name.eq_ignore_ascii_case("Bearer");
            if is_bearer {
                found.get_or_insert_default();
            }
            rest = after;
        }
        if name.is_empty() {
            return found;
        }
    }
}

/// A token or a quoted string, and what follows it. `None` for a string that does not end.
fn read_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, rest) = text.split_at(text.find([',', ' ']).unwrap_or(text.len()));
        return Some((token.to_owned(), rest));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((value, quoted.get(index + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}
