//! One program at a time writes commands to devices out of a database: a second server over the same file would send what
//! the first is sending. A lock of the operating system on a file beside the database; it ends with the process, however
//! that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Why the lock is not to be had.
#[derive(Debug)]
pub enum LockError {
    /// Another program has it.
    Taken,
    /// The file cannot be used.
    Io(io::Error),
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct DatabaseLock {
    _file: File,
}

impl DatabaseLock {
    /// Takes the lock of a database, without waiting.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(lock_file(database)).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken),
            Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
        }
    }
}

/// The file beside the database. It stays when the lock ends: removing it would let two programs lock two files.
fn lock_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}
