//! Key rotation: every passcode that is not sealed with the current key is sealed with it, so that the older key can go.

use super::Refusal;
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::ids::ResultId;
use crate::ports::{PasscodeVault, Purpose, Store, VaultError};
use portal_contract::UtcTime;

/// What became of the passcodes under other keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// How many are under the current key now.
    pub resealed: usize,
    /// Which do not open, and why. They stay as they are.
    pub left: Vec<(ResultId, VaultError)>,
}

/// Seals with the current key what is not. One that does not open does not stop the others.
///
/// # Errors
/// [`Refusal::Unavailable`] when the store cannot be used, [`Refusal::Internal`] without randomness; nothing is changed then.
pub async fn reseal(store: &dyn Store, vault: &dyn PasscodeVault, now: UtcTime) -> Result<Resealed, Refusal> {
    let mut resealed = Vec::new();
    let mut left = Vec::new();
    for kept in store.passcodes_under_other_keys(vault.current_key()).await? {
        let purpose = Purpose { result_id: &kept.result_id, person: &kept.person, device: &kept.device };
        match vault.open(&purpose, &kept.sealed) {
            Ok(passcode) => {
                let sealed = vault.seal(&purpose, &passcode)?;
                resealed.push((kept, sealed));
            }
            Err(error) => left.push((kept.result_id, error)),
        }
    }
    if !resealed.is_empty() {
        let text = format!("{} with key {}", resealed.len(), vault.current_key());
        let entry = AuditEntry::by_the_server(now, AuditEvent::PasscodesResealed, text);
        store.reseal(&resealed, &entry).await?;
    }
    Ok(Resealed { resealed: resealed.len(), left })
}
