//! What to do on the device after a reset.

use super::outcome::Wording;
use crate::domain::Platform;
use crate::i18n::{Text, t};
use portal_contract::ResetOutcome;

/// The steps in order.
#[must_use]
pub fn on_device(platform: Platform, outcome: ResetOutcome) -> Vec<Text> {
    steps(Wording::of(platform, outcome))
}

fn steps(wording: Wording) -> Vec<Text> {
    match wording {
        Wording::Android => {
            vec![t::on_device_android_unlock(), t::on_device_android_settings(), t::on_device_android_new()]
        }
        Wording::AppleMobile => {
            vec![t::on_device_apple_unlock(), t::on_device_apple_new(), t::on_device_apple_biometrics()]
        }
        Wording::VisionOs => {
            vec![t::on_device_apple_unlock(), t::on_device_apple_new(), t::on_device_vision_biometrics()]
        }
        Wording::Windows10Mobile => vec![
            t::on_device_windows_mobile_unlock(),
            t::on_device_windows_mobile_settings(),
            t::on_device_windows_mobile_new(),
        ],
        Wording::WindowsPhone81 => vec![
            t::on_device_windows_phone_unlock(),
            t::on_device_windows_phone_settings(),
            t::on_device_windows_phone_new(),
        ],
        Wording::LettersAndDigits | Wording::Digits | Wording::Temporary => {
            vec![t::on_device_temporary_unlock(), t::on_device_other_new()]
        }
        Wording::Removed => {
            vec![t::on_device_apple_unlock(), t::on_device_other_new()]
        }
        Wording::Other => {
            vec![t::on_device_other_unlock(), t::on_device_other_new()]
        }
    }
}
