//! Signing in, in session mode: the server is the OpenID client, and drives the step-up.
//!
//! What binds a sign-in to its browser: a cookie made for it. `state` alone completes nothing (RFC 6749 section 10.12), and
//! verifier and nonce are made of both, so that not even this server could complete it for another browser.

use super::browser_sessions::TOKEN_KEY;
use super::{BrowserSessions, Refusal};
use crate::domain::audit::{AuditEntry, AuditEvent, Origin};
use crate::domain::person::PersonId;
use crate::domain::rate::{RateLimit, TooOften, network_of};
use crate::domain::secret::{BrowserSecret, SecretHash};
use crate::domain::session::{Session, Standing};
use crate::domain::sign_in::{
    PendingSignIn, ReturnState, SignInFailure, SignInPurpose, SignInSecrets, check_person,
};
use crate::ports::{AfterSignOut, AuthorizationRequest, CodeRedemption, NewSession, RedeemedCode};
use portal_contract::{SecretText, UtcTime};

/// How many may be on their way at the same time. Anybody may begin one, so there is a bound; whoever fills it keeps others
/// out for ten minutes at most, and the limits per address stand before that.
const MOST: i64 = 20_000;
/// How many of one browser: tabs that sign in at the same time.
const MOST_OF_BROWSER: u32 = 8;

/// What the page asks for.
#[derive(Debug, Clone, Copy)]
pub struct SignInWish {
    /// What the sign-in is for.
    pub purpose: SignInPurpose,
    /// Whether a step-up signs out at the provider first. The proof is the sign-in, so the page may leave that out.
    pub signs_out_first: bool,
}

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The cookie of this browser for as long as the sign-in takes.
    pub browser: BrowserSecret,
    /// Where the browser goes.
    pub address: SecretText,
}

/// What the provider sent the browser back with. Nothing of it is believed.
#[derive(Debug, Clone)]
pub struct CallbackAnswer {
    /// `state`.
    pub state: Option<String>,
    /// `iss`.
    pub iss: Option<String>,
    /// The code, or why there is none.
    pub code: Result<SecretText, SignInFailure>,
}

/// Somebody is signed in.
#[derive(Debug, Clone)]
pub struct Completed {
    /// The cookie of the new session. It is a new one each time (session fixation).
    pub session: BrowserSecret,
    /// The page's own name for the sign-in.
    pub return_state: ReturnState,
}

/// Nobody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInFailed {
    /// The page's own name for the sign-in; `None` when the sign-in is not known.
    pub return_state: Option<ReturnState>,
    /// Why.
    pub failure: SignInFailure,
    /// The limit that was reached, if it was that.
    pub too_often: Option<TooOften>,
}

impl SignInFailed {
    /// A sign-in that is not known.
    #[must_use]
    pub const fn unknown(failure: SignInFailure) -> Self {
        Self { return_state: None, failure, too_often: None }
    }

    const fn of(return_state: ReturnState, failure: SignInFailure) -> Self {
        Self { return_state: Some(return_state), failure, too_often: None }
    }

    /// The page says: try again in a minute.
    const fn too_often(return_state: Option<ReturnState>, too_often: TooOften) -> Self {
        Self { return_state, failure: SignInFailure::ProviderUnavailable, too_often: Some(too_often) }
    }
}

impl From<Refusal> for SignInFailure {
    fn from(refusal: Refusal) -> Self {
        tracing::warn!(code = refusal.code().as_str(), "a sign-in failed for a reason of this server");
        Self::ProviderUnavailable
    }
}

impl BrowserSessions {
    /// Begins a sign-in. For a step-up the session is suspended and signed out at the provider first (flow.md, step 5), where
    /// that has such a place; from there the browser comes back to [`Self::go_on`].
    ///
    /// # Errors
    /// [`SignInFailed`]; the session is as it was.
    pub async fn begin(
        &self,
        wish: SignInWish,
        return_state: ReturnState,
        session: Option<&BrowserSecret>,
        browser: Option<&BrowserSecret>,
        origin: &Origin,
    ) -> Result<Begun, SignInFailed> {
        let continued = match self.session_to_continue(session).await {
            Ok(continued) => continued,
            Err(refusal) => return Err(SignInFailed::of(return_state, refusal.into())),
        };
        if let Err(too_often) = self.count_beginning(continued.as_ref(), origin) {
            return Err(SignInFailed::too_often(Some(return_state), too_often));
        }
        let continued = continued.as_ref().zip(session);
        let begun = self.try_begin(wish, &return_state, continued, browser).await;
        begun.map_err(|failure| SignInFailed::of(return_state, failure))
    }

