//! The person who is signed in, as a validated token says.

use super::secret::SecretHash;
use portal_contract::UtcTime;

/// The person's stable identifier (`sub`, or the configured claim).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(String);

impl PersonId {
    /// Wraps the subject of a validated token.
    #[must_use]
    pub const fn new(subject: String) -> Self {
        Self(subject)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A validated sign-in: the only way to a device call. It never holds the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Who it is.
    pub person: PersonId,
    /// The person's name, empty when the token has none.
    pub display_name: String,
    /// The person's sign-in name, empty when the token has none.
    pub user_principal_name: String,
    /// When the person last proved who they are (`auth_time`); absent counts as never.
    pub auth_time: Option<UtcTime>,
    /// When the token was issued (`iat`, or `auth_time` where there is none); absent counts as before every revocation.
    pub issued: Option<UtcTime>,
    /// Until when the token is accepted: its expiry with the leeway.
    pub accepted_until: UtcTime,
    /// The session behind it, in session mode.
    pub session: Option<SecretHash>,
}
