//! Taking a backup while the server runs.

use super::{OperatorError, create_private, database, make_durable};
use crate::composition::store_options;
use crate::config::Settings;
use crate::domain::audit_chain::End;
use crate::ports::Clock;
use crate::store_sqlite::{SqliteStore, StoreOptions};
use std::path::Path;

/// Writes a consistent copy into a new file that only this user may read, and checks it.
///
/// # Errors
/// [`OperatorError`]; no file is left then.
pub async fn back_up(
    settings: &Settings,
    to: &Path,
    clock: &dyn Clock,
) -> Result<Vec<String>, OperatorError> {
    let path = &settings.database;
    let store = SqliteStore::look(path, store_options(settings)).await.map_err(database(path))?;
    // SQLite writes into an empty file and leaves its permissions alone.
    let created = create_private(to);
    let result = match created {
        Err(error) => Err(error),
        Ok(_) => {
            let result = copy(&store, to, store_options(settings), clock).await;
            if result.is_err() {
                // What matters is the first error; the file may be gone already.
                let _ = std::fs::remove_file(to);
            }
            result
        }
    };
    store.close().await;
    result
}

async fn copy(
    store: &SqliteStore,
    to: &Path,
    options: StoreOptions,
    clock: &dyn Clock,
) -> Result<Vec<String>, OperatorError> {
    store.copy_to(to, clock.now()).await.map_err(database(to))?;
    let copy = SqliteStore::look(to, options).await.map_err(database(to))?;
    let checked = copy.check_integrity().await.map_err(database(to));
    let verified = copy.verify_audit(None, End::OfTheRecord).await.map_err(database(to));
    copy.close().await;
    checked?;
    make_durable(to)?;
    // The copy of a broken record is still a backup, and evidence; that it is broken must be said.
    Ok(match verified? {
        Ok(whole) => vec![
            format!("{} written; its audit record has {} lines and is unbroken", to.display(), whole.lines),
            format!("head {}", whole.head),
        ],
        Err(broken) => vec![
            format!("{} written", to.display()),
            format!("WARNING: the audit record is broken, in the database as well: {broken}"),
        ],
    })
}
