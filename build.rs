//! Turns `locales/*.toml` into Rust before the page compiles, and refuses to build when the languages disagree. The texts
//! themselves are files that `cargo xtask dist` writes with the same generator.
//!
//! Done here and not by a macro because a build script can name file and key of a mistake in a readable line, and adding a
//! language is adding a file.
#![allow(clippy::print_stdout, reason = "a build script talks to cargo on its standard output")]
#![allow(
    unreachable_pub,
    reason = "tests/i18n_generator.rs and xtask compile the same modules and use what they offer"
)]

#[path = "build/catalog.rs"]
mod catalog;
#[path = "build/generate.rs"]
mod generate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=locales");
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            for line in message.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let sources = read_sources(&root.join("locales"))?;
    let languages = catalog::read_all(&sources)
        .map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())?;
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    // The texts stand in a file of their own: a release page does not include it.
    for (name, content) in
        [("messages.rs", generate::source(&languages)), ("texts.rs", generate::embedded(&languages))]
    {
        let target = out.join(name);
        fs::write(&target, content).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    Ok(())
}

fn read_sources(directory: &Path) -> Result<Vec<catalog::Source>, String> {
    let named = |error: std::io::Error| format!("{}: {error}", directory.display());
    let mut sources = Vec::new();
    for entry in fs::read_dir(directory).map_err(named)? {
        let path = entry.map_err(named)?.path();
        let Some(tag) =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".toml"))
        else {
            continue;
        };
        let file = format!("locales/{tag}.toml");
        println!("cargo::rerun-if-changed={file}");
        let content = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
        sources.push(catalog::Source { file, tag: tag.to_owned(), content });
    }
    Ok(sources)
}
