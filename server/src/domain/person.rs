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
///
/// Only the verifiers can make one, of a token or of a session that were checked (`cargo xtask test --only layers` looks
/// after that): whoever holds one need not check again, and nobody can claim to be somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn(SignInFacts);

/// What a verifier found out. By itself it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInFacts {
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

impl SignIn {
    /// For the verifiers alone: what was validated.
    pub(crate) const fn from_verifier(facts: SignInFacts) -> Self {
        Self(facts)
    }

    /// Who it is.
    #[must_use]
    pub const fn person(&self) -> &PersonId {
        &self.0.person
    }

    /// The person's name, empty when the token has none.
    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The person's sign-in name, empty when the token has none.
    #[must_use]
    pub fn user_principal_name(&self) -> &str {
        &self.0.user_principal_name
    }

    /// When the person last proved who they are; absent counts as never.
    #[must_use]
    pub const fn auth_time(&self) -> Option<UtcTime> {
        self.0.auth_time
    }

    /// When the token was issued; absent counts as before every revocation.
    #[must_use]
    pub const fn issued(&self) -> Option<UtcTime> {
        self.0.issued
    }

    /// Until when the token is accepted.
    #[must_use]
    pub const fn accepted_until(&self) -> UtcTime {
        self.0.accepted_until
    }

    /// The session behind it, in session mode.
    #[must_use]
    pub const fn session(&self) -> Option<&SecretHash> {
        self.0.session.as_ref()
    }
}
