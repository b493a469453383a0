//! Which crates a package is compiled from on one target, and which of them end up in what is shipped.
//!
//! Asked of `cargo tree`, not of `cargo metadata`: the latter unites the features of the whole workspace, tests too, and
//! so names crates that are never compiled for this target.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::Program;
use crate::workspace::{self, Workspace};

/// Name and version, which together are one crate within a Cargo.lock of one registry.
type Key = (String, String);

/// A crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Crate {
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// An SPDX expression; empty where the crate gives none.
    pub(super) licence: String,
    /// The address of its sources; may be empty.
    pub(super) repository: String,
    /// SHA-256 of the archive in the registry; none for our own.
    pub(super) checksum: Option<String>,
    /// Where it is used.
    pub(super) role: Role,
}

/// Where a crate is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Its code can be in the result.
    Shipped,
    /// A procedural macro, a build script, or something that only they need.
    BuildOnly,
}

/// A package and all that it is compiled from.
pub(super) struct Closure {
    /// The package.
    pub(super) root: Crate,
    crates: BTreeMap<Key, Crate>,
    needs: BTreeMap<Key, BTreeSet<Key>>,
}

impl Closure {
    /// Asks cargo.
    pub(super) fn of(workspace: &Workspace, package: &str, target: &str) -> Result<Self> {
        let tree = |edges: &str| {
            Program::new("cargo tree", "cargo")
                .args(["tree", "--locked", "--package", package, "--target", target, "--edges", edges])
                .args(["--prefix", "depth", "--format", "|{p}|{l}|{r}|"])
                .dir(&workspace.root)
                .limit(Duration::from_secs(300))
                .run_ok()
        };
        let lock = workspace::read(&workspace.root.join("Cargo.lock"))?;
        Self::read(&tree("normal")?.stdout, &tree("normal,build")?.stdout, &lock)
    }

    /// Every crate but the package itself, by name.
    pub(super) fn components(&self) -> impl Iterator<Item = &Crate> {
        self.crates.iter().filter(|(key, _)| **key != self.root.key()).map(|(_, one)| one)
    }

    /// Which crate needs which, by name.
    pub(super) fn edges(&self) -> impl Iterator<Item = (&Crate, impl Iterator<Item = &Crate>)> {
        self.crates.iter().map(|(key, one)| {
            (one, self.needs.get(key).into_iter().flatten().filter_map(|needed| self.crates.get(needed)))
        })
    }

    fn read(normal: &str, with_build: &str, lock: &str) -> Result<Self> {
        let checksums = checksums(lock)?;
        let shipped = shipped(&lines(normal)?);
        let (mut crates, mut needs) = (BTreeMap::new(), BTreeMap::<Key, BTreeSet<Key>>::new());
        let all = lines(with_build)?;
        for (place, line) in all.iter().enumerate() {
            let key = line.key.clone();
            let role = if shipped.contains(&key) { Role::Shipped } else { Role::BuildOnly };
            crates.entry(key.clone()).or_insert_with(|| Crate {
                name: key.0.clone(),
                version: key.1.clone(),
                licence: line.licence.clone(),
                repository: line.repository.clone(),
                checksum: checksums.get(&key).cloned(),
                role,
            });
            needs.entry(key.clone()).or_default();
            if let Some(parent) = parent(&all, place) {
                needs.entry(parent.key.clone()).or_default().insert(key);
            }
        }
        let root = all.first().and_then(|line| crates.get(&line.key)).cloned();
        let root = root.ok_or_else(|| Error::Build("cargo tree names no crate.".to_string()))?;
        Ok(Self { root, crates, needs })
    }
}

impl Crate {
    fn key(&self) -> Key {
        (self.name.clone(), self.version.clone())
    }
}

/// A line of `cargo tree`.
struct Line {
    depth: usize,
    key: Key,
    is_macro: bool,
    licence: String,
    repository: String,
}

