//! `sessionStorage`, which lives as long as the tab and which a browser may refuse (private mode, policy).
//!
//! What is kept here is decided by `auth` and `app`: sign-in transactions, the resume record, a loop guard. Never a
//! token, never a passcode.

use web_sys::Storage;

/// The browser refuses storage, or it is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageRefused;

fn session_storage() -> Result<Storage, StorageRefused> {
    web_sys::window().ok_or(StorageRefused)?.session_storage().ok().flatten().ok_or(StorageRefused)
}

/// Reads an entry.
///
/// # Errors
/// [`StorageRefused`] when the browser does not allow it.
pub fn read(key: &str) -> Result<Option<String>, StorageRefused> {
    session_storage()?.get_item(key).map_err(|_| StorageRefused)
}

/// Writes an entry.
///
/// # Errors
/// [`StorageRefused`] when the browser does not allow it.
pub fn write(key: &str, value: &str) -> Result<(), StorageRefused> {
    session_storage()?.set_item(key, value).map_err(|_| StorageRefused)
}

/// Removes an entry; a refusal means there is none.
pub fn remove(key: &str) {
    if let Ok(storage) = session_storage() {
        let _gone = storage.remove_item(key);
    }
}

/// Every entry whose key starts with `prefix`.
///
/// # Errors
/// [`StorageRefused`] when the browser does not allow it.
pub fn entries(prefix: &str) -> Result<Vec<(String, String)>, StorageRefused> {
    let storage = session_storage()?;
    let count = storage.length().map_err(|_| StorageRefused)?;
    let keys = (0..count).filter_map(|index| storage.key(index).ok().flatten());
    Ok(keys
        .filter(|key| key.starts_with(prefix))
        .filter_map(|key| {
            let value = storage.get_item(&key).ok().flatten()?;
            Some((key, value))
        })
        .collect())
}

/// Removes every entry whose key starts with `prefix`.
pub fn remove_by_prefix(prefix: &str) {
    for (key, _) in entries(prefix).unwrap_or_default() {
        remove(&key);
    }
}