    /// Beginning a sign-in takes a row and a look at the provider, so a network of strangers may do it so often. Whoever
    /// is signed in counts for themselves: a flood from the same network keeps nobody from their fresh sign-in.
    fn count_beginning(&self, continued: Option<&Session>, origin: &Origin) -> Result<(), TooOften> {
        let now = self.portal.now();
        let network = network_of(&origin.address);
        let (limit, subject) = match continued {
            Some(session) => (RateLimit::AttemptsOfPerson, session.person.as_str()),
            None => (RateLimit::SignInsFromNetwork, network.as_str()),
        };
        self.portal.reserve(limit, subject, now)?.commit();
        Ok(())
    }

    async fn try_begin(
        &self,
        SignInWish { purpose, signs_out_first }: SignInWish,
        return_state: &ReturnState,
        continued: Option<(&Session, &BrowserSecret)>,
        browser: Option<&BrowserSecret>,
    ) -> Result<Begun, SignInFailure> {
        let now = self.portal.now();
        // A browser in which several tabs sign in keeps its cookie, if it is one of ours.
        let known = match browser {
            Some(browser) if self.has_sign_in(browser).await? => Some(browser),
            Some(_) | None => None,
        };
        let browser = match known {
            Some(browser) => browser.clone(),
            None => self.draw()?,
        };
        let secrets = SignInSecrets { browser, state: self.draw()? };
        let session = continued.map(|(session, _)| session);
        let expected = session.filter(|_| purpose.continues_session());
        let sign_in = PendingSignIn {
            state: secrets.state.hash(),
            browser: secrets.browser.hash(),
            purpose,
            return_state: return_state.clone(),
            expected: expected.map(|session| session.person.clone()),
            login_hint: expected.map(|session| session.user_name.clone()).filter(|name| !name.is_empty()),
            replaces: session.map(|session| session.id.clone()),
            created: now,
        };
        // Asked for before anything is changed: a provider that is down leaves the person signed in.
        let address = self.authorization_address(&sign_in, &secrets).await?;
        if !self.record_sign_in(&sign_in).await? {
            tracing::warn!("too many sign-ins are on their way: one was refused");
            return Err(SignInFailure::ProviderUnavailable);
        }
        let address = match (purpose, continued) {
            (SignInPurpose::StepUp, Some((session, cookie))) if signs_out_first => {
                self.suspend(session, cookie, &secrets).await?.unwrap_or(address)
            }
            _ => address,
        };
        Ok(Begun { browser: secrets.browser, address })
    }

    /// Suspends an active session and says where to sign it out at the provider; `None`: straight to the sign-in.
    async fn suspend(
        &self,
        session: &Session,
        cookie: &BrowserSecret,
        secrets: &SignInSecrets,
    ) -> Result<Option<SecretText>, Refusal> {
        if !Self::is_first_step_up(session) {
            return Ok(None);
        }
        let mut unit = self.portal.parts.store.begin().await?;
        let sealed = unit.id_token(&session.id).await?;
        unit.set_standing(&session.id, Some(Standing::Active), Standing::SteppingUp).await?;
        unit.save().await?;
        self.portal.announce(&session.person);
        let id_token = sealed.and_then(|sealed| self.parts.seal.open(&cookie.key_for(TOKEN_KEY), &sealed));
        let after = AfterSignOut::FreshSignIn(secrets.state.reveal());
        Ok(self.parts.client.end_session_address(id_token.as_ref(), &after).await)
    }

    /// Back from the provider's sign-out, on to the fresh sign-in.
    ///
    /// # Errors
    /// [`SignInFailed`] when no such sign-in of this browser is on its way.
    pub async fn go_on(
        &self,
        state: Option<&str>,
        browser: Option<&BrowserSecret>,
    ) -> Result<SecretText, SignInFailed> {
        let unknown = SignInFailed::unknown(SignInFailure::StateMismatch);
        let Some(secrets) = secrets(state, browser) else { return Err(unknown) };
        let found = self.find_sign_in(&secrets).await;
        let found = found.map_err(|refusal| SignInFailed::unknown(refusal.into()))?;
        let Some(sign_in) = found.filter(|sign_in| sign_in.is_current(self.portal.now())) else {
            return Err(unknown);
        };
        let address = self.authorization_address(&sign_in, &secrets).await;
        address.map_err(|failure| SignInFailed::of(sign_in.return_state, failure))
    }

