//! The proof that the person signed in a moment ago, without which no reset can be asked for.
//!
//! The age at receipt comes from the server's own times (`iat - auth_time` of the ID token), what passed since from the
//! page's clocks, so a wrong clock of the PC does not matter. The server decides in the end.

use super::time::{Milliseconds, Now, Seconds, elapsed};
use portal_contract::{FRESH_SIGN_IN_SECONDS, LONGEST_SKIP_SECONDS};

/// How long the server accepts a sign-in for a reset.
pub const SERVER_WINDOW: Seconds = Seconds(FRESH_SIGN_IN_SECONDS);

/// When the page stops: 20 s earlier, so that nobody is refused in the middle of the last click.
pub const PAGE_WINDOW: Seconds = Seconds(FRESH_SIGN_IN_SECONDS - PAGE_STOPS_EARLIER);
const PAGE_STOPS_EARLIER: i64 = 20;

/// How old a sign-in was when its ID token was issued, and when the page asked for that token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignInAge {
    /// `iat - auth_time`.
    pub at_receipt: Seconds,
    /// When the token was asked for: not later than `iat`, so what passes since is never underestimated.
    pub received: Now,
}

impl SignInAge {
    /// How old the sign-in is now.
    #[must_use]
    pub const fn age(&self, now: Now) -> Milliseconds {
        self.at_receipt.to_milliseconds().plus(elapsed(self.received, now))
    }
}

/// Which sign-in a proof rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProvenBy {
    /// One that was asked for again.
    SecondSignIn,
    /// The first one: the organisation asks for no second within this time of it (`skipSecondSignInWithinSeconds`). The request
    /// says so, and the server holds it to that time.
    FirstSignIn { within: Seconds },
}

/// Proof of a sign-in inside the page's window. It can only be made by [`FreshSignIn::prove`] and [`FreshSignIn::prove_first`],
/// and only grows older.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FreshSignIn {
    sign_in: SignInAge,
    by: ProvenBy,
    /// The greatest age seen so far: clocks that go back give nothing back.
    oldest_seen: Milliseconds,
}

impl FreshSignIn {
    /// Of a second sign-in. `None` when it is too old, or claims to come from the future.
    #[must_use]
    pub fn prove(sign_in: SignInAge, now: Now) -> Option<Self> {
        Self::prove_by(ProvenBy::SecondSignIn, sign_in, now)
    }

    /// Of the first sign-in, where the organisation asks for no second one `within` this time. Never longer than the contract
    /// allows, whatever was read.
    #[must_use]
    pub fn prove_first(sign_in: SignInAge, within: Seconds, now: Now) -> Option<Self> {
        let within = within.min(Seconds(LONGEST_SKIP_SECONDS));
        Self::prove_by(ProvenBy::FirstSignIn { within }, sign_in, now)
    }

    fn prove_by(by: ProvenBy, sign_in: SignInAge, now: Now) -> Option<Self> {
        if sign_in.at_receipt < Seconds(0) {
            return None;
        }
        let proof = Self { sign_in, by, oldest_seen: sign_in.age(now) };
        proof.is_live(now).then_some(proof)
    }

    /// Which sign-in it rests on.
    #[must_use]
    pub const fn by(&self) -> ProvenBy {
        self.by
    }

    /// How long the first sign-in is enough, where the proof rests on it.
    #[must_use]
    pub const fn first_within(&self) -> Option<Seconds> {
        match self.by {
            ProvenBy::FirstSignIn { within } => Some(within),
            ProvenBy::SecondSignIn => None,
        }
    }

    /// The proof after one more look at the clocks.
    #[must_use]
    pub fn aged(mut self, now: Now) -> Self {
        self.oldest_seen = self.age(now);
        self
    }

    /// Whether the page still lets the person press the last button.
    #[must_use]
    pub fn is_live(&self, now: Now) -> bool {
        self.remaining(now) > Milliseconds::ZERO
    }

    /// What is left until the page stops; nothing when it is over.
    #[must_use]
    pub fn remaining(&self, now: Now) -> Milliseconds {
        let window = match self.by {
            ProvenBy::SecondSignIn => PAGE_WINDOW,
            ProvenBy::FirstSignIn { within } => Seconds(within.0.saturating_sub(PAGE_STOPS_EARLIER)),
        };
        let left = window.to_milliseconds().minus(self.age(now));
        left.max(Milliseconds::ZERO)
    }

    fn age(&self, now: Now) -> Milliseconds {
        self.sign_in.age(now).max(self.oldest_seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portal_contract::UtcTime;

    const fn at(seconds: i64) -> Now {
        Now {
            monotonic: Milliseconds(seconds * 1000),
            wall: UtcTime::from_unix_seconds(1_800_000_000 + seconds),
        }
    }

    const fn aged(seconds: i64) -> SignInAge {
        SignInAge { at_receipt: Seconds(seconds), received: at(0) }
    }

    #[test]
    fn less_than_twenty_seconds_of_the_servers_window_counts_as_expired() {
        assert!(FreshSignIn::prove(aged(279), at(0)).is_some());
        assert!(FreshSignIn::prove(aged(280), at(0)).is_none());
        assert!(FreshSignIn::prove(aged(0), at(279)).is_some());
        assert!(FreshSignIn::prove(aged(0), at(280)).is_none());
    }

    #[test]
    fn a_sign_in_from_the_future_proves_nothing() {
        assert!(FreshSignIn::prove(aged(-1), at(0)).is_none());
        assert!(FreshSignIn::prove(aged(i64::MIN), at(0)).is_none());
        assert!(FreshSignIn::prove(aged(i64::MAX), at(0)).is_none());
    }

    #[test]
    fn a_first_sign_in_counts_for_what_the_organisation_chose_and_never_for_more_than_two_minutes() {
        let first = |age: i64, within: i64| FreshSignIn::prove_first(aged(age), Seconds(within), at(0));
        assert_eq!(first(10, 60).map(|proof| proof.remaining(at(0))), Some(Milliseconds(30_000)));
        assert_eq!(first(40, 60), None, "the page stops 20 s earlier here too");
        assert!(first(99, 120).is_some() && first(100, 120).is_none() && first(100, 9_999).is_none());
        for within in [i64::MIN, -1, 0, 20] {
            assert_eq!(first(0, within), None, "{within}");
        }
    }

    #[test]
    fn clocks_that_go_back_give_nothing_back() -> Result<(), &'static str> {
        let proof = FreshSignIn::prove(aged(0), at(0)).ok_or("fresh")?.aged(at(200));
        assert_eq!(proof.remaining(at(0)), Milliseconds(80_000));
        assert!(!proof.aged(at(300)).is_live(at(0)));
        Ok(())
    }
}
