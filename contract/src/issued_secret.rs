//! Secrets that a management service tells: recovery keys, the password of a PC's local administrator, the PIN of a locked Mac.

use crate::json::Fields;
use crate::{SecretText, UtcTime};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a secret is for.
    SecretKind {
        /// Opens the disk of a computer (BitLocker, FileVault).
        RecoveryKey = "recoveryKey",
        /// Signs in as the local administrator of a Windows PC (LAPS).
        LocalAdministratorPassword = "localAdministratorPassword",
        /// Opens a Mac that was locked from afar.
        UnlockPin = "unlockPin",
    }
}

/// The answer of `GET .../deviceActionResults/{resultId}/issuedSecret`. Beside the temporary passcode the one answer that holds a
/// secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedSecret {
    /// What it is for.
    pub kind: SecretKind,
    /// The secret, or several that are told apart by their labels; at least one.
    pub parts: Vec<SecretPart>,
    /// When the server erases it.
    pub expires_date_time: UtcTime,
    /// The action that it came with.
    pub result_id: String,
}

/// One secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretPart {
    /// What tells it from the others: the identifier that a BitLocker screen shows, the name of the account; empty where there is
    /// nothing to tell.
    #[serde(default)]
    pub label: String,
    /// As it is typed on the device.
    pub value: SecretText,
}

impl IssuedSecret {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            kind: SecretKind::from_wire(fields.word("kind")),
            parts: fields.each("parts", SecretPart::read),
            expires_date_time: fields.moment("expiresDateTime"),
            result_id: fields.text("resultId"),
        }
    }
}

impl SecretPart {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self { label: fields.shown_or_empty("label"), value: SecretText::new(fields.text("value")) }
    }
}
