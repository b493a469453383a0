//! Where things stand: the repository, the build directory, the cache of tools.

use std::path::{Path, PathBuf};

use fs_err as fs;
use walkdir::{DirEntry, WalkDir};

use crate::error::{Error, Result};

/// The directories a task works in.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// The top of the repository.
    pub(crate) root: PathBuf,
    /// Cargo's target directory.
    pub(crate) target: PathBuf,
    /// Where tools are kept between runs and between clones.
    pub(crate) cache: PathBuf,
}

impl Workspace {
    /// Finds the repository from the environment that cargo gives, or upwards from the current directory.
    pub(crate) fn find() -> Result<Self> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(dir) => PathBuf::from(dir),
            None => std::env::current_dir()?,
        };
        let root = start
            .ancestors()
            .find(|dir| dir.join("xtask").join("Cargo.toml").is_file() && dir.join("Cargo.lock").is_file())
            .map(Path::to_path_buf)
            .ok_or_else(|| Error::Missing {
                what: "the repository was not found from here.".into(),
                remedy: "run `cargo xtask` inside the repository.".into(),
            })?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        let cache = cache_home().join("passcode-portal");
        Ok(Self { root, target, cache })
    }

    /// A directory for this program's own files under the target directory, created if needed.
    pub(crate) fn own(&self, name: &str) -> Result<PathBuf> {
        let dir = self.target.join("xtask").join(name);
        fs::create_dir_all(&dir)?;
        Ok(dir)
    }

    /// The finished page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The directory of the npm packages and the end-to-end suite.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.root.join("e2e")
    }
}

fn cache_home() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    from("XDG_CACHE_HOME")
        .or_else(|| from("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
}

/// Removes a directory with everything in it; one that is not there is fine.
pub(crate) fn remove_dir(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Copies a file, making the directories it goes into.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::copy(from, to)?;
    Ok(())
}

/// Copies everything under a directory into another; the answer are the names under both.
pub(crate) fn copy_all(from: &Path, to: &Path) -> Result<Vec<PathBuf>> {
    let files = files_under(from, &|_| false)?.into_iter();
    let names = files.map(|file| file.strip_prefix(from).unwrap_or(&file).to_path_buf());
    names.map(|name| copy(&from.join(&name), &to.join(&name)).map(|()| name)).collect()
}

/// All files under a directory, sorted, as absolute paths; directories whose name `skip` accepts are left out.
pub(crate) fn files_under(dir: &Path, skip: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let is_wanted = |entry: &DirEntry| {
        entry.depth() == 0 || !(entry.path().is_dir() && skip(&entry.file_name().to_string_lossy()))
    };
    let mut found = Vec::new();
    for entry in WalkDir::new(dir).follow_links(true).into_iter().filter_entry(is_wanted) {
        let entry = entry.map_err(std::io::Error::from)?;
        if !entry.file_type().is_dir() {
            found.push(entry.into_path());
        }
    }
    found.sort();
    Ok(found)
}
