//! Sealing passcodes anew after the key was changed.

use super::{OperatorError, database, lock};
use crate::application;
use crate::composition::store_options;
use crate::config::Settings;
use crate::domain::audit_chain::End;
use crate::ports::Clock as _;
use crate::store_sqlite::SqliteStore;
use crate::system::{SystemClock, SystemRandomness};
use crate::vault_aead::AeadVault;
use std::sync::Arc;

/// Seals with the current key what is sealed with another. No server may run: it has the keys it was started with, and
/// would go on sealing with the one that is said to be needed no more.
///
/// # Errors
/// [`OperatorError::Passcodes`] names those that do not open; the others are done.
pub async fn reseal(settings: &Settings) -> Result<Vec<String>, OperatorError> {
    let path = &settings.database;
    let keys = settings.passcode_keys.clone();
    let current = keys.current().id().clone();
    let _lock = lock(path)?;
    // Opened only to look first: it says so when there is no database, instead of making one, and nothing is added to a
    // record that somebody rewrote.
    let before = SqliteStore::look(path, store_options(settings)).await.map_err(database(path))?;
    let verified = before.verify_audit(None, End::OfTheRecord).await.map_err(database(path));
    before.close().await;
    verified?.map_err(|broken| OperatorError::Audit(path.clone(), broken))?;
    let store = SqliteStore::open(path, store_options(settings)).await.map_err(database(path))?;
    let vault = AeadVault::with_keys(keys, Arc::new(SystemRandomness));
    let result = application::reseal(&store, &vault, SystemClock.now()).await;
    store.close().await;
    let done = result.map_err(OperatorError::Refused)?;
    if done.left.is_empty() {
        return Ok(vec![
            format!("{} passcodes sealed anew; every one is under key {current} now", done.resealed),
            "older keys of passcodes can go, once no backup needs them".to_owned(),
        ]);
    }
    let left = done.left.into_iter().map(|(id, error)| format!("  {id}: {error}"));
    Err(OperatorError::Passcodes(left.collect()))
}
