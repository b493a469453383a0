//! Where keys come from: a file, the environment, or what systemd hands over. A file that others may read is refused, and
//! so is a key in a configuration file that others may read: whoever can read a key can read every passcode.

use super::reader::Section;
use crate::domain::secret_key::{KeyRing, KeyRingError};
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use toml::Table;
use zeroize::Zeroizing;

/// The largest file of keys, in bytes; a key takes 45.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// What the configuration was read from, as far as keys are concerned.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// The configuration file, and why it may not hold keys.
    file: Option<(PathBuf, Option<String>)>,
    /// The sections whose keys stand in the file itself.
    sections_with_keys: Vec<&'static str>,
    /// systemd's folder of credentials.
    credentials: Option<PathBuf>,
}

impl Sources {
    /// Looks at the table as the file has it, before the environment overrides anything.
    pub(super) fn new(file: Option<&Path>, table: &Table, environment: &[(String, String)]) -> Self {
        let has_keys = |section: &&str| {
            table
                .get(*section)
                .and_then(toml::Value::as_table)
                .is_some_and(|section| ["key", "older_keys"].iter().any(|key| section.contains_key(*key)))
        };
        let credentials = environment.iter().find(|(name, _)| name == "CREDENTIALS_DIRECTORY");
        Self {
            file: file.map(|path| {
                let metadata = std::fs::metadata(path).map_err(|error| error.to_string());
                (path.to_owned(), metadata.and_then(|found| private(path, &found, Place::Anywhere)).err())
            }),
            sections_with_keys: ["passcode", "audit"].into_iter().filter(has_keys).collect(),
            credentials: credentials.map(|(_, folder)| PathBuf::from(folder)),
        }
    }
}

/// Whether there must be keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The server cannot do without.
    Required,
    /// It can.
    Optional,
}

/// Reads the keys of a section: `key` with `older_keys`, or `key_file`, or the credential of this name. `None` when there
/// are none or they cannot be used; then a mistake is noted unless they are optional.
pub(super) fn keys(
    section: &mut Section<'_>,
    name: &'static str,
    credential: &str,
    need: Need,
    sources: &Sources,
) -> Option<KeyRing> {
    let key = section.text("key").filter(|text| !text.trim().is_empty()).map(Zeroizing::new);
    let older = Zeroizing::new(section.list("older_keys", &[]).join("\n"));
    let file = section.text("key_file").filter(|text| !text.trim().is_empty()).map(PathBuf::from);
    if let Some((path, Some(reason))) = &sources.file
        && sources.sections_with_keys.contains(&name)
    {
        section.wrong("key", &format!("stands in {}, which {reason}", path.display()));
    }
    let (text, is_file) = match (key, file) {
        (Some(_), Some(_)) => {
            section.wrong("key_file", "and `key` are both given: leave one of them out");
            return None;
        }
        (Some(key), None) => (Zeroizing::new([key.as_str(), older.as_str()].join("\n")), false),
        (None, Some(path)) => (read(section, "key_file", &path, Place::Anywhere)?, true),
        (None, None) => {
            let handed_over = sources.credentials.as_ref().map(|folder| folder.join(credential));
            match handed_over.filter(|path| path.exists()) {
                Some(path) => (read(section, "key_file", &path, Place::Credentials)?, true),
                None if need == Need::Required => {
                    section.wrong(
                        "key",
                        &format!(
                            "is missing: set {name}.key_file to a file with 32 random bytes in base64 \
                             (`openssl rand -base64 32`) that only the server may read, or PORTAL__{}__KEY, or \
                             hand over the systemd credential {credential}",
                            name.to_uppercase()
                        ),
                    );
                    return None;
                }
                None => {
                    if !older.is_empty() {
                        section.wrong("older_keys", "need a current key: set `key`");
                    }
                    return None;
                }
            }
        }
    };
    if is_file && !older.is_empty() {
        section.wrong("older_keys", "belong into the key file: one key a line, the current one first");
    }
    match KeyRing::parse(&text) {
        Ok(keys) => Some(keys),
        Err(error) if is_file => {
            section.wrong("key_file", &error.to_string());
            None
        }
        Err(KeyRingError::NotAKey(1) | KeyRingError::NoKey) => {
            section.wrong("key", "must be exactly 32 bytes in base64 (`openssl rand -base64 32`)");
            None
        }
        Err(KeyRingError::NotRandom(1)) => {
            section.wrong("key", "is not random: use `openssl rand -base64 32`");
            None
        }
        Err(error) => {
            section.wrong("older_keys", &format!("together with `key`: {error}"));
            None
        }
    }
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere.
    Anywhere,
    /// In systemd's folder of credentials, which only the service may enter.
    Credentials,
}

