//! "I can't type this": which keypad a temporary passcode needs, and what to do, platform by platform, when the lock
//! screen shows another one. The device changes its keypad only when it has taken over the passcode, so most of it is
//! waking, connecting and waiting; the last resort is always IT.

use crate::domain::{KeypadNeed, Platform};
use crate::i18n::{Text, t};
use portal_contract::ResetOutcome;

/// What to do when the passcode cannot be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeypadHelp {
    /// What the person probably sees, and why.
    pub lead: Text,
    /// What to try, in order.
    pub steps: Vec<Text>,
    /// When nothing helped.
    pub otherwise: Text,
}

/// The help for a platform and what the reset did there.
#[must_use]
pub fn keypad_help(platform: Platform, outcome: ResetOutcome) -> KeypadHelp {
    let (lead, steps) = match outcome {
        ResetOutcome::TemporaryPasscode { character_set } => match KeypadNeed::of(character_set) {
            KeypadNeed::FullKeyboard => (t::keypad_letters_lead(), letters(platform)),
            KeypadNeed::NumberPad => (t::keypad_digits_lead(), digits(platform)),
            KeypadNeed::Unknown => {
                (t::keypad_other_lead(), vec![t::keypad_wake(), t::keypad_connect_and_wait()])
            }
        },
        ResetOutcome::PasscodeRemoved => (
            t::keypad_removed_lead(),
            vec![t::keypad_wake(), t::keypad_removed_connect(), t::keypad_removed_old_passcode()],
        ),
        ResetOutcome::Other => (t::keypad_other_lead(), vec![t::keypad_wake(), t::keypad_connect_and_wait()]),
    };
    KeypadHelp { lead, steps, otherwise: t::keypad_otherwise() }
}

fn letters(platform: Platform) -> Vec<Text> {
    let switch = match platform {
        Platform::Android => t::keypad_android_switch(),
        Platform::Windows10Mobile | Platform::WindowsPhone81 => t::keypad_windows_switch(),
        Platform::AppleMobile
        | Platform::VisionOs
        | Platform::WindowsPc
        | Platform::MacOs
        | Platform::Linux
        | Platform::ChromeOs
        | Platform::Other => t::keypad_other_switch(),
    };
    vec![t::keypad_wake(), switch, t::keypad_connect_and_wait(), t::keypad_restart()]
}

fn digits(platform: Platform) -> Vec<Text> {
    let switch = match platform {
        Platform::Windows10Mobile | Platform::WindowsPhone81 => t::keypad_windows_digits(),
        Platform::Android
        | Platform::AppleMobile
        | Platform::VisionOs
        | Platform::WindowsPc
        | Platform::MacOs
        | Platform::Linux
        | Platform::ChromeOs
        | Platform::Other => t::keypad_other_digits(),
    };
    vec![t::keypad_wake(), switch, t::keypad_connect_and_wait(), t::keypad_restart()]
}
