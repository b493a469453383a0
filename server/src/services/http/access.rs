//! How this server shows a connector who it is: a token of its own, or tokens by OAuth client credentials (RFC 6749 section 4.4).

use super::calls::{bounded_body, sensitive};
use crate::ports::Clock;
use base64ct::{Base64, Encoding as _};
use form_urlencoded::{Serializer, byte_serialize};
use portal_contract::{SecretText, UtcTime};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::Mutex;

/// For how long a token is used that does not say how long it is good for, in seconds.
const USUAL_LIFETIME: i64 = 300;
/// How long before its end a token is replaced, in seconds.
const MARGIN: i64 = 30;

/// What is shown to a connector.
#[derive(Debug, Clone)]
pub enum Authorization {
    /// This token, with every call.
    Bearer(SecretText),
    /// A token that a token endpoint gives out.
    ClientCredentials(ClientCredentials),
}

/// How a token is asked for.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// The token endpoint.
    pub token_url: String,
    /// How it knows this server.
    pub client_id: String,
    /// The proof.
    pub client_secret: SecretText,
    /// The scope to ask for, if any.
    pub scope: Option<String>,
}

struct Retained {
    value: HeaderValue,
    until: UtcTime,
}

pub(super) struct Access {
    authorization: Authorization,
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    /// Held while a token is fetched, so that a crowd fetches one.
    kept: Mutex<Option<Retained>>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretText,
    #[serde(default)]
    expires_in: Option<i64>,
}

impl Access {
    pub(super) fn new(authorization: Authorization, client: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self { authorization, client, clock, kept: Mutex::default() }
    }

    /// What goes into `Authorization`, or why there is nothing, in words for the log.
    pub(super) async fn authorization(&self) -> Result<HeaderValue, String> {
        match &self.authorization {
            Authorization::Bearer(token) => {
                bearer(token).ok_or_else(|| "its token cannot be sent".to_owned())
            }
            Authorization::ClientCredentials(credentials) => {
                let mut kept = self.kept.lock().await;
                let now = self.clock.now();
                if let Some(known) = kept.as_ref().filter(|known| now < known.until) {
                    return Ok(known.value.clone());
                }
                let token = self.fetch(credentials).await?;
                let value = bearer(&token.access_token)
                    .ok_or_else(|| "the token endpoint gave a token that cannot be sent".to_owned())?;
                let seconds = token.expires_in.unwrap_or(USUAL_LIFETIME).clamp(0, 86_400) - MARGIN;
                let until = UtcTime::from_unix_millis(now.unix_millis().saturating_add(seconds * 1000));
                *kept = Some(Retained { value: value.clone(), until });
                Ok(value)
            }
        }
    }

    /// The connector refused this: the next call fetches another, unless somebody has by now.
    pub(super) async fn forget(&self, refused: &HeaderValue) {
        let mut kept = self.kept.lock().await;
        kept.take_if(|known| known.value == *refused);
    }

    async fn fetch(&self, credentials: &ClientCredentials) -> Result<TokenAnswer, String> {
        let basic = basic(&credentials.client_id, &credentials.client_secret)
            .ok_or_else(|| "its client cannot be named in a header".to_owned())?;
        let request = self
            .client
            .post(&credentials.token_url)
            .header(AUTHORIZATION, basic)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(token_request(credentials.scope.as_deref()));
        let mut response =
            request.send().await.map_err(|_| "its token endpoint does not answer".to_owned())?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(format!("its token endpoint gave no token ({status})"));
        }
        let body = bounded_body(&mut response).await;
        let token = body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
        token.ok_or_else(|| "its token endpoint gave an answer that is no token".to_owned())
    }
}

fn token_request(scope: Option<&str>) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    form.extend_pairs(scope.map(|scope| ("scope", scope)));
    form.finish()
}

fn bearer(token: &SecretText) -> Option<HeaderValue> {
    sensitive(&["Bearer ", token.reveal()].concat())
}

/// `client_secret_basic` (RFC 6749 section 2.3.1): both parts are form-encoded first.
fn basic(client_id: &str, client_secret: &SecretText) -> Option<HeaderValue> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = [encoded(client_id), encoded(client_secret.reveal())].join(":");
    sensitive(&["Basic ", &Base64::encode_string(pair.as_bytes())].concat())
}
