//! The identity provider, as a confidential client sees it.

use crate::domain::sign_in::{ProvenPerson, SignInFailure};
use async_trait::async_trait;
use portal_contract::SecretText;

/// What the person's browser is sent to the provider with (OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// `state`.
    pub state: String,
    /// `nonce`.
    pub nonce: String,
    /// The code verifier; only its hash goes into the address (RFC 7636 section 4.2).
    pub verifier: String,
    /// `max_age`, in seconds, and `prompt=login` with it.
    pub max_age: Option<i64>,
    /// `login_hint`.
    pub login_hint: Option<String>,
}

/// What a code is redeemed with.
#[derive(Debug, Clone)]
pub struct CodeRedemption {
    /// The code.
    pub code: SecretText,
    /// The code verifier.
    pub verifier: String,
    /// The nonce that has to be in the ID token.
    pub nonce: String,
    /// Whether `max_age` was sent, so that `auth_time` has to be in it.
    pub needs_auth_time: bool,
}

/// A redeemed code: the ID token was validated. The access token is not kept: nobody here needs it.
#[derive(Debug, Clone)]
pub struct RedeemedCode {
    /// Who signed in.
    pub proven: ProvenPerson,
    /// The ID token, for `id_token_hint` at sign-out.
    pub id_token: SecretText,
}

/// Where the provider returns to after a sign-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterSignOut {
    /// The page's own last screen.
    SignedOutScreen,
    /// On to the fresh sign-in that this `state` belongs to.
    FreshSignIn(String),
}

/// The provider.
#[async_trait]
pub trait OidcClient: Send + Sync {
    /// The address to sign in at.
    ///
    /// # Errors
    /// [`SignInFailure`] when the provider's own document cannot be had.
    async fn authorization_address(
        &self,
        request: &AuthorizationRequest,
    ) -> Result<SecretText, SignInFailure>;

    /// The address to sign out at (RP-Initiated Logout 1.0); `None` when the provider has none or cannot be asked.
    async fn end_session_address(
        &self,
        id_token: Option<&SecretText>,
        after: &AfterSignOut,
    ) -> Option<SecretText>;

    /// Compares the `iss` of a callback (RFC 9207): required if announced, tolerated if not.
    ///
    /// # Errors
    /// [`SignInFailure`].
    async fn check_response_issuer(&self, iss: Option<&str>) -> Result<(), SignInFailure>;

    /// Redeems a code and validates the ID token: signature, `iss`, `aud`, `azp`, `exp`, `iat`, `nonce`, `auth_time`.
    ///
    /// # Errors
    /// [`SignInFailure`].
    async fn redeem(&self, redemption: &CodeRedemption) -> Result<RedeemedCode, SignInFailure>;
}
