//! Whether a build's inputs have changed: one digest over the contents of every file that goes into it.
//!
//! Contents rather than times: a fresh clone or a switched branch has new times and the same contents.

use std::path::PathBuf;

use fs_err as fs;

use crate::dist::digest;
use crate::error::Result;
use crate::workspace::{self, Workspace};

/// Top-level directories that do not go into the page. Everything else does, so that a new one is not forgotten.
const NOT_IN_THE_PAGE: &[&str] =
    &["target", "data", "deploy", "dist", "docs", "e2e", "node_modules", "server", "tests", "xtask"];

/// A digest over all inputs of the page build and over `context` (compiler, options).
pub(crate) fn of_page(workspace: &Workspace, context: &[&str]) -> Result<String> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&workspace.root)?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || NOT_IN_THE_PAGE.contains(&name.as_str()) || path == workspace.target {
            continue;
        }
        if path.is_dir() {
            files.extend(workspace::files_under(&path, &|name| name == "target" || name == "tests")?);
        } else if !name.ends_with(".md") {
            files.push(path);
        }
    }
    // wasm-opt and esbuild come from here.
    files.push(workspace.e2e().join("package-lock.json"));
    files.sort();
    let mut all = String::new();
    for text in context {
        all.push_str(&digest::sha256_hex(text.as_bytes()));
    }
    for file in &files {
        all.push_str(&file.strip_prefix(&workspace.root).unwrap_or(file).display().to_string());
        all.push_str(&digest::sha256_hex(&fs::read(file)?));
    }
    Ok(digest::sha256_hex(all.as_bytes()))
}
