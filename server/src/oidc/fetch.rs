//! Fetching the provider's discovery document and keys: bounded in size and time, no redirects.

use super::keys::KeySet;
use super::provider_document::is_acceptable;
use serde_json::Value;
use std::time::Duration;

/// The largest document accepted, in bytes.
const MAX_DOCUMENT: usize = 64 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(8);

/// What is wrong with the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It does not answer, or not now.
    Unreachable,
    /// What answers is another issuer than the configured one.
    AnotherIssuer,
    /// What answers is not what was asked for.
    Malformed,
}

/// The provider could not be asked, or what it said is unusable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderError {
    pub(super) fault: Fault,
    text: String,
}

impl ProviderError {
    const fn new(fault: Fault, text: String) -> Self {
        Self { fault, text }
    }
}

impl std::fmt::Display for ProviderError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::error::Error for ProviderError {}

impl From<reqwest::Error> for ProviderError {
    fn from(error: reqwest::Error) -> Self {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self::new(Fault::Unreachable, text)
    }
}

pub(super) fn client() -> Result<reqwest::Client, ProviderError> {
    // Already installed is as good as installed now.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .user_agent("passcode-portal")
        // An idle connection would keep its last request in memory: the client's secret, a code verifier. There are few.
        .pool_max_idle_per_host(0)
        .build()?;
    Ok(client)
}

pub(super) fn discovery_address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// Fetches the document of an issuer, which has to name itself (OpenID Connect Discovery 1.0 section 4.3).
pub(super) async fn discovery(client: &reqwest::Client, issuer: &str) -> Result<Value, ProviderError> {
    let address = discovery_address(issuer);
    let discovery = document(client, &address).await?;
    if !discovery.is_object() {
        return Err(ProviderError::new(
            Fault::Malformed,
            format!("{address} answers with JSON that is no object"),
        ));
    }
    let named = discovery.get("issuer").and_then(Value::as_str);
    if named != Some(issuer) {
        let text = format!("{address} names another issuer: expected {issuer:?}, came {named:?}");
        return Err(ProviderError::new(Fault::AnotherIssuer, text));
    }
    Ok(discovery)
}

/// Fetches the keys of an issuer (OpenID Connect Discovery 1.0 section 4).
pub(super) async fn keys(client: &reqwest::Client, issuer: &str) -> Result<KeySet, ProviderError> {
    let address = discovery_address(issuer);
    let discovery = discovery(client, issuer).await?;
    let jwks = discovery.get("jwks_uri").and_then(Value::as_str);
    let jwks = jwks.ok_or_else(|| malformed(format!("{address} names no jwks_uri")))?;
    if !is_acceptable(jwks, issuer) {
        return Err(malformed(format!("{address} names a jwks_uri that is not https")));
    }
    let keys = document(client, jwks).await?;
    KeySet::parse(&keys).ok_or_else(|| malformed(format!("{jwks} is not a key set")))
}

const fn malformed(text: String) -> ProviderError {
    ProviderError::new(Fault::Malformed, text)
}

pub(super) async fn document(client: &reqwest::Client, address: &str) -> Result<Value, ProviderError> {
    let mut response = client.get(address).header("Accept", "application/json").send().await?;
    if response.status() != reqwest::StatusCode::OK {
        let text = format!("{address} answered {}", response.status());
        let is_for_now =
            response.status().is_server_error() || [408, 429].contains(&response.status().as_u16());
        let fault = if is_for_now { Fault::Unreachable } else { Fault::Malformed };
        return Err(ProviderError::new(fault, text));
    }
    let body = bounded_body(&mut response).await?;
    let body = body.ok_or_else(|| malformed(format!("{address} is larger than {MAX_DOCUMENT} bytes")))?;
    serde_json::from_slice(&body).map_err(|_| malformed(format!("{address} is not JSON")))
}

/// A whole body; `None` when it is larger than any document of a provider may be.
pub(super) async fn bounded_body(
    response: &mut reqwest::Response,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_DOCUMENT {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
