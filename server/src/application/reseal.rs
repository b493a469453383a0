//! Key rotation: every passcode that is not sealed with the current key is sealed with it, so that the older key can go.

use super::Refusal;
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::ids::ResultId;
use crate::ports::{PasscodeVault, Purpose, Storage, VaultError};
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
pub async fn reseal(
    store: &dyn Storage,
    vault: &dyn PasscodeVault,
    now: UtcTime,
) -> Result<Resealed, Refusal> {
    let mut resealed = 0;
    let mut left = Vec::new();
    let mut unit = store.begin().await?;
    for kept in unit.secrets_under_other_keys(vault.current_key()).await? {
        let purpose = Purpose { result_id: &kept.run, person: &kept.person, device: &kept.device };
        match vault.open(&purpose, &kept.sealed) {
            Ok(passcode) => {
                let sealed = vault.seal(&purpose, &passcode)?;
                unit.replace_secret(&kept, &sealed).await?;
                resealed += 1;
            }
            Err(error) => left.push((kept.run, error)),
        }
    }
    if resealed > 0 {
        let text = format!("{resealed} with key {}", vault.current_key());
        let entry = AuditEntry::by_the_server(now, AuditEvent::PasscodesResealed, text);
        unit.append_audit(&entry).await?;
        unit.save().await?;
        // What was sealed with the old key must not live on.
        store.forget_erased().await?;
    }
    Ok(Resealed { resealed, left })
}
