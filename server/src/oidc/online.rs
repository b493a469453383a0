//! Asking the provider what it is like, for whoever sets the portal up. Each answer becomes findings; nothing is kept.

use super::diagnosis;
use super::{ClientSettings, ProviderAccess, ProviderError, TokenRules, fetch};
use crate::domain::finding::Finding;
use form_urlencoded::Serializer;
use portal_contract::UtcTime;
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CONTENT_TYPE, DATE, ORIGIN};
use serde_json::Value;

/// How far two clocks may differ, in seconds.
const CLOCKS: i64 = 30;

/// What is asked of the provider.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What tokens must look like.
    pub rules: &'a TokenRules,
    /// Where it is for this server.
    pub access: &'a ProviderAccess,
    /// How the provider knows this server, in session mode.
    pub client: Option<&'a ClientSettings>,
    /// The origins of pages that talk to the provider themselves (token mode).
    pub page_origins: &'a [String],
    /// Now, by this machine.
    pub now: UtcTime,
}

/// Asks for document, keys and token endpoint.
///
/// # Errors
/// [`ProviderError`] when the HTTP client cannot be set up.
pub async fn ask(question: &Question<'_>) -> Result<Vec<Finding>, ProviderError> {
    let (access, issuer) = (question.access, &question.rules.issuer);
    let client = fetch::client(access, issuer)?;
    let address = access.discovery_address(issuer);
    let document = match fetch::document(&client, &address).await {
        Ok(document) => document,
        Err(error) => {
            let change = "the address has to answer this machine with the provider's document: look at oidc.issuer, and at the way \
                          there: name; certificate (ca_file); proxy (HTTPS_PROXY, NO_PROXY); another address inside (oidc.discovery_url)";
            return Ok(vec![Finding::wrong(format!("discovery: {error}"), change)]);
        }
    };
    let mut findings = diagnosis::document(question.rules, &document, question.client.is_some());
    let word = |entry: &str| document.get(entry).and_then(Value::as_str);
    if let Some(jwks) = word("jwks_uri") {
        findings.push(match fetch::document(&client, &access.reached(jwks, issuer)).await {
            Ok(keys) => diagnosis::keys(&keys),
            Err(error) => {
                Finding::wrong(format!("keys: {error}"), "the keys have to be readable from this machine")
            }
        });
        for origin in question.page_origins {
            for (what, place) in [("discovery", address.as_str()), ("keys", jwks)] {
                findings.push(readable(what, client.get(place), origin).await);
            }
            if let Some(token) = word("token_endpoint") {
                let request = client.post(token).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
                findings.push(
                    readable("token endpoint", request.body("grant_type=authorization_code"), origin).await,
                );
            }
        }
    }
    findings.extend(clocks(&client, &address, question.now).await);
    if let (Some(settings), Some(token)) = (question.client, word("token_endpoint")) {
        findings.push(knows_client(&client, &access.reached(token, issuer), settings).await);
    }
    Ok(findings)
}

/// Whether a page of this origin may read the answer (CORS).
async fn readable(what: &str, request: reqwest::RequestBuilder, origin: &str) -> Finding {
    let answer = request.header(ORIGIN, origin).send().await;
    let allowed = answer.ok().and_then(|answer| {
        let header = answer.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN)?;
        header.to_str().ok().map(ToOwned::to_owned)
    });
    match allowed {
        Some(allowed) if allowed == "*" || allowed == origin => {
            Finding::right(format!("CORS: {what} for {origin}"))
        }
        allowed => Finding::wrong(
            format!("CORS: {what} for {origin} (came {:?})", allowed.unwrap_or_default()),
            "allow the page's origin at the provider (web origins, CORS; Entra ID: redirect address of type single-page application), \
             or use session mode",
        ),
    }
}

/// The provider's clock, by the date of its answer (RFC 9110 section 6.6.1).
async fn clocks(client: &reqwest::Client, address: &str, now: UtcTime) -> Option<Finding> {
    let answer = client.get(address).send().await.ok()?;
    let date = answer.headers().get(DATE)?.to_str().ok()?.to_owned();
    let theirs = httpdate::parse_http_date(&date).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let ahead = i64::try_from(theirs.as_secs()).ok()?.saturating_sub(now.unix_seconds());
    Some(if ahead.abs() <= CLOCKS {
        Finding::right(format!("clocks: the provider's is {ahead} s ahead"))
    } else {
        Finding::wrong(
            format!("clocks: the provider's is {ahead} s ahead"),
            "set both by a time server: more than 30 s apart no sign-in is fresh",
        )
    })
}

/// Whether the provider accepts this server's name and secret: it refuses a code nobody was given, and not the client.
async fn knows_client(client: &reqwest::Client, endpoint: &str, settings: &ClientSettings) -> Finding {
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", "check-of-the-configuration")
        .append_pair("redirect_uri", &format!("{}{}", settings.home, portal_contract::session::CALLBACK))
        .append_pair("code_verifier", &"v".repeat(43))
        .finish();
    let request = client
        .post(endpoint)
        .header(AUTHORIZATION, super::token_endpoint::basic(&settings.client_id, &settings.client_secret))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    let what = format!("client: {:?}", settings.client_id);
    let mut answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => {
            return Finding::wrong(
                format!("{what}: {}", ProviderError::from(error)),
                "the token endpoint must answer",
            );
        }
    };
    let status = answer.status().as_u16();
    let body = fetch::bounded_body(&mut answer).await.ok().flatten().unwrap_or_default();
    let error = serde_json::from_slice::<Value>(&body).ok();
    let error = error.as_ref().and_then(|body| body.get("error")).and_then(Value::as_str).unwrap_or_default();
    match (status, error) {
        (_, "invalid_grant") => Finding::right(format!("{what}: known, with its secret")),
        (401, _) | (_, "invalid_client" | "unauthorized_client") => Finding::wrong(
            format!("{what}: refused ({error})"),
            "session.client_id and its secret have to be those of a confidential client with the authorization code flow and \
             client_secret_basic",
        ),
        _ => Finding::note(
            format!("{what}: answered {status} {error:?}"),
            "this says neither that the client is known nor that it is not",
        ),
    }
}
