//! This server as a confidential OpenID client (session mode): addresses, the code exchange, the ID token.

use super::fetch::Fault;
use super::id_token::{self, Expected};
use super::kept::{RefreshingCache, Source};
use super::provider_document::ProviderDocument;
use super::{
    ALGORITHM, NO_KEY, OidcVerifier, Parts, ProviderAccess, ProviderError, SIGNATURE, claims, fetch,
    token_endpoint,
};
use crate::domain::sign_in::{ProvenPerson, SignInFailure, challenge};
use crate::ports::{
    AfterSignOut, AuthorizationRequest, Clock, CodeRedemption, OidcClient, RedeemedCode, TokenError,
};
use async_trait::async_trait;
use form_urlencoded::Serializer;
use portal_contract::SecretText;
use portal_contract::session::{CALLBACK, SIGNED_OUT, SIGNED_OUT_SCREEN};
use portal_contract::sign_out::SignOut;
use std::sync::Arc;

/// The `typ` of an access token (RFC 9068 section 2.1), which is no ID token.
const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// How the provider knows this server.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// `client_id`.
    pub client_id: String,
    /// The secret (`client_secret_basic`).
    pub client_secret: SecretText,
    /// The scopes; `openid` is among them.
    pub scopes: String,
    /// The address people know this server by, without a slash at the end.
    pub home: String,
    /// How a fresh sign-in is asked for.
    pub step_up: StepUpRequest,
}

/// How a fresh sign-in is asked for, beside `max_age`. What counts is `auth_time` in any case.
#[derive(Debug, Clone, Default)]
pub struct StepUpRequest {
    /// Leaves out `prompt=login`, for providers that cannot answer it.
    pub without_prompt: bool,
    /// Authentication contexts (`acr_values`).
    pub acr_values: Option<String>,
    /// A claims request (OpenID Connect Core 5.5), as JSON text.
    pub claims: Option<String>,
}

/// The client.
pub struct ConfidentialClient {
    settings: ClientSettings,
    verifier: Arc<OidcVerifier>,
    clock: Arc<dyn Clock>,
    client: reqwest::Client,
    document: RefreshingCache<DocumentSource>,
}

/// The provider's document.
struct DocumentSource {
    client: reqwest::Client,
    access: ProviderAccess,
    issuer: String,
}

#[async_trait]
impl Source for DocumentSource {
    type Document = ProviderDocument;
    type Failure = SignInFailure;

    async fn fetch(&self) -> Result<ProviderDocument, SignInFailure> {
        match fetch::discovery(&self.client, &self.access, &self.issuer).await {
            Ok(document) => {
                ProviderDocument::read(&document, &self.issuer).ok_or(SignInFailure::DiscoveryMalformed)
            }
            Err(error) => {
                tracing::warn!(%error, "the provider's document could not be fetched");
                Err(match error.fault {
                    Fault::Unreachable => SignInFailure::ProviderUnreachable,
                    Fault::AnotherIssuer => SignInFailure::IssuerMismatch,
                    Fault::Malformed => SignInFailure::DiscoveryMalformed,
                })
            }
        }
    }
}

