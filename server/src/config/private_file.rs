//! Files with secrets in them: keys, the client's secret. One that others may read is refused, because whoever can read it has
//! what is in it.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The largest such file, in bytes; a key takes 45.
const MAX_FILE_BYTES: u64 = 64 * 1024;
/// The largest bundle of certificates, in bytes: the world's authorities take a quarter of that.
const MAX_PUBLIC_BYTES: u64 = 1024 * 1024;

/// The bytes of a file that everybody may read, for instance certificates: bounded, and never a pipe or a device.
///
/// # Errors
/// Why not, without the path.
pub(super) fn read_public(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    regular(&std::fs::metadata(path).map_err(cannot)?)?;
    let file = File::open(path).map_err(cannot)?;
    regular(&file.metadata().map_err(cannot)?)?;
    let mut bytes = Vec::new();
    file.take(MAX_PUBLIC_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    let is_whole = u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_PUBLIC_BYTES);
    if is_whole { Ok(bytes) } else { Err(format!("is longer than {MAX_PUBLIC_BYTES} bytes")) }
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileLocation {
    /// Anywhere.
    Anywhere,
    /// In systemd's folder of credentials, which only the service may enter.
    Credentials,
}

/// The text of a file that only this process' user may read, wiped when it is dropped.
///
/// # Errors
/// Why not, and what to do; without the path, but for what has to be typed.
pub(super) fn read(path: &Path, place: FileLocation) -> Result<Zeroizing<String>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    // Looked at first because opening a pipe would wait; looked at again because it is another file by then, perhaps.
    regular(&std::fs::metadata(path).map_err(cannot)?)?;
    let file = File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    regular(&metadata)?;
    check(path, &metadata, place)?;
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text).map_err(cannot)?;
    // Never a part of it: what is missing then may be a key.
    if u64::try_from(text.len()).is_ok_and(|length| length <= MAX_FILE_BYTES) {
        Ok(text)
    } else {
        Err(format!("is longer than {MAX_FILE_BYTES} bytes: it holds something else than keys"))
    }
}

fn regular(metadata: &Metadata) -> Result<(), String> {
    if metadata.is_file() { Ok(()) } else { Err("is not a file".to_owned()) }
}

/// Whether only this process' user (and root, who may do everything) can read and change a file.
#[cfg(unix)]
pub(super) fn check(path: &Path, metadata: &Metadata, place: FileLocation) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let process = rustix::process::geteuid().as_raw();
    judge(path, metadata.mode(), metadata.uid(), process, place)
}

/// Elsewhere there are no such permissions to look at.
#[cfg(not(unix))]
pub(super) fn check(_: &Path, _: &Metadata, _: FileLocation) -> Result<(), String> {
    Ok(())
}

/// The rule. systemd gives a service access to a credential of root's by an access control list, whose mask the mode shows
/// as the group's right to read; nobody else gets into the folder.
#[cfg(unix)]
fn judge(path: &Path, mode: u32, owner: u32, process: u32, place: FileLocation) -> Result<(), String> {
    let forbidden = match place {
        FileLocation::Credentials if owner == 0 => 0o037,
        FileLocation::Credentials | FileLocation::Anywhere => 0o077,
    };
    if mode & forbidden != 0 {
        return Err(format!(
            "may be read or changed by others (mode {:03o}): chmod 600 {}",
            mode & 0o777,
            path.display()
        ));
    }
    if owner != process && owner != 0 {
        return Err(format!(
            "belongs to user {owner}, and the server runs as user {process}: chown it to that user or to root"
        ));
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_for_its_owner_alone() {
        let path = Path::new("/k");
        for mode in [0o600, 0o400, 0o100_600] {
            assert_eq!(judge(path, mode, 7, 7, FileLocation::Anywhere), Ok(()), "{mode:o}");
            assert_eq!(judge(path, mode, 0, 7, FileLocation::Anywhere), Ok(()), "root's: {mode:o}");
        }
        for mode in [0o644, 0o640, 0o604, 0o620, 0o602, 0o666, 0o610] {
            let reason = judge(path, mode, 7, 7, FileLocation::Anywhere).unwrap_err();
            assert!(reason.contains("chmod 600 /k"), "{mode:o}: {reason}");
        }
        assert!(judge(path, 0o600, 8, 7, FileLocation::Anywhere).unwrap_err().contains("user 8"));
    }

    #[test]
    fn a_file_that_is_too_long_is_refused_and_not_cut() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.keys");
        let largest = usize::try_from(MAX_FILE_BYTES).unwrap();
        for (length, is_read) in [(largest, true), (largest + 1, false)] {
            std::fs::write(&path, "#".repeat(length)).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            let read = read(&path, FileLocation::Anywhere);
            assert_eq!(read.as_ref().is_ok_and(|text| text.len() == length), is_read, "{length}");
            assert!(is_read || read.is_err_and(|reason| reason.contains("longer than 65536")));
        }
    }

    #[test]
    fn a_credential_may_show_the_mask_of_its_access_list_if_it_is_roots() {
        let path = Path::new("/k");
        assert_eq!(judge(path, 0o440, 0, 7, FileLocation::Credentials), Ok(()));
        assert_eq!(judge(path, 0o400, 7, 7, FileLocation::Credentials), Ok(()));
        assert!(judge(path, 0o440, 7, 7, FileLocation::Credentials).is_err());
        assert!(judge(path, 0o444, 0, 7, FileLocation::Credentials).is_err());
        assert!(judge(path, 0o460, 0, 7, FileLocation::Credentials).is_err());
    }
}
