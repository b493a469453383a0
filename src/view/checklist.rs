//! The steps on the device after a reset, each with the name its tick is kept by.

use super::outcome::Wording;
use crate::domain::{Checklist, ChecklistStep, Platform};
use crate::i18n::{Text, t};
use portal_contract::ResetOutcome;

/// One step with its tick box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// Which step it is.
    pub step: ChecklistStep,
    /// What to do.
    pub text: Text,
    /// Whether the person has ticked it.
    pub is_ticked: bool,
}

/// The steps of a reset with their ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistView {
    /// The steps in order.
    pub steps: Vec<StepView>,
    /// How many of them are done, for a status.
    pub progress: Text,
    /// Said when all are.
    pub all_done: Option<Text>,
}

/// The checklist of one reset, named by its result.
#[must_use]
pub fn checklist(
    platform: Platform,
    outcome: ResetOutcome,
    ticks: &Checklist,
    result: &str,
) -> ChecklistView {
    let steps: Vec<StepView> = steps(Wording::of(platform, outcome))
        .into_iter()
        .map(|(step, text)| StepView { step, text, is_ticked: ticks.is_ticked(result, step) })
        .collect();
    let ticked = steps.iter().filter(|step| step.is_ticked).count();
    ChecklistView {
        progress: t::checklist_progress(ticked, steps.len()),
        all_done: (ticked == steps.len()).then(t::checklist_all_done),
        steps,
    }
}

pub(super) fn steps(wording: Wording) -> Vec<(ChecklistStep, Text)> {
    use ChecklistStep::{Biometrics, NewPasscode, OpenSettings, Unlock};
    match wording {
        Wording::Android => vec![
            (Unlock, t::on_device_android_unlock()),
            (OpenSettings, t::on_device_android_settings()),
            (NewPasscode, t::on_device_android_new()),
        ],
        Wording::AppleMobile => vec![
            (Unlock, t::on_device_apple_unlock()),
            (NewPasscode, t::on_device_apple_new()),
            (Biometrics, t::on_device_apple_biometrics()),
        ],
        Wording::VisionOs => vec![
            (Unlock, t::on_device_apple_unlock()),
            (NewPasscode, t::on_device_apple_new()),
            (Biometrics, t::on_device_vision_biometrics()),
        ],
        Wording::Windows10Mobile => vec![
            (Unlock, t::on_device_windows_mobile_unlock()),
            (OpenSettings, t::on_device_windows_mobile_settings()),
            (NewPasscode, t::on_device_windows_mobile_new()),
        ],
        Wording::WindowsPhone81 => vec![
            (Unlock, t::on_device_windows_phone_unlock()),
            (OpenSettings, t::on_device_windows_phone_settings()),
            (NewPasscode, t::on_device_windows_phone_new()),
        ],
        Wording::LettersAndDigits | Wording::Digits | Wording::Temporary => {
            vec![(Unlock, t::on_device_temporary_unlock()), (NewPasscode, t::on_device_other_new())]
        }
        Wording::Removed => {
            vec![(Unlock, t::on_device_apple_unlock()), (NewPasscode, t::on_device_other_new())]
        }
        Wording::Other => {
            vec![(Unlock, t::on_device_other_unlock()), (NewPasscode, t::on_device_other_new())]
        }
    }
}