impl ConfidentialClient {
    /// A client of the provider whose keys the verifier knows.
    ///
    /// # Errors
    /// [`ProviderError`] when the HTTP client cannot be set up.
    pub fn new(
        settings: ClientSettings,
        verifier: Arc<OidcVerifier>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ProviderError> {
        let (access, issuer) = (verifier.access.clone(), verifier.rules.issuer.clone());
        let client = fetch::client(&access, &issuer)?;
        let source = DocumentSource { client: client.clone(), access, issuer };
        let document = RefreshingCache::new(source, Arc::clone(&clock));
        Ok(Self { settings, verifier, clock, client, document })
    }

    async fn document(&self) -> Result<Arc<ProviderDocument>, SignInFailure> {
        let document = self.document.get().await;
        document.map_err(|failure| failure.unwrap_or(SignInFailure::ProviderUnreachable))
    }

    fn own_address(&self, path: &str) -> String {
        [self.settings.home.as_str(), path].concat()
    }

    async fn validate(
        &self,
        token: &SecretText,
        redemption: &CodeRedemption,
    ) -> Result<ProvenPerson, SignInFailure> {
        let token = Parts::read(token.reveal()).map_err(token_failure)?;
        let typ = token.header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        if typ.strip_prefix("application/").unwrap_or(&typ) == ACCESS_TOKEN_TYPE {
            return Err(SignInFailure::IdTokenMalformed);
        }
        let rules = &self.verifier.rules;
        let algorithm = self.verifier.algorithm_of(&token).map_err(|error| {
            warn(&claims::difference_of_algorithm(rules, &token.header));
            token_failure(error)
        })?;
        let claims = self.verifier.signed_claims(&token, algorithm).await.map_err(token_failure)?;
        let expected = Expected {
            issuer: &rules.issuer,
            client_id: &self.settings.client_id,
            subject_claim: &rules.subject_claim,
            trusted_audiences: &rules.trusted_audiences,
            nonce: &redemption.nonce,
            needs_auth_time: redemption.needs_auth_time,
            now: self.clock.now(),
        };
        let checked = id_token::check(&claims, &expected);
        if let Err(failure) = &checked
            && let Some(difference) = id_token::difference(&claims, &expected, *failure)
        {
            warn(&difference);
        }
        checked
    }
}

/// Says what was expected and what came: it is the provider's own answer, and none of this is secret.
fn warn(difference: &str) {
    tracing::warn!(difference, "an ID token of the provider is not accepted: see docs/operation.md");
}

fn token_failure(error: TokenError) -> SignInFailure {
    match error {
        TokenError::Invalid(ALGORITHM) => SignInFailure::AlgorithmNotAllowed,
        TokenError::Invalid(NO_KEY) => SignInFailure::KeyNotFound,
        TokenError::Invalid(SIGNATURE) => SignInFailure::SignatureInvalid,
        TokenError::Invalid(_) | TokenError::ScopeMissing => SignInFailure::IdTokenMalformed,
        TokenError::KeysUnavailable => SignInFailure::ProviderUnreachable,
    }
}

fn with_query(endpoint: &str, query: &str) -> SecretText {
    let separator = if endpoint.contains('?') { "&" } else { "?" };
    SecretText::new([endpoint, separator, query].concat())
}

#[async_trait]
impl OidcClient for ConfidentialClient {
    async fn authorization_address(
        &self,
        request: &AuthorizationRequest,
    ) -> Result<SecretText, SignInFailure> {
        let document = self.document().await?;
        let challenge = challenge(&request.verifier);
        let mut query = Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.own_address(CALLBACK))
            .append_pair("scope", &self.settings.scopes)
            .append_pair("state", &request.state)
            .append_pair("nonce", &request.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if let Some(max_age) = request.max_age {
            let step_up = &self.settings.step_up;
            if !step_up.without_prompt {
                query.append_pair("prompt", "login");
            }
            query.append_pair("max_age", &max_age.to_string());
            for (name, value) in [("acr_values", &step_up.acr_values), ("claims", &step_up.claims)] {
                query.extend_pairs(value.iter().map(|value| (name, value)));
            }
        }
        if let Some(hint) = &request.login_hint {
            query.append_pair("login_hint", hint);
        }
        Ok(with_query(&document.authorization_endpoint, &query.finish()))
    }

    async fn end_session_address(
        &self,
        id_token: Option<&SecretText>,
        after: &AfterSignOut,
    ) -> Option<SecretText> {
        let document = self.document().await.ok()?;
        let endpoint = document.end_session_endpoint.as_deref()?;
        let path = match after {
            AfterSignOut::SignedOutScreen => SIGNED_OUT_SCREEN,
            AfterSignOut::FreshSignIn(_) => SIGNED_OUT,
        };
        let sign_out = SignOut {
            issuer: &self.verifier.rules.issuer,
            endpoint,
            client_id: &self.settings.client_id,
            return_to: &self.own_address(path),
            id_token: id_token.map(SecretText::reveal),
            state: match after {
                AfterSignOut::SignedOutScreen => None,
                AfterSignOut::FreshSignIn(state) => Some(state),
            },
        };
        let mut query = Serializer::new(String::new());
        query.extend_pairs(sign_out.parameters());
        Some(with_query(endpoint, &query.finish()))
    }

    async fn check_response_issuer(&self, iss: Option<&str>) -> Result<(), SignInFailure> {
        let announces = self.document().await?.announces_iss;
        match iss {
            Some(iss) if iss != self.verifier.rules.issuer => Err(SignInFailure::ResponseIssuerMismatch),
            None if announces => Err(SignInFailure::ResponseIssuerMismatch),
            Some(_) | None => Ok(()),
        }
    }

    async fn redeem(&self, redemption: &CodeRedemption) -> Result<RedeemedCode, SignInFailure> {
        let document = self.document().await?;
        let ClientSettings { client_id, client_secret, .. } = &self.settings;
        let redirect = self.own_address(CALLBACK);
        let endpoint = &self.verifier.access.reached(&document.token_endpoint, &self.verifier.rules.issuer);
        let exchanged =
            token_endpoint::exchange(&self.client, endpoint, client_id, client_secret, &redirect, redemption);
        let id_token = exchanged.await?;
        let proven = self.validate(&id_token, redemption).await?;
        Ok(RedeemedCode { proven, id_token })
    }
}
