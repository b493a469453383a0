//! How a simulated device reacts to a command. Pure: the same seed and command give the same plan.

use crate::domain::action::ActionKind;
use crate::domain::action_run::Ending;
use crate::domain::ids::ResultId;
use portal_contract::FailureCode;

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Acknowledges after 4 to 8 seconds.
    Normal,
    /// Says "not now" first and acknowledges after about 20 seconds.
    NotNow,
    /// Has no network for an hour.
    OfflineForAnHour,
    /// Refuses: the stored unlock token is wrong.
    WrongUnlockToken,
    /// Refuses: no policy requires a passcode.
    NoPasscodePolicy,
    /// Never checks in.
    Silent,
    /// Is erased before the command reaches it.
    ErasedMeanwhile,
}

/// What will happen, in milliseconds after the command was received (at speed 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// When it reaches the device; `None`: never.
    pub(super) delivered: Option<f64>,
    /// When it ends; `None`: never.
    pub(super) finished: Option<f64>,
    /// How it ends.
    pub(super) ending: Ending,
}

impl Behaviour {
    /// Plans the life of one run.
    pub(super) fn plan(self, seed: u64, kind: ActionKind, run: &ResultId) -> Plan {
        let spread = fraction(seed, run.as_str());
        let delivered = 1500.0 + 1000.0 * spread;
        let acknowledged = 4000.0 + 4000.0 * spread;
        let plan = |delivered, finished, ending| Plan { delivered, finished, ending };
        // The service keeps categories and keys itself: no device is waited for.
        if kind == ActionKind::SetCategory || kind.shows().is_some() {
            return plan(Some(300.0 + 400.0 * spread), Some(1000.0 + 1000.0 * spread), Ending::Done);
        }
        match self {
            Self::Normal => plan(Some(delivered), Some(acknowledged), Ending::Done),
            Self::NotNow => plan(Some(delivered), Some(20_000.0), Ending::Done),
            Self::OfflineForAnHour => plan(Some(3_600_000.0), Some(3_600_000.0 + acknowledged), Ending::Done),
            // Only a reset needs the token, or a policy about passcodes.
            Self::WrongUnlockToken | Self::NoPasscodePolicy if kind != ActionKind::ResetPasscode => {
                plan(Some(delivered), Some(acknowledged), Ending::Done)
            }
            Self::WrongUnlockToken => {
                plan(Some(delivered), Some(acknowledged), Ending::Failed(FailureCode::UnlockTokenInvalid))
            }
            Self::NoPasscodePolicy => {
                plan(Some(delivered), Some(acknowledged), Ending::Failed(FailureCode::NoPasscodePolicy))
            }
            Self::Silent => plan(None, None, Ending::Done),
            Self::ErasedMeanwhile => plan(None, Some(5000.0), Ending::Superseded),
        }
    }
}

/// One step of splitmix64: spreads a counter over all 64-bit values. For plausible variety, never for
/// secrets.
pub(super) const fn mix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// A number from 0 to 1 that depends on the seed and a text.
pub(super) fn fraction(seed: u64, text: &str) -> f64 {
    let hash = text.bytes().fold(mix(seed), |hash, byte| mix(hash ^ u64::from(byte)));
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let fraction = (hash >> 11) as f64 / (1_u64 << 53) as f64;
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_command_give_the_same_plan() {
        let id = ResultId::trusted("r-1".to_owned());
        assert_eq!(
            Behaviour::Normal.plan(7, ActionKind::RemoteLock, &id),
            Behaviour::Normal.plan(7, ActionKind::RemoteLock, &id)
        );
        assert_ne!(
            Behaviour::Normal.plan(7, ActionKind::RemoteLock, &id),
            Behaviour::Normal.plan(8, ActionKind::RemoteLock, &id)
        );
    }

    #[test]
    fn a_normal_device_acknowledges_within_four_to_eight_seconds() {
        for number in 0..100 {
            let plan = Behaviour::Normal.plan(
                1,
                ActionKind::ResetPasscode,
                &ResultId::trusted(format!("r-{number}")),
            );
            let finished = plan.finished.unwrap();
            assert!((4000.0..=8000.0).contains(&finished), "{finished}");
            assert!(plan.delivered.unwrap() < finished);
        }
    }
}
