//! What an operator does with the database by hand: verify and export the audit record, seal passcodes anew, back up and
//! restore. Each command answers with what it did, line by line, or with why not; only `main.rs` prints.

mod arguments;
mod ask;
mod audit;
mod backup;
mod check;
mod init;
mod passcodes;
pub mod providers;
mod restore;

pub use arguments::{AuditCommand, Command, ConnectorCheck, ConnectorCommand, PasscodesCommand, parse};
pub use ask::{Flags, Terminal, Unanswered, complete};
pub use audit::{export, seal, verify, verify_file};
pub use backup::back_up;
pub use check::{CheckUp, Report, check};
pub use init::{Answers, init};
pub use passcodes::reseal;
pub use restore::restore;

use crate::application::Refusal;
use crate::domain::audit_chain::Broken;
use crate::ports::StoreError;
use crate::store_sqlite::{DatabaseLock, LockError};
use std::io;
use std::path::{Path, PathBuf};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum OperatorError {
    /// The database cannot be used.
    Database(PathBuf, StoreError),
    /// A file cannot be used.
    File(PathBuf, io::Error),
    /// A file is there that must not be overwritten.
    Exists(PathBuf),
    /// A server is running over the database.
    Running(PathBuf),
    /// No key of the audit record is configured.
    NoAuditKey,
    /// The audit record is broken.
    Audit(PathBuf, Broken),
    /// Passcodes do not open.
    Passcodes(Vec<String>),
    /// Passcodes could not be sealed.
    Refused(Refusal),
}

impl std::fmt::Display for OperatorError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(path, StoreError::Unavailable(reason) | StoreError::Corrupt(reason)) => {
                write!(formatter, "the database {} cannot be used: {reason}", path.display())
            }
            Self::File(path, error) => write!(formatter, "{}: {error}", path.display()),
            Self::Exists(path) => {
                write!(formatter, "{} exists and is not overwritten: choose another name", path.display())
            }
            Self::Running(path) => write!(
                formatter,
                "a server is running over {}: stop it first, it would go on with what is changed here",
                path.display()
            ),
            Self::NoAuditKey => formatter.write_str("[audit] names no key: set audit.key_file"),
            Self::Audit(path, broken) => {
                write!(formatter, "the audit record in {} is broken: {broken}", path.display())
            }
            Self::Passcodes(left) => {
                writeln!(formatter, "{} passcode(s) stay as they are:", left.len())?;
                formatter.write_str(&left.join("\n"))
            }
            Self::Refused(refusal) => write!(formatter, "passcodes could not be sealed anew: {refusal:?}"),
        }
    }
}

/// Takes the lock of the database, so that no server writes into it meanwhile.
fn lock(path: &Path) -> Result<DatabaseLock, OperatorError> {
    DatabaseLock::take(path).map_err(|error| match error {
        LockError::Taken => OperatorError::Running(path.to_owned()),
        LockError::Io(error) => OperatorError::File(path.to_owned(), error),
    })
}

/// Names the database in an error.
fn database(path: &Path) -> impl FnOnce(StoreError) -> OperatorError + '_ {
    |error| OperatorError::Database(path.to_owned(), error)
}

/// Names the file in an error.
fn file(path: &Path) -> impl FnOnce(io::Error) -> OperatorError + '_ {
    |error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            OperatorError::Exists(path.to_owned())
        } else {
            OperatorError::File(path.to_owned(), error)
        }
    }
}

/// Creates a file that only this user may read and that was not there before.
fn create_private(path: &Path) -> Result<std::fs::File, OperatorError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map_err(file(path))
}

/// Makes a file and its name survive a power cut.
fn make_durable(path: &Path) -> Result<(), OperatorError> {
    let sync = |path: &Path| std::fs::File::open(path).and_then(|file| file.sync_all());
    sync(path).map_err(file(path))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync(folder.unwrap_or(Path::new("."))).map_err(file(path))
}
