//! Who is signed in, or on the way to it.

use crate::auth::{
    Callback, Credential, ExpectedPerson, IdToken, KeySet, Purpose, SignInError, StepUpChallenge,
    TokenAnswer, Transaction, UnverifiedIdToken,
};
use crate::domain::{Action, DeviceId, FreshSignIn, Now, Seconds, SignInAge};
use crate::route::Route;

use super::HistoryEntry;

/// A sign-in that is about to leave for the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingSignIn {
    pub purpose: Purpose,
    /// Who has to come back.
    pub expected: Option<ExpectedPerson>,
    /// What the server demanded.
    pub challenge: Option<StepUpChallenge>,
    /// Whether Back returns to the current screen.
    pub history: HistoryEntry,
}

/// Where the page is about to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redirect {
    SignIn(PendingSignIn),
    /// To sign out, and there it ends.
    SignOut,
    /// To sign out on the way to a fresh sign-in for a reset.
    SignOutForReset {
        device: DeviceId,
        action: Action,
        /// Who has to come back.
        expected: ExpectedPerson,
        /// For `id_token_hint`.
        id_token: IdToken,
    },
}

/// A callback on its way to a session: what is known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackProgress {
    /// What the provider said.
    pub callback: Callback,
    /// The sign-in it belongs to.
    pub transaction: Transaction,
    /// When the tokens were asked for: ages count from here.
    pub asked: Option<Now>,
    /// The tokens, not believed yet.
    pub tokens: Option<TokenAnswer>,
    /// The ID token, taken apart.
    pub id_token: Option<UnverifiedIdToken>,
    /// The provider's keys.
    pub keys: Option<KeySet>,
}

impl CallbackProgress {
    /// At its beginning.
    pub(crate) fn of(callback: Callback, transaction: Transaction) -> Session {
        let progress = Self { callback, transaction, asked: None, tokens: None, id_token: None, keys: None };
        Session::CompletingCallback(Box::new(progress))
    }
}

/// Somebody is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who, at the provider.
    pub sub: String,
    /// The name to show; may be empty.
    pub name: String,
    /// The sign-in name to show; may be empty.
    pub user_name: String,
    /// What a later sign-in page is told.
    pub login_hint: Option<String>,
    /// How old the sign-in is; `None` when the provider does not say.
    pub age: Option<SignInAge>,
    /// For how long after the sign-in the organisation asks for no second one; `None` unless it chose so.
    pub skips_second_within: Option<Seconds>,
    /// When the tokens were received.
    pub since: Now,
    /// For the API.
    pub credential: Credential,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignedIn").field("since", &self.since).finish_non_exhaustive()
    }
}

impl SignedIn {
    /// Who has to come back from a sign-in that continues this session.
    #[must_use]
    pub fn as_expected(&self) -> ExpectedPerson {
        ExpectedPerson { sub: self.sub.clone(), login_hint: self.login_hint.clone() }
    }

    /// The proof of a fresh sign-in, if this is one; `first_within`: of the first, where the organisation asks for no second.
    #[must_use]
    pub fn prove(&self, first_within: Option<Seconds>, now: Now) -> Option<FreshSignIn> {
        match first_within {
            None => FreshSignIn::prove(self.age?, now),
            Some(within) => FreshSignIn::prove_first(self.age?, within, now),
        }
    }
}

/// The session. Boxes keep the model small.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Session {
    /// The page has just been opened.
    #[default]
    Starting,
    /// Nobody is signed in.
    SignedOut,
    /// The page is about to leave.
    Redirecting(Box<Redirect>),
    /// The person came back; the tokens are being fetched and checked.
    CompletingCallback(Box<CallbackProgress>),
    /// Somebody is signed in.
    SignedIn(Box<SignedIn>),
    /// The sign-in failed: an explanation and one button (`SignInChosen`).
    SignInFailed {
        /// Why.
        error: SignInError,
        /// Where the person wanted to go.
        return_to: Route,
    },
}

impl Session {
    /// The signed-in person.
    #[must_use]
    pub fn signed_in(&self) -> Option<&SignedIn> {
        match self {
            Self::SignedIn(person) => Some(person),
            Self::Starting
            | Self::SignedOut
            | Self::Redirecting(_)
            | Self::CompletingCallback(_)
            | Self::SignInFailed { .. } => None,
        }
    }
}
