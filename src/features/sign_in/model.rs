//! What is known on the way to a session. Who is signed in is the page's own knowledge (`core::Session`).

use crate::auth::{Discovery, ExpectedPerson, SignInError, SignatureVerdict};
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
    /// A signature was checked.
    SignatureChecked(SignatureVerdict),
}

/// On the way to a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// Why the last sign-in failed: goes with a reset that waits for one.
    pub error: Option<SignInError>,
    /// What the provider says of itself.
    pub(crate) discovery: Option<Arc<Discovery>>,
    /// Who has to come back.
    pub(super) expected: Option<ExpectedPerson>,
}
