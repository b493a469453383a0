//! What a reset does, told before and after it. The platform's own words are used only when the server's outcome is the
//! usual one there; otherwise the words say what the server said and no more.

use crate::domain::Platform;
use crate::i18n::{Text, t};
use portal_contract::{CharacterSet, ResetOutcome};

/// Which words fit a platform and an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    Android,
    AppleMobile,
    VisionOs,
    Windows10Mobile,
    WindowsPhone81,
    LettersAndDigits,
    Digits,
    Temporary,
    Removed,
    Other,
}

impl Wording {
    pub(super) fn of(platform: Platform, outcome: ResetOutcome) -> Self {
        if platform.usual_outcome() == outcome {
            match platform {
                Platform::Android => return Self::Android,
                Platform::AppleMobile => return Self::AppleMobile,
                Platform::VisionOs => return Self::VisionOs,
                Platform::Windows10Mobile => return Self::Windows10Mobile,
                Platform::WindowsPhone81 => return Self::WindowsPhone81,
                Platform::WindowsPc
                | Platform::MacOs
                | Platform::Linux
                | Platform::ChromeOs
                | Platform::Other => {}
            }
        }
        match outcome {
            ResetOutcome::TemporaryPasscode { character_set: CharacterSet::LettersAndDigits } => {
                Self::LettersAndDigits
            }
            ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Digits } => Self::Digits,
            ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Other } => Self::Temporary,
            ResetOutcome::PasscodeRemoved => Self::Removed,
            ResetOutcome::Other => Self::Other,
        }
    }
}

/// What will happen to a device of this platform, in a paragraph.
#[must_use]
pub fn outcome_preview(platform: Platform, outcome: ResetOutcome) -> Text {
    match Wording::of(platform, outcome) {
        Wording::Android => t::preview_android(),
        Wording::AppleMobile => t::preview_apple_mobile(),
        Wording::VisionOs => t::preview_vision_os(),
        Wording::Windows10Mobile => t::preview_windows_mobile(),
        Wording::WindowsPhone81 => t::preview_windows_phone(),
        Wording::LettersAndDigits => t::preview_letters_and_digits(),
        Wording::Digits => t::preview_digits(),
        Wording::Temporary => t::preview_temporary(),
        Wording::Removed => t::preview_removed(),
        Wording::Other => t::preview_other(),
    }
}

/// That no passcode comes with it, where a person who expects one would wait for it.
#[must_use]
pub fn outcome_without_passcode(outcome: ResetOutcome) -> Option<Text> {
    (outcome == ResetOutcome::PasscodeRemoved).then(t::preview_none)
}
