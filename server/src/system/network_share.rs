//! Where a database must not lie. SQLite needs locks that hold and memory that several programs share (`-shm`); over a network
//! share neither does (<https://www.sqlite.org/wal.html>, section 1; <https://www.sqlite.org/howtocorrupt.html>, section 2.1).

use std::io;
use std::path::Path;

/// The kinds of file system that are at the other end of a network, by the number `statfs(2)` calls them by
/// (`linux/magic.h`, `fs/smb/client/cifsfs.h`).
const SHARES: [(u32, &str); 6] = [
    (0x0000_6969, "NFS"),
    (0xFF53_4D42, "SMB/CIFS"),
    (0xFE53_4D42, "SMB"),
    (0x0000_517B, "SMB"),
    (0x5346_414F, "AFS"),
    (0x00C3_6400, "CephFS"),
];

/// What kind of network share the folder of this file is on; `None` where it is on none, or where that cannot be told.
///
/// # Errors
/// The folder cannot be looked at.
pub fn network_share(file: &Path) -> io::Result<Option<&'static str>> {
    // SQLite follows a link of the file itself, and puts what belongs to it beside where that leads.
    let real = std::fs::canonicalize(file);
    let file = real.as_deref().unwrap_or(file);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(file_system(folder.unwrap_or(Path::new(".")))?.and_then(share_named))
}

/// The number of the file system a folder is on.
#[cfg(target_os = "linux")]
fn file_system(folder: &Path) -> io::Result<Option<u32>> {
    Ok(u32::try_from(rustix::fs::statfs(folder)?.f_type).ok())
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
const fn file_system(_folder: &Path) -> io::Result<Option<u32>> {
    Ok(None)
}

fn share_named(number: u32) -> Option<&'static str> {
    SHARES.iter().find(|(share, _)| *share == number).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_from_disks_by_their_numbers() {
        assert_eq!(share_named(0x6969), Some("NFS"));
        assert_eq!(share_named(0xFF53_4D42), Some("SMB/CIFS"));
        assert_eq!(share_named(0xFE53_4D42), Some("SMB"));
        // ext4, XFS, Btrfs, tmpfs, overlayfs.
        for disk in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630] {
            assert_eq!(share_named(disk), None, "{disk:x}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_is_asked_about_the_folder_of_the_file() {
        assert_eq!(file_system(Path::new("/proc")).unwrap(), Some(0x9FA0), "PROC_SUPER_MAGIC");
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network_share(&folder.path().join("portal.sqlite")).unwrap(), None);
        assert_eq!(network_share(Path::new("portal.sqlite")).unwrap(), None, "here");
        assert!(network_share(&folder.path().join("gone/portal.sqlite")).is_err());
    }
}
