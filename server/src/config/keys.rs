//! Where keys come from: a file, the environment, or what systemd hands over. A file that others may read is refused, and
//! so is a key in a configuration file that others may read: whoever can read a key can read every passcode.

use super::private_file::{self, FileLocation};
use super::reader::Section;
use crate::domain::secret_key::{KeyRing, KeyRingError};
use std::path::{Path, PathBuf};
use toml::Table;
use zeroize::Zeroizing;

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
            table.get(*section).and_then(toml::Value::as_table).is_some_and(|section| {
                ["key", "older_keys", "client_secret"].iter().any(|key| section.contains_key(*key))
            })
        };
        let credentials = environment.iter().find(|(name, _)| name == "CREDENTIALS_DIRECTORY");
        Self {
            file: file.map(|path| {
                let metadata = std::fs::metadata(path).map_err(|error| error.to_string());
                (
                    path.to_owned(),
                    metadata
                        .and_then(|found| private_file::check(path, &found, FileLocation::Anywhere))
                        .err(),
                )
            }),
            sections_with_keys: ["passcode", "audit", "session"].into_iter().filter(has_keys).collect(),
            credentials: credentials.map(|(_, folder)| PathBuf::from(folder)),
        }
    }

    /// Notes the mistake when this section's secret stands in a configuration file that others may read.
    pub(super) fn check_file(&self, section: &mut Section<'_>, name: &str, key: &str) {
        if let Some((path, Some(reason))) = &self.file
            && self.sections_with_keys.contains(&name)
        {
            section.wrong(key, &format!("stands in {}, which {reason}", path.display()));
        }
    }

    /// The file of a credential, if systemd handed it over.
    pub(super) fn credential(&self, name: &str) -> Option<PathBuf> {
        self.credentials.as_ref().map(|folder| folder.join(name)).filter(|path| path.exists())
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
    sources.check_file(section, name, "key");
    let (text, is_file) = match (key, file) {
        (Some(_), Some(_)) => {
            section.wrong("key_file", "and `key` are both given: leave one of them out");
            return None;
        }
        (Some(key), None) => (Zeroizing::new([key.as_str(), older.as_str()].join("\n")), false),
        (None, Some(path)) => (read(section, "key_file", &path, FileLocation::Anywhere)?, true),
        (None, None) => match sources.credential(credential) {
            Some(path) => (read(section, "key_file", &path, FileLocation::Credentials)?, true),
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
        },
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

fn read(
    section: &mut Section<'_>,
    key: &'static str,
    path: &Path,
    place: FileLocation,
) -> Option<Zeroizing<String>> {
    match private_file::read(path, place) {
        Ok(text) => Some(text),
        Err(reason) => {
            section.wrong(key, &format!("{} {reason}", path.display()));
            None
        }
    }
}
