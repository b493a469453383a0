//! Tokens for this server itself (RFC 6749 section 4.4), from Microsoft's token endpoint or from the machine's identity
//! endpoint. One fetches for all; it is used until five minutes before its end.

use super::calls::{bounded, sensitive};
use super::guid::Guid;
use super::settings::{Credential, GraphSettings};
use crate::ports::{Clock, Randomness};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use form_urlencoded::Serializer;
use portal_contract::{SecretText, UtcTime};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Mutex;

/// How long before its end a token is replaced, in seconds.
const MARGIN: i64 = 300;
/// For how long a token is used that does not say how long it is good for, in seconds.
const USUAL_LIFETIME: i64 = 3600;
/// The largest answer of a token endpoint, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token as it is used.
#[derive(Clone)]
pub(super) struct Token {
    /// What goes into `Authorization`.
    pub(super) value: HeaderValue,
    /// What the token permits, as far as it can be read: Microsoft calls tokens opaque, so this is a hint and no more.
    pub(super) permissions: Option<Arc<[String]>>,
    until: UtcTime,
    number: u64,
}

/// Why there is no token. Nothing of an answer's body is in it but codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenFault {
    /// In words, for the log.
    pub(super) why: &'static str,
    /// Microsoft's error code (`AADSTS...`), or the standard's.
    pub(super) code: Option<String>,
    /// What Microsoft's support asks for.
    pub(super) correlation: Option<String>,
}

impl TokenFault {
    const fn because(why: &'static str) -> Self {
        Self { why, code: None, correlation: None }
    }
}

/// The source of tokens.
pub(super) struct Tokens {
    credential: Credential,
    client_id: Guid,
    token_url: String,
    identity_url: String,
    resource: String,
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    /// Held while a token is fetched, so that a crowd fetches one.
    kept: Mutex<Retained>,
}

#[derive(Default)]
struct Retained {
    token: Option<Token>,
    fetched: u64,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretText,
    /// A number, or a number as text.
    #[serde(default)]
    expires_in: Value,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct ErrorAnswer {
    error: String,
    error_codes: Vec<u64>,
    correlation_id: String,
}

impl Tokens {
    pub(super) fn new(
        settings: &GraphSettings,
        client: reqwest::Client,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Self {
        Self {
            credential: settings.credential.clone(),
            client_id: settings.client_id.clone(),
            token_url: format!("{}/{}/oauth2/v2.0/token", settings.login_url, settings.tenant_id),
            identity_url: settings.identity_url.clone(),
            resource: settings.graph_url.clone(),
            client,
            clock,
            randomness,
            kept: Mutex::default(),
        }
    }

    /// A token that is good for at least five more minutes.
    pub(super) async fn token(&self) -> Result<Token, TokenFault> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        if let Some(token) = kept.token.as_ref().filter(|token| now < token.until) {
            return Ok(token.clone());
        }
        let answer = self.fetch(now).await?;
        let value = sensitive(&["Bearer ", answer.access_token.reveal()].concat())
            .ok_or(TokenFault::because("the token endpoint gave a token that cannot be sent"))?;
        let lifetime = answer.expires_in.as_i64().or_else(|| answer.expires_in.as_str()?.trim().parse().ok());
        let seconds = lifetime.unwrap_or(USUAL_LIFETIME).clamp(0, 86_400) - MARGIN;
        kept.fetched += 1;
        let token = Token {
            value,
            permissions: permissions(&answer.access_token),
            until: UtcTime::from_unix_millis(now.unix_millis().saturating_add(seconds * 1000)),
            number: kept.fetched,
        };
        kept.token = Some(token.clone());
        Ok(token)
    }

    /// Graph refused this token: the next call fetches another, unless somebody has done so already.
    pub(super) async fn forget(&self, token: &Token) {
        let mut kept = self.kept.lock().await;
        if kept.token.as_ref().is_some_and(|known| known.number == token.number) {
            kept.token = None;
        }
    }

