//! Putting a backup in the database's place while no server runs.

use super::{OperatorError, create_private, database, file, lock, make_durable};
use crate::composition::store_options;
use crate::config::Settings;
use crate::domain::audit_chain::{Broken, End, Whole};
use crate::ports::Clock;
use crate::store_sqlite::{Readied, SqliteStore, StoreOptions};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Checks a backup, makes it ready and puts it in the database's place. What was there is kept beside it.
///
/// # Errors
/// [`OperatorError`]; the database is as it was then.
pub async fn restore(
    settings: &Settings,
    from: &Path,
    clock: &dyn Clock,
) -> Result<Vec<String>, OperatorError> {
    let path = &settings.database;
    let _lock = lock(path)?;
    let made = beside(path, ".restoring");
    // Left by a restore that was interrupted; nobody else makes it while the lock is held.
    for leftover in with_logs(&made) {
        let _ = std::fs::remove_file(leftover);
    }
    let source = std::fs::File::open(from).map_err(file(from))?;
    let readied = fill(source, &made, store_options(settings), clock).await;
    let readied = match readied {
        Ok(readied) => readied,
        Err(error) => {
            for leftover in with_logs(&made) {
                let _ = std::fs::remove_file(leftover);
            }
            // The copy's name means nothing to the person who asked.
            return Err(named(error, &made, from));
        }
    };
    let kept = beside(path, &format!(".replaced-{}", clock.now().unix_millis()));
    for (old, kept) in with_logs(path).into_iter().zip(with_logs(&kept)) {
        if old.exists() {
            std::fs::rename(&old, &kept).map_err(file(&old))?;
        }
    }
    std::fs::rename(&made, path).map_err(file(&made))?;
    make_durable(path)?;
    let mut said = vec![
        format!("{} is the backup of {} now", path.display(), readied.backup_at.to_rfc3339()),
        format!(
            "{} open command(s): their devices are asked about, nothing is sent again",
            readied.open_commands
        ),
        "resets accepted after the backup are not known any more; everybody has to sign in again".to_owned(),
    ];
    if kept.exists() {
        said.push(format!("what was there before: {}", kept.display()));
    }
    Ok(said)
}

/// Copies the backup, checks it, brings its tables up to date, and only then changes anything in it.
async fn fill(
    mut source: std::fs::File,
    made: &Path,
    options: StoreOptions,
    clock: &dyn Clock,
) -> Result<Readied, OperatorError> {
    let mut copy = create_private(made)?;
    std::io::copy(&mut source, &mut copy).map_err(file(made))?;
    drop(copy);
    // Before anything writes into it: nothing that opens it for writing may make it look better than it is.
    let backup = SqliteStore::open_read_only(made, options.clone()).await.map_err(database(made))?;
    let checked = check(&backup, made).await;
    backup.close().await;
    checked?;
    let store = SqliteStore::open(made, options).await.map_err(database(made))?;
    let result = ready(&store, made, clock).await;
    // Closing writes the log back into the one file.
    store.close().await;
    make_durable(made)?;
    result
}

async fn check(backup: &SqliteStore, made: &Path) -> Result<(), OperatorError> {
    backup.check_integrity().await.map_err(database(made))?;
    if backup.has_audit_chain().await.map_err(database(made))? {
        verified(backup, made).await?;
    }
    Ok(())
}

/// The whole record. One that was sealed with an older key is sealed with the current one here: who restores it answers
/// for it. One without any seal, although there is a key, is left to the explicit `audit seal`.
async fn verified(store: &SqliteStore, made: &Path) -> Result<Whole, OperatorError> {
    let verified = store.verify_audit(None, End::OfTheRecord).await.map_err(database(made))?;
    match verified {
        Err(Broken::NotCurrentKey(_)) => {
            let whole = store.verify_audit(None, End::BeforeSealing).await.map_err(database(made))?;
            whole.map_err(|broken| OperatorError::Audit(made.to_owned(), broken))
        }
        verified => verified.map_err(|broken| OperatorError::Audit(made.to_owned(), broken)),
    }
}

async fn ready(store: &SqliteStore, made: &Path, clock: &dyn Clock) -> Result<Readied, OperatorError> {
    // Again: the lines of an old backup have their hashes only now.
    let whole = verified(store, made).await?;
    store.make_ready(&whole, clock.now()).await.map_err(database(made))
}

fn named(error: OperatorError, made: &Path, from: &Path) -> OperatorError {
    match error {
        OperatorError::Database(path, reason) if path == made => {
            OperatorError::Database(from.to_owned(), reason)
        }
        OperatorError::Audit(path, broken) if path == made => OperatorError::Audit(from.to_owned(), broken),
        other @ (OperatorError::Database(..)
        | OperatorError::Audit(..)
        | OperatorError::File(..)
        | OperatorError::Exists(_)
        | OperatorError::Running(_)
        | OperatorError::NoAuditKey
        | OperatorError::Passcodes(_)
        | OperatorError::Refused(_)) => other,
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// A database and what SQLite keeps beside it.
fn with_logs(path: &Path) -> [PathBuf; 3] {
    [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")]
}
