//! Fetching the provider's discovery document and keys: bounded in size and time, no redirects.

use super::keys::KeySet;
use super::provider_document::is_acceptable;
use crate::domain::near::is_on_this_machine;
use reqwest::Url;
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

/// Where the provider is for this server, and whom it believes there.
#[derive(Debug, Clone, Default)]
pub struct ProviderAccess {
    /// Where the document is fetched, where that is not at the issuer: the provider's address inside.
    pub discovery_url: Option<String>,
    /// Certificates in PEM that are trusted beside the machine's own.
    pub certificates: Option<Vec<u8>>,
}

impl ProviderAccess {
    /// The address of an issuer's document.
    pub(super) fn discovery_address(&self, issuer: &str) -> String {
        let usual = || format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        self.discovery_url.clone().unwrap_or_else(usual)
    }

    /// An endpoint that this server asks itself, as it is reached from here. A provider that is known outside by one name and reached
    /// inside by another writes the outside name into its document.
    pub(super) fn reached(&self, endpoint: &str, issuer: &str) -> String {
        self.inside(endpoint, issuer).unwrap_or_else(|| endpoint.to_owned())
    }

    fn inside(&self, endpoint: &str, issuer: &str) -> Option<String> {
        let inside = Url::parse(self.discovery_url.as_deref()?).ok()?;
        let (outside, mut endpoint) = (Url::parse(issuer).ok()?, Url::parse(endpoint).ok()?);
        if endpoint.origin() != outside.origin() || inside.cannot_be_a_base() {
            return None;
        }
        endpoint.set_scheme(inside.scheme()).ok()?;
        endpoint.set_host(inside.host_str()).ok()?;
        endpoint.set_port(inside.port()).ok()?;
        Some(endpoint.into())
    }
}

/// A client for what an address answers. Nothing on this machine goes by a proxy elsewhere.
pub(super) fn client(access: &ProviderAccess, issuer: &str) -> Result<reqwest::Client, ProviderError> {
    // Already installed is as good as installed now.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut builder = reqwest::Client::builder();
    if is_on_this_machine(&access.discovery_address(issuer)) {
        builder = builder.no_proxy();
    }
    if let Some(pem) = &access.certificates {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
    }
    let client = builder
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .user_agent("passcode-portal")
        // An idle connection would keep its last request in memory: the client's secret, a code verifier. There are few.
        .pool_max_idle_per_host(0)
        .build()?;
    Ok(client)
}

/// Fetches the document of an issuer, which has to name itself (OpenID Connect Discovery 1.0 section 4.3).
pub(super) async fn discovery(
    client: &reqwest::Client,
    access: &ProviderAccess,
    issuer: &str,
) -> Result<Value, ProviderError> {
    let address = access.discovery_address(issuer);
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
pub(super) async fn keys(
    client: &reqwest::Client,
    access: &ProviderAccess,
    issuer: &str,
) -> Result<KeySet, ProviderError> {
    let address = access.discovery_address(issuer);
    let discovery = discovery(client, access, issuer).await?;
    let jwks = discovery.get("jwks_uri").and_then(Value::as_str);
    let jwks = jwks.ok_or_else(|| malformed(format!("{address} names no jwks_uri")))?;
    if !is_acceptable(jwks, issuer) {
        return Err(malformed(format!("{address} names a jwks_uri that is not https")));
    }
    let token = discovery.get("token_endpoint").and_then(Value::as_str);
    let asked = [Some(jwks), token.filter(|address| is_acceptable(address, issuer))];
    let page_origins = asked.into_iter().flatten().filter_map(origin_of).collect();
    let jwks = &access.reached(jwks, issuer);
    let keys = document(client, jwks).await?;
    let mut keys = KeySet::parse(&keys).ok_or_else(|| malformed(format!("{jwks} is not a key set")))?;
    keys.page_origins = page_origins;
    Ok(keys)
}

/// `None` for a host with characters that mean something in a policy, where the origin goes: `*`, `;` and others are allowed in
/// one (WHATWG URL, forbidden domain code points).
fn origin_of(address: &str) -> Option<String> {
    let origin = reqwest::Url::parse(address).ok()?.origin().ascii_serialization();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]/".contains(&byte);
    origin.bytes().all(is_plain).then_some(origin)
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

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example/realms/staff";

    #[test]
    fn a_provider_that_is_reached_inside_is_asked_there_and_called_by_its_outside_name() {
        let at =
            |address: &str| ProviderAccess { discovery_url: Some(address.to_owned()), certificates: None };
        let inside = at("https://keycloak.internal:8443/realms/staff/.well-known/openid-configuration");
        assert_eq!(
            inside.discovery_address(ISSUER),
            "https://keycloak.internal:8443/realms/staff/.well-known/openid-configuration"
        );
        for (endpoint, reached) in [
            (
                "https://id.example/realms/staff/certs?x=1",
                "https://keycloak.internal:8443/realms/staff/certs?x=1",
            ),
            ("https://id.example:443/token", "https://keycloak.internal:8443/token"),
            ("https://keys.example/certs", "https://keys.example/certs"),
            ("https://keycloak.internal:8443/token", "https://keycloak.internal:8443/token"),
        ] {
            assert_eq!(inside.reached(endpoint, ISSUER), reached);
        }
        let usual = ProviderAccess::default();
        assert_eq!(
            usual.discovery_address("https://id.example/"),
            "https://id.example/.well-known/openid-configuration"
        );
        assert_eq!(usual.reached("https://id.example/token", ISSUER), "https://id.example/token");
        assert_eq!(
            at("https://inside/x").reached("https://id.example:8443/t", "https://id.example:8443"),
            "https://inside/t"
        );
    }
}
