//! Session mode: who a cookie stands for, and signing out. Signing in is in `browser_sign_in`.
//!
//! The browser's cookie is 256 random bits. Here only their hash is kept, and the ID token (wanted once, by the
//! provider's sign-out) is encrypted with a key made of the cookie: the database alone opens no session and no token.

use super::{Portal, Refusal};
use crate::domain::audit::{AuditEntry, AuditEvent, Origin};
use crate::domain::person::SignIn;
use crate::domain::secret::BrowserSecret;
use crate::domain::session::{Session, SessionRules, Standing};
use crate::domain::sign_in::PendingSignIn;
use crate::ports::{AfterSignOut, OidcClient, TokenSeal};
use portal_contract::SecretText;
use std::sync::Arc;

/// For what the key of an ID token is made of its cookie.
pub(super) const TOKEN_KEY: &str = "passcode-portal id_token";

/// What session mode works with, beside the portal's own parts.
#[derive(Clone)]
pub struct SessionParts {
    /// The provider.
    pub client: Arc<dyn OidcClient>,
    /// Encryption of ID tokens.
    pub seal: Arc<dyn TokenSeal>,
    /// The bounds.
    pub rules: SessionRules,
}

/// Sessions of browsers.
pub struct BrowserSessions {
    pub(super) portal: Arc<Portal>,
    pub(super) parts: SessionParts,
}

/// What is left to do after a sign-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum SignedOut {
    /// The provider has to be told: the browser must go to this server's own place for that, cookie in hand.
    TellProvider,
    /// Nothing.
    Done,
}

impl BrowserSessions {
    /// Puts it together.
    #[must_use]
    pub const fn new(portal: Arc<Portal>, parts: SessionParts) -> Self {
        Self { portal, parts }
    }

    /// The sign-in a cookie stands for; `None` when it stands for none (any more).
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]: what cannot be checked is not accepted.
    pub async fn sign_in_of(&self, cookie: &BrowserSecret) -> Result<Option<SignIn>, Refusal> {
        let session = self.portal.session(&cookie.hash()).await?;
        let session = session.filter(|session| session.is_open(&self.parts.rules, self.portal.now()));
        Ok(session.map(|session| session.sign_in(&self.parts.rules)))
    }

    /// Notes that the person did something. What the page does by itself, listening for changes, is not noted: a screen
    /// somebody walked away from shall not keep its session.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn note_use(&self, cookie: &BrowserSecret) -> Result<(), Refusal> {
        let now = self.portal.now();
        let session = self.portal.session(&cookie.hash()).await?;
        if session.is_some_and(|session| session.is_touch_due(now)) {
            let mut unit = self.portal.parts.store.begin().await?;
            unit.touch_session(&cookie.hash(), now).await?;
            unit.save().await?;
        }
        Ok(())
    }

    /// Ends the session of this cookie, at once and whatever state it is in. A cookie that stands for nothing is no error:
    /// whoever signs out is signed out.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]; the session has not ended then.
    pub async fn sign_out(&self, cookie: &BrowserSecret, origin: Origin) -> Result<SignedOut, Refusal> {
        let Some(session) = self.portal.session(&cookie.hash()).await? else { return Ok(SignedOut::Done) };
        let (event, now) = (AuditEvent::SignedOut, self.portal.now());
        let entry = AuditEntry::of_person(now, event, session.person.clone(), origin, "ok".to_owned());
        let mut unit = self.portal.parts.store.begin().await?;
        if unit.set_standing(&session.id, None, Standing::Ended).await? {
            unit.append_audit(&entry).await?;
        }
        unit.save().await?;
        self.portal.announce(&session.person);
        tracing::info!("a session was ended by sign-out");
        let has_place =
            self.parts.client.end_session_address(None, &AfterSignOut::SignedOutScreen).await.is_some();
        Ok(if has_place { SignedOut::TellProvider } else { SignedOut::Done })
    }

    /// Where the browser of a session that has ended goes to end the provider's, once. The ID token that proves whose it
    /// is goes into the address of that redirect and nowhere else.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn end_at_provider(&self, cookie: &BrowserSecret) -> Result<Option<SecretText>, Refusal> {
        let mut unit = self.portal.parts.store.begin().await?;
        let Some(sealed) = unit.take_ended_session(&cookie.hash()).await? else { return Ok(None) };
        unit.save().await?;
        let id_token = self.parts.seal.open(&cookie.key_for(TOKEN_KEY), &sealed);
        Ok(self.parts.client.end_session_address(id_token.as_ref(), &AfterSignOut::SignedOutScreen).await)
    }

    /// Whether a sign-in of this browser is still on its way. A doubt is a yes: its cookie lasts ten minutes in any case.
    pub async fn is_signing_in(&self, browser: Option<&BrowserSecret>) -> bool {
        let Some(browser) = browser else { return false };
        self.has_sign_in(browser).await.unwrap_or(true)
    }

    /// The session that says who has to come back from a sign-in.
    pub(super) async fn session_to_continue(
        &self,
        cookie: Option<&BrowserSecret>,
    ) -> Result<Option<Session>, Refusal> {
        let Some(cookie) = cookie else { return Ok(None) };
        let session = self.portal.session(&cookie.hash()).await?;
        Ok(session.filter(|session| session.names_person(&self.parts.rules, self.portal.now())))
    }

    /// Whether leaving for a step-up signs this session out at the provider first: once, when it still was active.
    pub(super) fn is_first_step_up(session: &Session) -> bool {
        session.standing == Standing::Active
    }

    pub(super) fn draw(&self) -> Result<BrowserSecret, Refusal> {
        Ok(BrowserSecret::drawn(|bytes| self.portal.parts.randomness.fill(bytes))?)
    }

    pub(super) async fn has_sign_in(&self, browser: &BrowserSecret) -> Result<bool, Refusal> {
        let since = PendingSignIn::forgotten_before(self.portal.now());
        Ok(self.portal.parts.store.read().await?.has_sign_in(&browser.hash(), since).await?)
    }
}