    async fn authorization_address(
        &self,
        sign_in: &PendingSignIn,
        secrets: &SignInSecrets,
    ) -> Result<SecretText, SignInFailure> {
        let request = AuthorizationRequest {
            state: secrets.state.reveal(),
            nonce: secrets.nonce(),
            verifier: secrets.verifier(),
            max_age: sign_in.purpose.max_age(),
            login_hint: sign_in.login_hint.clone(),
        };
        self.parts.client.authorization_address(&request).await
    }

    /// Back from the sign-in. The sign-in is used up before anything else is looked at.
    ///
    /// # Errors
    /// [`SignInFailed`]; nobody is signed in by it then.
    pub async fn complete(
        &self,
        answer: CallbackAnswer,
        browser: Option<&BrowserSecret>,
        origin: &Origin,
    ) -> Result<Completed, SignInFailed> {
        let (sign_in, secrets) = self.take(answer.state.as_deref(), browser, origin).await?;
        let (return_state, expected) = (sign_in.return_state.clone(), sign_in.expected.clone());
        match self.redeem(sign_in, answer, &secrets, origin).await {
            Ok(session) => Ok(Completed { session, return_state }),
            Err(failure) => {
                self.record_refusal(expected, failure, origin).await;
                Err(SignInFailed::of(return_state, failure))
            }
        }
    }

    /// Only where it is known whose sign-in it was to be: what strangers fail at would fill the record. Those who are known
    /// began it with a session of theirs, and so often only.
    async fn record_refusal(&self, expected: Option<PersonId>, failure: SignInFailure, origin: &Origin) {
        let Some(person) = expected else { return };
        let (event, now) = (AuditEvent::SignInRefused, self.portal.now());
        let entry = AuditEntry::of_person(now, event, person, origin.clone(), failure.code().to_owned());
        if let Err(error) = self.portal.audit(&entry).await {
            tracing::error!(?error, "a refused sign-in could not be written into the audit record");
        }
    }

    /// Takes the sign-in of a callback. Callbacks of none count against their network, which is told to wait when it sent too
    /// many of them; one with a sign-in that is really on its way is let through all the same.
    async fn take(
        &self,
        state: Option<&str>,
        browser: Option<&BrowserSecret>,
        origin: &Origin,
    ) -> Result<(PendingSignIn, SignInSecrets), SignInFailed> {
        let network = network_of(&origin.address);
        let counted = self.portal.reserve(RateLimit::SignInFailuresFromNetwork, &network, self.portal.now());
        let unavailable = |refusal: Refusal| SignInFailed::unknown(refusal.into());
        if let Some(secrets) = secrets(state, browser)
            && let Some(sign_in) = self.take_sign_in(&secrets).await.map_err(unavailable)?
        {
            return Ok((sign_in, secrets));
        }
        counted.map_err(|too_often| SignInFailed::too_often(None, too_often))?.commit();
        Err(SignInFailed::unknown(SignInFailure::StateMismatch))
    }

    async fn redeem(
        &self,
        sign_in: PendingSignIn,
        answer: CallbackAnswer,
        secrets: &SignInSecrets,
        origin: &Origin,
    ) -> Result<BrowserSecret, SignInFailure> {
        if !sign_in.is_current(self.portal.now()) {
            return Err(SignInFailure::TransactionExpired);
        }
        self.parts.client.check_response_issuer(answer.iss.as_deref()).await?;
        let redemption = CodeRedemption {
            code: answer.code?,
            verifier: secrets.verifier(),
            nonce: secrets.nonce(),
            needs_auth_time: sign_in.purpose.max_age().is_some(),
        };
        let redeemed = self.parts.client.redeem(&redemption).await?;
        check_person(sign_in.expected.as_ref(), &redeemed.proven.person)?;
        if let Some((seconds, asked)) =
            not_asked_again(&sign_in, redeemed.proven.auth_time, self.portal.now())
        {
            tracing::warn!(
                seconds,
                asked,
                "a fresh sign-in is older than was asked for: the provider did not ask again; see docs/operation.md"
            );
        }
        self.begin_session(sign_in, redeemed, origin).await
    }

