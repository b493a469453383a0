//! A session of session mode: which browser is signed in as whom, and until when. Two bounds, both needed: the idle one
//! ends what somebody walked away from, the absolute one ends what a thief keeps alive.

use super::person::{PersonId, SignIn, SignInFacts};
use super::secret::SecretHash;
use portal_contract::UtcTime;

/// Use is written down at most this often, in milliseconds: a page that loads asks for five things at once.
const TOUCH_EVERY_MILLIS: i64 = 60_000;

/// The bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// How long nobody may use it, in seconds.
    pub idle_seconds: i64,
    /// How long it lasts in any case, in seconds.
    pub lifetime_seconds: i64,
    /// How many one person may have at the same time; one more ends the one used longest ago.
    pub per_person: u32,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Calls are accepted.
    Active,
    /// The person left to prove who they are. No call is accepted; it only says who has to come back.
    SteppingUp,
    /// Signed out here. It only waits to be told to the provider.
    Ended,
}

impl Standing {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::SteppingUp => "steppingUp",
            Self::Ended => "ended",
        }
    }

    /// Reads what is stored.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        [Self::Active, Self::SteppingUp, Self::Ended].into_iter().find(|standing| standing.as_str() == text)
    }
}

/// A session. What proves it, the cookie, is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of the cookie.
    pub id: SecretHash,
    /// Who is signed in.
    pub person: PersonId,
    /// The person's name; may be empty.
    pub display_name: String,
    /// The person's sign-in name; may be empty.
    pub user_name: String,
    /// Where it stands.
    pub standing: Standing,
    /// When the person last proved who they are, as the validated ID token says; absent counts as never.
    pub auth_time: Option<UtcTime>,
    /// When it began.
    pub created: UtcTime,
    /// When it was last used, to the minute.
    pub last_used: UtcTime,
}

impl Session {
    /// When it ends whatever happens.
    #[must_use]
    pub const fn expires(&self, rules: &SessionRules) -> UtcTime {
        later(self.created, rules.lifetime_seconds)
    }

    /// Until when it is accepted if nobody uses it.
    #[must_use]
    pub fn accepted_until(&self, rules: &SessionRules) -> UtcTime {
        self.expires(rules).min(later(self.last_used, rules.idle_seconds))
    }

    /// Whether calls are accepted now.
    #[must_use]
    pub fn is_open(&self, rules: &SessionRules, now: UtcTime) -> bool {
        self.standing == Standing::Active && now < self.accepted_until(rules)
    }

    /// Whether it still says who has to come back from a sign-in: an idle one does, an ended one does not.
    #[must_use]
    pub fn names_person(&self, rules: &SessionRules, now: UtcTime) -> bool {
        self.standing != Standing::Ended && now < self.expires(rules)
    }

    /// Whether this use is worth writing down.
    #[must_use]
    pub const fn is_touch_due(&self, now: UtcTime) -> bool {
        now.unix_millis().saturating_sub(self.last_used.unix_millis()) >= TOUCH_EVERY_MILLIS
    }

    /// The sign-in it stands for.
    #[must_use]
    pub fn sign_in(self, rules: &SessionRules) -> SignIn {
        let accepted_until = self.accepted_until(rules);
        SignIn::from_verifier(SignInFacts {
            person: self.person,
            display_name: self.display_name,
            user_principal_name: self.user_name,
            auth_time: self.auth_time,
            issued: Some(self.created),
            accepted_until,
            session: Some(self.id),
        })
    }
}

const fn later(moment: UtcTime, seconds: i64) -> UtcTime {
    UtcTime::from_unix_millis(moment.unix_millis().saturating_add(seconds.saturating_mul(1000)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::BrowserSecret;

    const RULES: SessionRules = SessionRules { idle_seconds: 600, lifetime_seconds: 3600, per_person: 3 };

    const fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(1_800_000_000 + seconds)
    }

    fn used(last_used: i64) -> Session {
        Session {
            id: BrowserSecret::new([1; 32]).hash(),
            person: PersonId::new("p-1".to_owned()),
            display_name: String::new(),
            user_name: String::new(),
            standing: Standing::Active,
            auth_time: Some(at(0)),
            created: at(0),
            last_used: at(last_used),
        }
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it() {
        assert!(used(0).is_open(&RULES, at(599)));
        assert!(!used(0).is_open(&RULES, at(600)));
        assert!(used(500).is_open(&RULES, at(1000)));
    }

    #[test]
    fn a_session_ends_at_its_time_however_much_it_is_used() {
        assert!(used(3599).is_open(&RULES, at(3599)));
        assert!(!used(3599).is_open(&RULES, at(3600)));
    }

    #[test]
    fn only_an_active_session_is_open_and_only_an_ended_one_names_nobody() {
        for (standing, is_open, names) in [
            (Standing::Active, true, true),
            (Standing::SteppingUp, false, true),
            (Standing::Ended, false, false),
        ] {
            let session = Session { standing, ..used(0) };
            let found = (session.is_open(&RULES, at(1)), session.names_person(&RULES, at(1)));
            assert_eq!(found, (is_open, names), "{standing:?}");
            assert_eq!(Standing::stored(standing.as_str()), Some(standing));
        }
    }

    #[test]
    fn use_is_written_down_once_a_minute() {
        assert!(!used(0).is_touch_due(at(59)));
        assert!(used(0).is_touch_due(at(60)));
    }
}
