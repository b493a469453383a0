//! Whether a device meets the organisation's rules, as people understand it, and which it does not.

use super::service_text::shown;
use portal_contract::{ComplianceState, ResourceAccess, UtcTime};

/// The most rules that are told of a device.
pub const MOST_RULES: usize = 100;
/// The longest code, title and explanation, in characters.
const LONGEST: (usize, usize) = (200, 1000);

/// A rule that a device does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingRule {
    /// What its service calls it by.
    pub code: String,
    /// What it asks for, in the service's words.
    pub title: String,
    /// More of it; may be empty.
    pub detail: String,
    /// The policy it belongs to; may be empty.
    pub policy: String,
}

impl FailingRule {
    /// Reads what a service says; `None` for a rule without a name of any kind. One that has only a code is called by that.
    #[must_use]
    pub fn read(code: &str, title: &str, detail: &str, policy: &str) -> Option<Self> {
        let (short, long) = LONGEST;
        let (code, title) = (shown(code, short), shown(title, short));
        let (code, title) = match (code.is_empty(), title.is_empty()) {
            (true, true) => return None,
            (true, false) => (title.clone(), title),
            (false, true) => (code.clone(), code),
            (false, false) => (code, title),
        };
        Some(Self { code, title, detail: shown(detail, long), policy: shown(policy, short) })
    }
}

/// What a service says of the rules of a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComplianceReport {
    /// The rules it does not meet, each once.
    pub failing: Vec<FailingRule>,
    /// When it was checked last; `None` where that is when it checked in.
    pub checked: Option<UtcTime>,
}

impl ComplianceReport {
    /// A report with each rule once, and no more of them than anybody reads.
    #[must_use]
    pub fn of(rules: impl IntoIterator<Item = FailingRule>, checked: Option<UtcTime>) -> Self {
        let mut failing: Vec<FailingRule> = Vec::new();
        for rule in rules {
            let is_known = failing.iter().any(|one| (&one.code, &one.title) == (&rule.code, &rule.title));
            if !is_known && failing.len() < MOST_RULES {
                failing.push(rule);
            }
        }
        Self { failing, checked }
    }
}

/// Whether a device gets at what belongs to the organisation, and until when if that is about to end. Rules that contradict each
/// other, or whose check failed, count as not met.
#[must_use]
pub fn access(
    state: ComplianceState,
    grace_until: UtcTime,
    now: UtcTime,
) -> (ResourceAccess, Option<UtcTime>) {
    match state {
        ComplianceState::Compliant => (ResourceAccess::Allowed, None),
        ComplianceState::InGracePeriod if grace_until.is_never() => (ResourceAccess::AllowedForNow, None),
        ComplianceState::InGracePeriod if grace_until > now => {
            (ResourceAccess::AllowedForNow, Some(grace_until))
        }
        // The time is over, and nobody has looked since.
        ComplianceState::InGracePeriod
        | ComplianceState::Noncompliant
        | ComplianceState::Conflict
        | ComplianceState::Error => (ResourceAccess::Blocked, None),
        ComplianceState::Unknown | ComplianceState::ConfigManager | ComplianceState::Other => {
            (ResourceAccess::Unknown, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcTime = UtcTime::from_unix_seconds(1_000_000);

    #[test]
    fn every_state_is_something_people_understand() {
        let later = UtcTime::from_unix_seconds(1_000_001);
        for (state, until, expected) in [
            (ComplianceState::Compliant, UtcTime::NEVER, (ResourceAccess::Allowed, None)),
            (ComplianceState::InGracePeriod, later, (ResourceAccess::AllowedForNow, Some(later))),
            (ComplianceState::InGracePeriod, UtcTime::NEVER, (ResourceAccess::AllowedForNow, None)),
            (ComplianceState::InGracePeriod, NOW, (ResourceAccess::Blocked, None)),
            (ComplianceState::Noncompliant, later, (ResourceAccess::Blocked, None)),
            (ComplianceState::Conflict, UtcTime::NEVER, (ResourceAccess::Blocked, None)),
            (ComplianceState::Error, UtcTime::NEVER, (ResourceAccess::Blocked, None)),
            (ComplianceState::Unknown, UtcTime::NEVER, (ResourceAccess::Unknown, None)),
            (ComplianceState::ConfigManager, UtcTime::NEVER, (ResourceAccess::Unknown, None)),
            (ComplianceState::Other, UtcTime::NEVER, (ResourceAccess::Unknown, None)),
        ] {
            assert_eq!(access(state, until, NOW), expected, "{state:?}");
        }
    }

    #[test]
    fn a_rule_is_told_once_and_always_has_a_name() {
        let rule = |code: &str, title: &str| FailingRule::read(code, title, "", "");
        assert_eq!(rule(" ", ""), None);
        assert_eq!(rule("passcode", "").map(|one| one.title), Some("passcode".to_owned()));
        assert_eq!(rule("", "A passcode").map(|one| one.code), Some("A passcode".to_owned()));
        let rules = (0..300).filter_map(|number| rule(&format!("r-{}", number % 150), "t"));
        assert_eq!(ComplianceReport::of(rules, None).failing.len(), MOST_RULES);
        let twice = [rule("a", "t"), rule("a", "t"), rule("a", "u")];
        assert_eq!(ComplianceReport::of(twice.into_iter().flatten(), None).failing.len(), 2);
    }
}
