//! The temporary passcode and the type that keeps it out of logs.

use crate::json::Fields;
use crate::{CharacterSet, UtcTime};
use serde::{Deserialize, Serialize};

/// Text that must not be seen by accident: `Debug` prints `[REDACTED]` and there is no `Display`.
/// It is serialisable because exactly one answer of the contract carries it ([`TemporaryPasscode`]).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Password))]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a secret.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself. Every call is a place to review.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "wipe")]
impl Drop for SecretText {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// The answer of `GET .../temporaryPasscode`; no other answer carries a passcode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemporaryPasscode {
    /// The passcode to type on the device.
    pub passcode: SecretText,
    /// Which characters it is made of.
    pub character_set: CharacterSet,
    /// When the server erases it.
    pub expires_date_time: UtcTime,
    /// The reset it belongs to.
    pub result_id: String,
    /// Whether the device said that this is its passcode now. `false`: the reset ended without an answer, so the device has
    /// either this one or its old one.
    #[serde(default = "confirmed")]
    pub is_confirmed: bool,
}

const fn confirmed() -> bool {
    true
}

impl TemporaryPasscode {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            passcode: SecretText::new(fields.text("passcode")),
            character_set: CharacterSet::from_wire(fields.word("characterSet")),
            expires_date_time: fields.moment("expiresDateTime"),
            result_id: fields.text("resultId"),
            is_confirmed: fields.value("isConfirmed").is_none() || fields.flag("isConfirmed"),
        }
    }
}
