//! Access tokens.

use crate::domain::person::SignIn;
use async_trait::async_trait;
use portal_contract::UtcTime;

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Not a valid access token for this API. The reason is for the log; it never holds part of the token.
    Invalid(&'static str),
    /// Valid, but without the scope of this API.
    ScopeMissing,
    /// The provider's keys are not known and cannot be fetched now.
    KeysUnavailable,
}

/// Turns an access token into a sign-in.
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// Checks a bearer token.
    ///
    /// # Errors
    /// [`TokenError`], see there.
    async fn verify(&self, token: &str) -> Result<SignIn, TokenError>;

    /// Whether tokens can be checked now: keys are known or can be had.
    async fn is_ready(&self) -> bool;

    /// The origins that a page which is the provider's client itself has to reach, by the provider's document; none while that
    /// is not known.
    fn page_origins(&self) -> Vec<String>;

    /// When the provider's keys were fetched; `None` while there are none.
    fn keys_fetched(&self) -> Option<UtcTime>;
}