fn read(
    section: &mut Section<'_>,
    key: &'static str,
    path: &Path,
    place: Place,
) -> Option<Zeroizing<String>> {
    match open(path, place) {
        Ok(text) => Some(text),
        Err(reason) => {
            section.wrong(key, &format!("{} {reason}", path.display()));
            None
        }
    }
}

fn open(path: &Path, place: Place) -> Result<Zeroizing<String>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    // Looked at first because opening a pipe would wait; looked at again because it is another file by then, perhaps.
    regular(&std::fs::metadata(path).map_err(cannot)?)?;
    let file = File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    regular(&metadata)?;
    private(path, &metadata, place)?;
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(cannot)?;
    Ok(text)
}

fn regular(metadata: &Metadata) -> Result<(), String> {
    if metadata.is_file() { Ok(()) } else { Err("is not a file".to_owned()) }
}

/// Whether only this process' user (and root, who may do everything) can read and change a file.
#[cfg(unix)]
fn private(path: &Path, metadata: &Metadata, place: Place) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let process = rustix::process::geteuid().as_raw();
    judge(path, metadata.mode(), metadata.uid(), process, place)
}

/// Elsewhere there are no such permissions to look at.
#[cfg(not(unix))]
fn private(_: &Path, _: &Metadata, _: Place) -> Result<(), String> {
    Ok(())
}

/// The rule. systemd gives a service access to a credential of root's by an access control list, whose mask the mode shows
/// as the group's right to read; nobody else gets into the folder.
#[cfg(unix)]
fn judge(path: &Path, mode: u32, owner: u32, process: u32, place: Place) -> Result<(), String> {
    let forbidden = match place {
        Place::Credentials if owner == 0 => 0o037,
        Place::Credentials | Place::Anywhere => 0o077,
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
            assert_eq!(judge(path, mode, 7, 7, Place::Anywhere), Ok(()), "{mode:o}");
            assert_eq!(judge(path, mode, 0, 7, Place::Anywhere), Ok(()), "root's: {mode:o}");
        }
        for mode in [0o644, 0o640, 0o604, 0o620, 0o602, 0o666, 0o610] {
            let reason = judge(path, mode, 7, 7, Place::Anywhere).unwrap_err();
            assert!(reason.contains("chmod 600 /k"), "{mode:o}: {reason}");
        }
        assert!(judge(path, 0o600, 8, 7, Place::Anywhere).unwrap_err().contains("user 8"));
    }

    #[test]
    fn a_credential_may_show_the_mask_of_its_access_list_if_it_is_roots() {
        let path = Path::new("/k");
        assert_eq!(judge(path, 0o440, 0, 7, Place::Credentials), Ok(()));
        assert_eq!(judge(path, 0o400, 7, 7, Place::Credentials), Ok(()));
        assert!(judge(path, 0o440, 7, 7, Place::Credentials).is_err());
        assert!(judge(path, 0o444, 0, 7, Place::Credentials).is_err());
        assert!(judge(path, 0o460, 0, 7, Place::Credentials).is_err());
    }
}
