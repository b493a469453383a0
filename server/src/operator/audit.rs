//! Verifying, sealing and exporting the audit record.

use super::{OperatorError, database, file, lock};
use crate::composition::store_options;
use crate::config::Settings;
use crate::domain::audit_chain::{End, Head, Standing, Whole};
use crate::domain::audit_export;
use crate::domain::secret_key::KeyRing;
use crate::ports::Clock;
use crate::store_sqlite::SqliteStore;
use portal_contract::UtcTime;
use std::io::Write;
use std::path::Path;

fn described(whole: &Whole) -> Vec<String> {
    let mut said =
        vec![format!("{} lines, {} of them sealed with a key: unbroken", whole.lines, whole.sealed)];
    if whole.waiting > 0 {
        said.push(format!(
            "{} of them, the newest, are not linked yet: a running server links them within a second or two",
            whole.waiting
        ));
    }
    said.push(format!("head {}", whole.head));
    said
}

/// Checks the record in the database; the server may be running.
///
/// # Errors
/// [`OperatorError::Audit`] with the first bad line.
pub async fn verify(settings: &Settings, anchor: Option<Head>) -> Result<Vec<String>, OperatorError> {
    let path = &settings.database;
    let store = SqliteStore::look(path, store_options(settings)).await.map_err(database(path))?;
    let verified = store.verify_audit(anchor, End::OfTheRecord).await.map_err(database(path));
    store.close().await;
    let whole = verified?.map_err(|broken| OperatorError::Audit(path.clone(), broken))?;
    Ok(described(&whole))
}

/// Verifies the record as it is and answers for it with the current key: from here on lines are sealed with it. For the
/// first key of a record that has lines, and for a new key. No server may run.
///
/// # Errors
/// [`OperatorError::Audit`] with the first bad line; nothing is written then.
pub async fn seal(
    settings: &Settings,
    anchor: Option<Head>,
    clock: &dyn Clock,
) -> Result<Vec<String>, OperatorError> {
    let path = &settings.database;
    let Some(keys) = &settings.audit_keys else { return Err(OperatorError::NoAuditKey) };
    let current = keys.current().id();
    let _lock = lock(path)?;
    let before = SqliteStore::look(path, store_options(settings)).await.map_err(database(path))?;
    let verified = before.verify_audit(anchor, End::BeforeSealing).await.map_err(database(path));
    let newest = before.newest_audit_key().await.map_err(database(path));
    before.close().await;
    let whole = verified?.map_err(|broken| OperatorError::Audit(path.clone(), broken))?;
    let mut said = described(&whole);
    if whole.lines == 0 || newest?.as_ref() == Some(current) {
        said.push(format!("nothing to do: lines are sealed with key {current} already"));
        return Ok(said);
    }
    let store = SqliteStore::open(path, store_options(settings)).await.map_err(database(path))?;
    let sealed = store.seal_audit(&whole, clock.now()).await.map_err(database(path));
    let head = store.audit_head().await.map_err(database(path));
    store.close().await;
    sealed?;
    said.push(format!("these {} lines are answered for with key {current} now", whole.lines));
    said.push(format!("head {}", head?));
    Ok(said)
}

/// Checks an exported file.
///
/// # Errors
/// [`OperatorError::Audit`] with the first bad line.
pub fn verify_file(
    path: &Path,
    keys: Option<&KeyRing>,
    anchor: Option<Head>,
) -> Result<Vec<String>, OperatorError> {
    let text = std::fs::read_to_string(path).map_err(file(path))?;
    let found = audit_export::verify(text.lines(), keys, anchor)
        .map_err(|broken| OperatorError::Audit(path.to_owned(), broken))?;
    let mut said = described(&found.whole);
    if found.after != Head::START {
        said.push(format!("follows {}: what was before is not in this file", found.after));
    }
    Ok(said)
}

/// Writes the record, or the part of it between two moments, to `out`. All of the record is verified on the way; a broken
/// one is written all the same, as evidence, and then reported. Lines that wait for their link are left for the next time.
///
/// # Errors
/// [`OperatorError::Audit`] after everything was written, or a database or output that cannot be used.
pub async fn export(
    settings: &Settings,
    from: Option<UtcTime>,
    to: Option<UtcTime>,
    out: &mut dyn Write,
) -> Result<(), OperatorError> {
    let path = &settings.database;
    let store = SqliteStore::look(path, store_options(settings)).await.map_err(database(path))?;
    let written = write(&store, path, from, to, out).await;
    let verified = store.verify_audit(None, End::OfTheRecord).await.map_err(database(path));
    store.close().await;
    written?;
    verified?.map_err(|broken| OperatorError::Audit(path.clone(), broken))?;
    Ok(())
}

/// The lines come in the order they were written. The clock may have been set back, so the part begins with the first line
/// at or after `from` and goes to the last before `to`, whatever is between: a chain has no holes.
async fn write(
    store: &SqliteStore,
    path: &Path,
    from: Option<UtcTime>,
    to: Option<UtcTime>,
    out: &mut dyn Write,
) -> Result<(), OperatorError> {
    let (first, last) = store.audit_range(from, to).await.map_err(database(path))?;
    let mut head = Head::START;
    let mut begun = false;
    let result = store
        .each_line(|line, standing| {
            let link = match standing {
                Standing::Linked(link) => Some(link),
                Standing::Waiting { .. } => return Ok(()),
                Standing::Bare => None,
            };
            let is_wanted = first <= line.sequence && line.sequence <= last;
            if is_wanted && !begun {
                begun = true;
                writeln!(out, "{}", audit_export::beginning(head))?;
            }
            if line.sequence <= last
                && let Some(link) = &link
            {
                head = Head { sequence: line.sequence, hash: link.hash };
            }
            if is_wanted { writeln!(out, "{}", audit_export::row(&line, link.as_ref())) } else { Ok(()) }
        })
        .await
        .map_err(database(path))?;
    result
        .and_then(|_| {
            if !begun {
                writeln!(out, "{}", audit_export::beginning(head))?;
            }
            writeln!(out, "{}", audit_export::ending(head))?;
            out.flush()
        })
        .map_err(file(Path::new("standard output")))
}
