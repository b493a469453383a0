//! Access tokens of any OIDC provider: discovery, its keys, and the checks of RFC 9068 section 4.
//!
//! The algorithm comes from the configuration and must agree with the key, never from the token alone; keys
//! inside a token (`jwk`, `jku`, `x5u`) are ignored; an ID token is refused.

mod claims;
mod client;
pub mod diagnosis;
mod fetch;
mod id_token;
mod kept;
mod keys;
pub mod online;
mod provider_document;
mod token_endpoint;

use crate::domain::person::SignIn;
use crate::ports::{Clock, TokenError, TokenVerifier};
use async_trait::async_trait;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use kept::{RefreshingCache, Source};
use portal_contract::UtcTime;
use serde_json::{Map, Value};
use std::sync::Arc;

pub use claims::{check as check_claims, check_type};
pub use client::{ClientSettings, ConfidentialClient, StepUpRequest};
pub use fetch::{ProviderAccess, ProviderError};
pub use keys::{KeySet, algorithm_named, algorithm_names};

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 16 * 1024;
/// The reasons that the sign-in of session mode tells apart.
const ALGORITHM: &str = "algorithm not accepted";
const NO_KEY: &str = "no key of the provider fits";
const SIGNATURE: &str = "signature";

/// What an access token must look like.
#[derive(Debug, Clone)]
pub struct TokenRules {
    /// The issuer, exactly as in the token and in the discovery document.
    pub issuer: String,
    /// The audience that is this API.
    pub audience: String,
    /// The accepted signature algorithms; none of them symmetric.
    pub algorithms: Vec<Algorithm>,
    /// The accepted `typ` values, in lower case and without `application/`; `none` is a token without one.
    pub token_types: Vec<String>,
    /// The claim that holds the scopes: blank-separated text or a list.
    pub scope_claim: String,
    /// The scope of this API; empty: none is needed, because the audience is this API's own.
    pub required_scope: String,
    /// The claim that identifies the person.
    pub subject_claim: String,
    /// The claim that says when the person last proved who they are.
    pub auth_time_claim: String,
    /// The issuer of access tokens, where it is another one than that of ID tokens (Entra ID's v1 tokens, AD FS).
    pub access_token_issuer: Option<String>,
    /// The claim that names the client, compared with the audience where a token has no `aud` (Amazon Cognito).
    pub client_id_claim: Option<String>,
    /// Audiences an ID token may name beside this client, as long as `azp` is this client (Zitadel).
    pub trusted_audiences: Vec<String>,
    /// The leeway on `exp` and `nbf`, in seconds; at most 30. There is none at the old end of `auth_time`.
    pub leeway_seconds: i64,
}

/// The provider's keys, by way of its discovery document.
struct KeySource {
    client: reqwest::Client,
    access: ProviderAccess,
    issuer: String,
}

#[async_trait]
impl Source for KeySource {
    type Document = KeySet;
    type Failure = ();

    async fn fetch(&self) -> Result<KeySet, ()> {
        match fetch::keys(&self.client, &self.access, &self.issuer).await {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "the provider's keys were fetched");
                Ok(keys)
            }
            Err(error) => {
                tracing::warn!(%error, "the provider's keys could not be fetched");
                Err(())
            }
        }
    }
}

/// The verifier.
pub struct OidcVerifier {
    rules: TokenRules,
    access: ProviderAccess,
    clock: Arc<dyn Clock>,
    keys: RefreshingCache<KeySource>,
}

impl OidcVerifier {
    /// A verifier; it fetches nothing until the first token comes or [`TokenVerifier::is_ready`] is asked.
    ///
    /// # Errors
    /// [`ProviderError`] when the HTTP client cannot be set up.
    pub fn new(
        rules: TokenRules,
        access: ProviderAccess,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ProviderError> {
        let client = fetch::client(&access, &rules.issuer)?;
        let source = KeySource { client, access: access.clone(), issuer: rules.issuer.clone() };
        let keys = RefreshingCache::new(source, Arc::clone(&clock));
        Ok(Self { rules, access, clock, keys })
    }

    /// The key for a token, fetched again once if it is not known.
    async fn key_for(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, TokenError> {
        let keys = self.keys.get().await.map_err(|_| TokenError::KeysUnavailable)?;
        if let Some(key) = keys.find(kid, algorithm) {
            return Ok(key);
        }
        let keys = self.keys.newer_than(keys).await.map_err(|_| TokenError::KeysUnavailable)?;
        keys.find(kid, algorithm).ok_or(TokenError::Invalid(NO_KEY))
    }

    /// The header of a token: nothing of it is believed but which key to try.
    fn header_of(&self, token: &str) -> Result<Header, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::Invalid("too long"));
        }
        let header = decode_header(token).map_err(|_| TokenError::Invalid("not a JWT"))?;
        if !self.rules.algorithms.contains(&header.alg) {
            return Err(TokenError::Invalid(ALGORITHM));
        }
        if header.crit.is_some() {
            return Err(TokenError::Invalid("critical header not understood"));
        }
        Ok(header)
    }

    /// The claims of a token whose signature is the provider's. What they say is for the caller to check.
    async fn signed_claims(&self, token: &str, header: &Header) -> Result<Map<String, Value>, TokenError> {
        let key = self.key_for(header.kid.as_deref(), header.alg).await?;
        let mut validation = Validation::new(header.alg);
        // Only the signature is checked there; the claims are checked in one place, against our own clock.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let data = decode::<Map<String, Value>>(token, &key, &validation);
        data.map(|data| data.claims).map_err(|_| TokenError::Invalid(SIGNATURE))
    }
}

#[async_trait]
impl TokenVerifier for OidcVerifier {
    async fn verify(&self, token: &str) -> Result<SignIn, TokenError> {
        let header = self.header_of(token)?;
        claims::check_type(&self.rules, header.typ.as_deref())?;
        let claims = self.signed_claims(token, &header).await?;
        let checked = claims::check(&self.rules, &claims, self.clock.now());
        if let Err(error) = &checked
            && let Some(difference) = claims::difference(&self.rules, &claims, error)
        {
            // The provider signed it, so this is a matter of how the two were set up. None of it is secret.
            tracing::warn!(
                difference,
                "an access token of the provider is not accepted: see docs/operation.md"
            );
        }
        checked
    }

    async fn is_ready(&self) -> bool {
        self.keys.is_there().await
    }

    fn keys_fetched(&self) -> Option<UtcTime> {
        self.keys.fetched()
    }
}
