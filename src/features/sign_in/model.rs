//! What is known on the way to a session. Who is signed in is the page's own knowledge (`core::Session`).

use crate::auth::{Discovery, ExpectedPerson, SignInError, SignatureVerdict};
use crate::core::Page;
use crate::domain::DeviceId;
use std::sync::Arc;

/// What happens around signing in and out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person wants to sign in.
    SignInChosen,
    /// The person wants to sign out.
    SignOutChosen,
    /// The person signed out in another tab.
    SignedOutElsewhere,
    /// The person agreed to sign in again to see it.
    RevealSignInChosen(DeviceId),
    SignatureChecked(SignatureVerdict),
}

/// On the way to a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// Why the last sign-in failed: goes with a reset that waits for one.
    pub error: Option<SignInError>,
    /// The provider's own code for that, for IT.
    pub provider_error: Option<String>,
    /// What the provider says of itself.
    pub(crate) discovery: Option<Arc<Discovery>>,
    /// Who has to come back.
    pub(crate) expected: Option<ExpectedPerson>,
}

impl Model {
    /// Whether a fresh sign-in begins with a sign-out at the provider: where it has such a place, IT does not leave it out, and it
    /// was not tried a moment ago.
    #[must_use]
    pub fn signs_out_first(&self, page: &Page) -> bool {
        let is_wanted = page.config.ready().is_none_or(|config| config.sign_out_first);
        let has_no_place = self.discovery.as_ref().is_some_and(|known| known.end_session_endpoint.is_none());
        is_wanted && !has_no_place && page.going_on().is_none()
    }
}
