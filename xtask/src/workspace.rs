//! Where things stand: the repository, the build directory, the cache of tools.

use std::path::{Path, PathBuf};

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
            None => std::env::current_dir()
                .map_err(|source| Error::File { doing: "read the current directory".into(), source })?,
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
        create_dir(&dir)?;
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

/// Creates a directory and its parents.
pub(crate) fn create_dir(dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|source| Error::file("create the directory", dir, source))
}

/// Removes a directory with everything in it; one that is not there is fine.
pub(crate) fn remove_dir(dir: &Path) -> Result<()> {
    match std::fs::remove_dir_all(dir) {
        Ok(()) => Ok(()),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::file("remove", dir, source)),
    }
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| Error::file("read", path, source))
}

/// Reads a file.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| Error::file("read", path, source))
}

/// Writes a file.
pub(crate) fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<()> {
    std::fs::write(path, contents).map_err(|source| Error::file("write", path, source))
}

/// Copies a file, making the directories it goes into.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        create_dir(parent)?;
    }
    std::fs::copy(from, to).map(drop).map_err(|source| Error::file("write", to, source))
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
        let entry = entry.map_err(|error| Error::file("read the directory", dir, error.into()))?;
        if !entry.file_type().is_dir() {
            found.push(entry.into_path());
        }
    }
    found.sort();
    Ok(found)
}