/// Reads `2|serde_derive v1.0.0 (proc-macro)|MIT/Apache-2.0|https://…|(*)`.
fn lines(tree: &str) -> Result<Vec<Line>> {
    let line = |text: &str| {
        let mut parts = text.split('|');
        let depth = parts.next()?.parse().ok()?;
        let package = parts.next()?;
        let mut words = package.split_whitespace();
        let name = words.next()?.to_string();
        let version = words.next()?.strip_prefix('v')?.to_string();
        let is_macro = package.contains("(proc-macro)");
        // Old crates write a stroke where SPDX has a word.
        let licence = parts.next()?.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ");
        let repository = parts.next()?.to_string();
        Some(Line { depth, key: (name, version), is_macro, licence, repository })
    };
    tree.lines()
        .filter(|text| !text.trim().is_empty())
        .map(|text| {
            line(text).ok_or_else(|| Error::Build(format!("cargo tree wrote a line of another form: {text}")))
        })
        .collect()
}

/// The line that a line hangs from: the last one before it that is one step less deep.
fn parent(lines: &[Line], place: usize) -> Option<&Line> {
    let depth = lines.get(place)?.depth.checked_sub(1)?;
    lines.get(..place)?.iter().rfind(|line| line.depth == depth)
}

/// What is reached from the package without going through a procedural macro. A crate's own needs are written only
/// where it stands first, so the edges are gathered before they are followed.
fn shipped(lines: &[Line]) -> BTreeSet<Key> {
    let macros: BTreeSet<&Key> = lines.iter().filter(|line| line.is_macro).map(|line| &line.key).collect();
    let mut needs: BTreeMap<&Key, BTreeSet<&Key>> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        if let Some(parent) = parent(lines, place) {
            needs.entry(&parent.key).or_default().insert(&line.key);
        }
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<&Key> = lines.first().map(|line| &line.key).into_iter().collect();
    while let Some(key) = open.pop() {
        if !macros.contains(key) && found.insert(key.clone()) {
            open.extend(needs.get(key).into_iter().flatten());
        }
    }
    found
}

/// The checksums of the archives, from Cargo.lock.
fn checksums(lock: &str) -> Result<BTreeMap<Key, String>> {
    let lock: toml::Table =
        lock.parse().map_err(|error| Error::Build(format!("Cargo.lock could not be read: {error}")))?;
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    Ok(packages
        .filter_map(|package| {
            let text = |key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_string);
            Some(((text("name")?, text("version")?), text("checksum")?))
        })
        .collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    const NORMAL: &str = "0|page v0.1.0 (/somewhere)|MIT||\n1|derive v1.0.0 (proc-macro)|MIT||\n2|syn v2.0.0|MIT||\n\
                          3|both v1.0.0|MIT||\n1|lib v1.0.0|MIT/Apache-2.0|https://x.example|\n2|both v1.0.0|MIT|| (*)\n";
    const BUILD: &str = "1|cc v1.0.0|MIT||\n";
    const LOCK: &str = "[[package]]\nname = \"lib\"\nversion = \"1.0.0\"\nchecksum = \"ab\"\n";

    #[test]
    fn what_only_macros_and_build_scripts_need_is_not_shipped() {
        let closure = Closure::read(NORMAL, &format!("{NORMAL}{BUILD}"), LOCK).unwrap();
        let role = |name: &str| closure.components().find(|one| one.name == name).map(|one| one.role);
        assert_eq!(role("lib"), Some(Role::Shipped));
        // Needed by the macro first, where its line stands, and by a library too.
        assert_eq!(role("both"), Some(Role::Shipped));
        for name in ["derive", "syn", "cc"] {
            assert_eq!(role(name), Some(Role::BuildOnly), "{name}");
        }
        assert_eq!(role("page"), None);
    }

    #[test]
    fn a_crate_has_its_checksum_and_a_licence_in_the_words_of_spdx() {
        let closure = Closure::read(NORMAL, NORMAL, LOCK).unwrap();
        let lib = closure.components().find(|one| one.name == "lib").unwrap();
        assert_eq!((lib.licence.as_str(), lib.checksum.as_deref()), ("MIT OR Apache-2.0", Some("ab")));
        let needs: Vec<Vec<&str>> =
            closure.edges().map(|(_, needed)| needed.map(|one| one.name.as_str()).collect()).collect();
        assert_eq!(needs, [vec![], vec!["syn"], vec!["both"], vec!["derive", "lib"], vec!["both"]]);
    }

    #[test]
    fn an_unknown_line_is_an_error_rather_than_a_crate_less() {
        assert!(Closure::read("0|page|MIT||\n", NORMAL, LOCK).is_err());
        assert!(Closure::read("", "", LOCK).is_err());
    }
}