    /// A new session under a new secret, in the place of the one before.
    async fn begin_session(
        &self,
        sign_in: PendingSignIn,
        redeemed: RedeemedCode,
        origin: &Origin,
    ) -> Result<BrowserSecret, SignInFailure> {
        let RedeemedCode { proven, id_token } = redeemed;
        let (secret, now) = (self.draw()?, self.portal.now());
        let id_token = self.parts.seal.seal(&secret.key_for(TOKEN_KEY), &id_token).map_err(Refusal::from)?;
        let session = Session {
            id: secret.hash(),
            person: proven.person.clone(),
            display_name: proven.display_name,
            user_name: proven.user_name,
            standing: Standing::Active,
            auth_time: proven.auth_time,
            created: now,
            last_used: now,
        };
        let (event, result) = (AuditEvent::SignedIn, sign_in.purpose.as_str().to_owned());
        let audit = AuditEntry::of_person(now, event, proven.person.clone(), origin.clone(), result);
        let expires = session.expires(&self.parts.rules);
        self.open_session(&NewSession { session, expires, id_token }, sign_in.replaces, &audit).await?;
        // What listened with the session before has to notice that it is gone.
        self.portal.announce(&proven.person);
        tracing::info!(purpose = sign_in.purpose.as_str(), "somebody signed in");
        Ok(secret)
    }

    /// Writes a session down with its line in the audit record; ends the one it replaces, and those beyond the number one person
    /// may have, the longest unused first. The new one is never the one to go, whatever the clocks say. One that has ended
    /// counts for nothing: it opens nothing, and waits only until it is told to the provider or its time is up. If it counted,
    /// signing in and out would end the others.
    async fn open_session(
        &self,
        new: &NewSession,
        replaces: Option<SecretHash>,
        audit: &AuditEntry,
    ) -> Result<(), Refusal> {
        let mut unit = self.portal.parts.store.begin().await?;
        if let Some(replaced) = replaces {
            unit.remove_session(&replaced).await?;
        }
        unit.insert_session(new).await?;
        let (person, id) = (&new.session.person, &new.session.id);
        unit.remove_oldest_sessions(person, id, self.parts.rules.per_person).await?;
        unit.append_audit(audit).await?;
        Ok(unit.save().await?)
    }

    /// Writes a sign-in down, forgets those that are too old, and the oldest of the same browser beyond a handful. False when
    /// too many are on their way.
    async fn record_sign_in(&self, sign_in: &PendingSignIn) -> Result<bool, Refusal> {
        let mut unit = self.portal.parts.store.begin().await?;
        unit.remove_sign_ins_before(PendingSignIn::forgotten_before(sign_in.created)).await?;
        if unit.sign_ins_waiting().await? >= MOST {
            return Ok(false);
        }
        unit.insert_sign_in(sign_in).await?;
        unit.remove_oldest_sign_ins(&sign_in.browser, &sign_in.state, MOST_OF_BROWSER).await?;
        unit.save().await?;
        Ok(true)
    }

    async fn find_sign_in(&self, secrets: &SignInSecrets) -> Result<Option<PendingSignIn>, Refusal> {
        let mut unit = self.portal.parts.store.read().await?;
        Ok(unit.find_sign_in(&secrets.state.hash(), &secrets.browser.hash()).await?)
    }

    async fn take_sign_in(&self, secrets: &SignInSecrets) -> Result<Option<PendingSignIn>, Refusal> {
        // Anybody can send any number of states: those that are none do not take the write lock.
        if self.find_sign_in(secrets).await?.is_none() {
            return Ok(None);
        }
        let mut unit = self.portal.parts.store.begin().await?;
        let taken = unit.take_sign_in(&secrets.state.hash(), &secrets.browser.hash()).await?;
        unit.save().await?;
        Ok(taken)
    }
}

/// How old a sign-in is that was to be a fresh one, and how old it might have been when it began, in seconds; `None` for one that is
/// as fresh as was asked for. The page says so to the person.
fn not_asked_again(sign_in: &PendingSignIn, auth_time: Option<UtcTime>, now: UtcTime) -> Option<(i64, i64)> {
    let asked = sign_in.purpose.max_age()?;
    let age = |at: UtcTime| at.unix_millis().saturating_sub(auth_time.map_or(0, UtcTime::unix_millis));
    let is_older = auth_time.is_some() && age(sign_in.created) > asked.saturating_mul(1000);
    is_older.then(|| (age(now).div_euclid(1000), asked))
}

fn secrets(state: Option<&str>, browser: Option<&BrowserSecret>) -> Option<SignInSecrets> {
    Some(SignInSecrets { browser: browser?.clone(), state: BrowserSecret::parse(state?)? })
}