    async fn fetch(&self, now: UtcTime) -> Result<TokenAnswer, TokenFault> {
        let request = match &self.credential {
            Credential::ManagedIdentity(client) => {
                let mut query = Serializer::new(String::new());
                query.append_pair("api-version", "2018-02-01").append_pair("resource", &self.resource);
                query.extend_pairs(client.iter().map(|client| ("client_id", client.as_str())));
                let url = format!("{}/metadata/identity/oauth2/token?{}", self.identity_url, query.finish());
                self.client.get(url).header("Metadata", "true")
            }
            Credential::Certificate(_) | Credential::Secret(_) | Credential::FederatedTokenFile(_) => self
                .client
                .post(&self.token_url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(self.form(now).await?),
        };
        let response = request.header(ACCEPT, "application/json").send().await;
        let mut response = response.map_err(|_| TokenFault::because("the token endpoint does not answer"))?;
        let status = response.status().as_u16();
        let body = bounded(&mut response, MAX_ANSWER).await;
        if status == 200 {
            let token = body.and_then(|body| serde_json::from_slice(&body).ok());
            return token.ok_or(TokenFault::because("the token endpoint gave an answer that is no token"));
        }
        let error = body.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
        Err(fault(&error))
    }

    async fn form(&self, now: UtcTime) -> Result<String, TokenFault> {
        let (proof, secret) = match &self.credential {
            Credential::Secret(secret) => ("client_secret", secret.clone()),
            Credential::Certificate(certificate) => {
                let mut bytes = [0; 16];
                self.randomness.fill(&mut bytes).map_err(|_| TokenFault::because("no randomness"))?;
                let signed =
                    certificate.assertion(&self.client_id, &self.token_url, &Guid::random(bytes), now);
                ("client_assertion", signed.map_err(TokenFault::because)?)
            }
            Credential::FederatedTokenFile(path) => {
                ("client_assertion", federated_token(path).await.map_err(TokenFault::because)?)
            }
            Credential::ManagedIdentity(_) => {
                return Err(TokenFault::because("a managed identity has no proof to send"));
            }
        };
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials")
            .append_pair("scope", &[self.resource.as_str(), "/.default"].concat())
            .append_pair("client_id", self.client_id.as_str());
        if proof == "client_assertion" {
            form.append_pair("client_assertion_type", ASSERTION_TYPE);
        }
        form.append_pair(proof, secret.reveal());
        Ok(form.finish())
    }
}

/// The file is the assertion. Whoever renews it writes it anew, so it is read each time.
async fn federated_token(path: &Path) -> Result<SecretText, &'static str> {
    let cannot = |_| "the federated token's file cannot be read";
    let file = tokio::fs::File::open(path).await.map_err(cannot)?;
    let limit = u64::try_from(MAX_ANSWER).unwrap_or(u64::MAX);
    let mut text = String::new();
    file.take(limit).read_to_string(&mut text).await.map_err(cannot)?;
    let token = text.trim();
    let is_one = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_one.then(|| SecretText::new(token.to_owned())).ok_or("the federated token's file holds no token")
}

/// Only codes of an error are said on: its words may repeat what was sent.
fn fault(error: &ErrorAnswer) -> TokenFault {
    let is_word = !error.error.is_empty()
        && error.error.len() <= 40
        && error.error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let number = error.error_codes.first().map(|code| format!("AADSTS{code}"));
    TokenFault {
        why: "the token endpoint gave no token",
        code: number.or_else(|| is_word.then(|| error.error.clone())),
        correlation: Guid::parse(&error.correlation_id).map(|guid| guid.to_string()),
    }
}

/// The `roles` of a token, where it can be read. Its signature is Graph's to check.
fn permissions(token: &SecretText) -> Option<Arc<[String]>> {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(default)]
        roles: Vec<String>,
    }
    let middle = token.reveal().split('.').nth(1)?;
    let bytes = Base64UrlUnpadded::decode_vec(middle).ok()?;
    let claims: Claims = serde_json::from_slice(&bytes).ok()?;
    Some(claims.roles.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_error_only_codes_are_said_on() {
        let read = |text: &str| fault(&serde_json::from_str(text).unwrap_or_default());
        let found = read(
            r#"{"error":"invalid_client","error_description":"AADSTS700027: the secret s3cret is wrong","error_codes":[700027],
               "correlation_id":"2aa2945d-18d1-40e8-8d3c-000000000001"}"#,
        );
        assert_eq!(found.code.as_deref(), Some("AADSTS700027"));
        assert_eq!(found.correlation.as_deref(), Some("2aa2945d-18d1-40e8-8d3c-000000000001"));
        assert!(!format!("{found:?}").contains("s3cret"));
        assert_eq!(read(r#"{"error":"invalid_scope"}"#).code.as_deref(), Some("invalid_scope"));
        assert_eq!(
            read(r#"{"error":"secret S3CRET","correlation_id":"s3cret"}"#),
            fault(&ErrorAnswer::default())
        );
        assert_eq!(read("<h1>no</h1>").code, None);
    }

    #[test]
    fn what_a_token_permits_is_read_where_it_can_be() {
        let token = |claims: &str| {
            SecretText::new(["e30", &Base64UrlUnpadded::encode_string(claims.as_bytes()), "x"].join("."))
        };
        let found = permissions(&token(r#"{"roles":["A.Read.All","B"]}"#));
        assert_eq!(found.as_deref(), Some(["A.Read.All".to_owned(), "B".to_owned()].as_slice()));
        assert_eq!(permissions(&token("{}")).as_deref(), Some([].as_slice()), "none is none");
        for text in ["opaque", "a.b.c", ""] {
            assert_eq!(permissions(&SecretText::new(text.to_owned())), None, "{text}");
        }
    }
}
