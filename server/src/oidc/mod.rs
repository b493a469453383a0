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
mod signature;
mod token_endpoint;

use crate::domain::person::SignIn;
use crate::ports::{Clock, TokenError, TokenVerifier};
use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use kept::{RefreshingCache, Source};
use portal_contract::UtcTime;
use serde::Deserialize;
use serde_json::{Map, Value};
use signature::VerificationKey;
use std::sync::Arc;

pub use claims::{check as check_claims, check_type};
pub use client::{ClientSettings, ConfidentialClient, StepUpRequest};
pub use fetch::{ProviderAccess, ProviderError};
pub use keys::KeySet;
pub use signature::Algorithm;

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

/// What of a header matters (RFC 7515 section 4.1). Keys in it (`jwk`, `jku`, `x5u`, `x5c`) are not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
}

/// A token in compact serialization (RFC 7515 section 7.1), taken apart. Nothing of it is believed.
struct Parts<'token> {
    header: Header,
    signed: &'token str,
    payload: &'token str,
    signature: &'token str,
}

impl<'token> Parts<'token> {
    fn read(token: &'token str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::Invalid("too long"));
        }
        let not_a_jwt = TokenError::Invalid("not a JWT");
        let (signed, signature) = token.rsplit_once('.').ok_or(not_a_jwt)?;
        let parts = signed.split_once('.').filter(|(_, payload)| !payload.contains('.'));
        let (header, payload) = parts.ok_or(not_a_jwt)?;
        let header: Header = decoded(header).ok_or(not_a_jwt)?;
        if header.crit.is_some() {
            return Err(TokenError::Invalid("critical header not understood"));
        }
        Ok(Self { header, signed, payload, signature })
    }

    fn is_signed_with(&self, key: &VerificationKey, algorithm: Algorithm) -> bool {
        key.verifies(algorithm, self.signed.as_bytes(), self.signature)
    }
}

/// A part of a token as what it says; `None` for what is no base64url, or no JSON of this shape.
fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).ok()?).ok()
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
    async fn key_for(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<VerificationKey, TokenError> {
        let keys = self.keys.get().await.map_err(|_| TokenError::KeysUnavailable)?;
        if let Some(key) = keys.find(kid, algorithm) {
            return Ok(key);
        }
        let keys = self.keys.newer_than(keys).await.map_err(|_| TokenError::KeysUnavailable)?;
        keys.find(kid, algorithm).ok_or(TokenError::Invalid(NO_KEY))
    }

    /// The algorithm of a token, if it is one of those that are configured.
    fn algorithm_of(&self, token: &Parts<'_>) -> Result<Algorithm, TokenError> {
        let named = Algorithm::named(&token.header.alg);
        named.filter(|named| self.rules.algorithms.contains(named)).ok_or(TokenError::Invalid(ALGORITHM))
    }

    /// The claims of a token whose signature is the provider's. What they say is for the caller to check, against our own clock.
    async fn signed_claims(
        &self,
        token: &Parts<'_>,
        algorithm: Algorithm,
    ) -> Result<Map<String, Value>, TokenError> {
        let key = self.key_for(token.header.kid.as_deref(), algorithm).await?;
        if !token.is_signed_with(&key, algorithm) {
            return Err(TokenError::Invalid(SIGNATURE));
        }
        decoded(token.payload).ok_or(TokenError::Invalid("claims that are no object"))
    }

    /// Whether a key of the provider that is known signed it, whatever is configured.
    async fn is_the_providers(&self, token: &Parts<'_>) -> bool {
        let Some(algorithm) = Algorithm::named(&token.header.alg) else { return false };
        let Ok(keys) = self.keys.get().await else { return false };
        let key = keys.find(token.header.kid.as_deref(), algorithm);
        key.is_some_and(|key| token.is_signed_with(&key, algorithm))
    }
}

/// Says what was expected and what came of a token that the provider signed: a matter of how the two were set up. None of it is secret.
fn warn(difference: &str) {
    tracing::warn!(difference, "an access token of the provider is not accepted: see docs/operation.md");
}

#[async_trait]
impl TokenVerifier for OidcVerifier {
    async fn verify(&self, token: &str) -> Result<SignIn, TokenError> {
        let token = Parts::read(token)?;
        let accepted = claims::check_type(&self.rules, token.header.typ.as_deref());
        let accepted = accepted.and_then(|()| self.algorithm_of(&token));
        let algorithm = match accepted {
            Ok(algorithm) => algorithm,
            Err(error) => {
                if self.is_the_providers(&token).await {
                    warn(&claims::difference_of_header(&self.rules, &token.header));
                }
                return Err(error);
            }
        };
        let claims = self.signed_claims(&token, algorithm).await?;
        let checked = claims::check(&self.rules, &claims, self.clock.now());
        if let Err(error) = &checked
            && let Some(difference) = claims::difference(&self.rules, &claims, error)
        {
            warn(&difference);
        }
        checked
    }

    async fn is_ready(&self) -> bool {
        self.keys.is_there().await
    }

    fn page_origins(&self) -> Vec<String> {
        self.keys.known().map_or_else(Vec::new, |keys| keys.page_origins.clone())
    }

    fn keys_fetched(&self) -> Option<UtcTime> {
        self.keys.fetched()
    }
}
