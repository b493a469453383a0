//! Before a token is checked: whoever sends many that are not accepted is told to wait, because checking costs more than
//! sending. Behind one address there may be a whole office, so a token that was accepted before passes always: the people
//! at work go on, only new sign-ins from that address wait.

use super::reservation::Reservation;
use super::{Portal, Refusal};
use crate::domain::person::SignIn;
use crate::domain::rate::{RateLimit, network_of};
use portal_contract::UtcTime;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How many accepted tokens are remembered.
const REMEMBERED: usize = 20_000;
/// For how long it is believed that the provider's clock is ahead, in seconds.
const AHEAD_SECONDS: i64 = 3600;

/// A token, as a number nobody can turn back into it.
type TokenDigest = [u8; 32];

/// By how much the provider's clock was ahead of ours, in seconds, and when that was seen.
#[derive(Clone, Copy, Default)]
struct Ahead {
    seconds: i64,
    seen: i64,
}

/// What is remembered of tokens: no token, only digests.
#[derive(Default)]
pub(super) struct SignInGate {
    accepted: Mutex<HashMap<TokenDigest, UtcTime>>,
    ahead: Mutex<Ahead>,
}

/// The leave to check a token. Dropped without a verdict (nobody could check it) it counts for nothing.
pub struct Admission<'portal> {
    portal: &'portal Portal,
    digest: TokenDigest,
    counted: Option<Reservation<'portal>>,
}

impl Portal {
    /// Asks for leave to check a token.
    ///
    /// # Errors
    /// [`Refusal::TooOften`] when too many tokens from this network were not accepted.
    pub fn admit_token(&self, token: &str, address: &str) -> Result<Admission<'_>, Refusal> {
        let digest: TokenDigest = Sha256::digest(token.as_bytes()).into();
        let counted = if self.gate.knows(&digest, self.now()) {
            None
        } else {
            let (limit, network) = (RateLimit::SignInFailuresFromNetwork, network_of(address));
            Some(self.reserve(limit, &network, self.now()).map_err(Refusal::TooOften)?)
        };
        Ok(Admission { portal: self, digest, counted })
    }

    /// By how many seconds the provider's clock is ahead of ours, as far as its tokens showed within the last hour.
    pub(super) fn provider_ahead_seconds(&self) -> i64 {
        let ahead = self.gate.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if self.now().unix_seconds().saturating_sub(ahead.seen) > AHEAD_SECONDS { 0 } else { ahead.seconds }
    }
}

impl Admission<'_> {
    /// The token was accepted.
    pub fn accepted(self, sign_in: &SignIn) {
        let now = self.portal.now();
        self.portal.gate.remember(self.digest, sign_in.accepted_until(), now);
        if let Some(issued) = sign_in.issued() {
            let seconds = issued.unix_seconds().saturating_sub(now.unix_seconds());
            let mut ahead = self.portal.gate.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            if seconds >= ahead.seconds || now.unix_seconds().saturating_sub(ahead.seen) > AHEAD_SECONDS {
                *ahead = Ahead { seconds: seconds.max(0), seen: now.unix_seconds() };
            }
        }
    }

    /// The token was not accepted: that counts, and it is not known any more.
    pub fn refused(mut self) {
        self.portal.gate.forget(&self.digest);
        if let Some(counted) = self.counted.take() {
            counted.commit();
        }
    }
}

impl SignInGate {
    fn knows(&self, digest: &TokenDigest, now: UtcTime) -> bool {
        let accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.get(digest).is_some_and(|until| *until > now)
    }

    fn remember(&self, digest: TokenDigest, until: UtcTime, now: UtcTime) {
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        if accepted.len() >= REMEMBERED && !accepted.contains_key(&digest) {
            accepted.retain(|_, until| *until > now);
            if accepted.len() >= REMEMBERED {
                // More people at once than this server is made for: they are checked as if they were new.
                accepted.clear();
            }
        }
        accepted.insert(digest, until);
    }

    fn forget(&self, digest: &TokenDigest) {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_of_tokens_is_bounded_and_ends_with_them() {
        let gate = SignInGate::default();
        let (now, until) = (UtcTime::from_unix_seconds(1000), UtcTime::from_unix_seconds(1600));
        gate.remember([7; 32], until, now);
        assert!(gate.knows(&[7; 32], now));
        assert!(!gate.knows(&[7; 32], until), "it is over");
        for number in 0..3 * u32::try_from(REMEMBERED).unwrap() {
            gate.remember(Sha256::digest(number.to_be_bytes()).into(), until, now);
        }
        assert!(gate.accepted.lock().unwrap().len() <= REMEMBERED);
    }
}
