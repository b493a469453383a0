//! A database is for the server's user alone, whatever the umask is: in it is who reset what and from where.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// Creates the file for this user alone, or takes everybody else's access to one that is there, and to what SQLite keeps
/// beside it. SQLite gives new files beside it the same permissions.
///
/// # Errors
/// Why it cannot be created. One that belongs to somebody else cannot be changed either; that is said in the log only.
pub fn make_private(database: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(database)?;
    #[cfg(unix)]
    for file in ["", "-wal", "-shm"].map(|suffix| beside(database, suffix)) {
        if let Err(error) = tighten(&file) {
            tracing::warn!(file = %file.display(), %error, "others may read this file, and it cannot be changed");
        }
    }
    Ok(())
}

#[cfg(unix)]
fn tighten(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = match std::fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    let mode = metadata.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode & 0o700))
}

#[cfg(unix)]
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}
