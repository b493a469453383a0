//! The page as the hosts get it: a copy of `dist/` with a `config.json`, where every user of the machine may read it.
//!
//! Apache gives up root before it reads a file, and a repository in somebody's home directory is closed to others.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use fs_err as fs;
use tempfile::TempDir;

use crate::dist::{ASSETS, digest, style_source};
use crate::error::{Error, Result};
use crate::workspace;

/// What no address may ever reach: a file beside the served directory.
pub(super) const SECRET: &str = "not for visitors";

/// A temporary directory that everybody may read, whatever the umask; removed when it is dropped.
pub(super) fn directory(name: &str) -> Result<TempDir> {
    let made = tempfile::Builder::new().prefix(&format!("portal-{name}-")).tempdir();
    let made = made?;
    fs::set_permissions(made.path(), std::fs::Permissions::from_mode(0o755))?;
    Ok(made)
}

/// The copy of the page.
pub(super) struct Site {
    /// Holds the copy, and the file that no address may reach; removed with it.
    _directory: TempDir,
    root: PathBuf,
    files: Vec<String>,
}

impl Site {
    /// Copies a finished page, and puts a `config.json` into the copy.
    pub(super) fn copy_of(dist: &Path) -> Result<Self> {
        let directory = directory("site")?;
        let root = directory.path().join("page");
        let files = workspace::copy_all(dist, &root)?;
        let mut files: Vec<String> =
            files.into_iter().map(|name| name.to_string_lossy().into_owned()).collect();
        let config = fs::read(root.join("config.example.json"))?;
        fs::write(root.join("config.json"), config)?;
        files.push("config.json".to_string());
        // As a release has it: whoever serves the page may read it, visitors may not.
        let bill = "sbom/page.cdx.json";
        if !files.iter().any(|file| file == bill) {
            fs::create_dir_all(root.join("sbom"))?;
            fs::write(root.join(bill), "{}")?;
            files.push(bill.to_string());
        }
        fs::write(directory.path().join("secret.txt"), SECRET)?;
        Ok(Self { _directory: directory, root, files })
    }

    /// How the policy has to name the style sheet that stands in the document: by its digest.
    pub(super) fn style_source(&self) -> Result<String> {
        let html = fs::read_to_string(self.root.join("index.html"))?;
        style_source(&html).ok_or_else(|| Error::Build("index.html has no style sheet in it".into()))
    }

    /// The directory that is served.
    pub(super) fn path(&self) -> &Path {
        &self.root
    }

    /// Whether visitors' files include this one (a path without its first slash).
    pub(super) fn has(&self, name: &str) -> bool {
        self.files.iter().any(|file| file == name)
    }

    /// The contents of a file.
    pub(super) fn contents(&self, name: &str) -> Result<Vec<u8>> {
        Ok(fs::read(self.root.join(name))?)
    }

    /// Of the files with hashed names, without their compressed forms, one of each media type: a host has one rule for them.
    pub(super) fn one_asset_of_each_kind(&self) -> impl Iterator<Item = &str> {
        let mut kinds = BTreeSet::new();
        self.files.iter().map(String::as_str).filter(move |name| {
            let hashed = name.strip_prefix(ASSETS).and_then(|rest| rest.strip_prefix('/'));
            let ending = name.rsplit('.').next().unwrap_or_default();
            hashed.is_some_and(digest::is_hashed_name)
                && !matches!(ending, "br" | "gz")
                && kinds.insert(ending)
        })
    }
}
