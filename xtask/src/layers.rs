//! The direction of dependencies, as far as the compiler does not hold it by itself.
//!
//! The compiler holds: the browser's crates are dependencies of wasm32 alone, so that no rule of the page can name them on
//! the host; the contract is a crate of its own. Between the modules of one crate Rust has no walls: for them this reads
//! the paths that start at the crate's root. It is a check of text, written for code that rustfmt has laid out; it does
//! not see a path that a macro makes, and it believes that what follows a `#[cfg(test)]` module is tests.

use std::path::Path;

use fs_err as fs;

use crate::error::Result;
use crate::process::Program;
use crate::workspace::{self, Workspace};

/// A module and the modules of the same crate that it may name, from the inside out.
type Layers = &'static [(&'static str, &'static str)];

/// `pages -> features' screens -> components -> features' words -> words -> app -> features' rules -> core -> {domain, auth, api, i18n}`;
/// `browser` and `shell` perform what the rules ask for. A feature is one folder in three layers: its rules are `features`, what
/// it says is `features.words`, what is on the screen `features.screen`.
const PAGE: Layers = &[
    ("letters", ""),
    ("domain", "letters"),
    ("i18n", ""),
    ("http", "domain"),
    ("route", "domain"),
    ("auth", "domain http route"),
    ("api", "domain http route auth"),
    ("core", "domain http route auth api i18n"),
    ("features", "letters domain http route auth api i18n core"),
    ("app", "domain http route auth api i18n core features"),
    ("words", "letters domain http route auth api i18n core"),
    ("features.words", "letters domain http route auth api i18n core features words"),
    ("browser", "domain http route auth api i18n core features app"),
    ("shell", "domain http route auth api i18n core features app browser"),
    ("components", "domain route auth api i18n core features app words features.words browser shell"),
    (
        "features.screen",
        "domain route auth api i18n core features app words features.words browser shell components",
    ),
    (
        "pages",
        "domain route auth api i18n core features app words features.words browser shell components features.screen",
    ),
];

/// `http -> application -> {ports, domain}`; an adapter implements ports and knows no other adapter.
const SERVER: Layers = &[
    ("domain", ""),
    ("ports", "domain"),
    ("application", "domain ports"),
    ("system", "domain ports"),
    ("vault_aead", "domain ports system"),
    ("store_sqlite", "domain ports"),
    ("services", "domain ports"),
    ("oidc", "domain ports"),
    ("config", "domain ports services oidc"),
    ("metrics", "domain ports"),
    ("http", "domain ports application config metrics"),
    (
        "composition",
        "domain ports application system vault_aead store_sqlite services oidc config metrics http",
    ),
    ("operator", "domain ports application system vault_aead store_sqlite oidc config composition"),
];

/// A sign-in is made where a token or a session has been checked: only these files of the server may name it.
const MAKES_SIGN_INS: (&str, &[&str]) =
    ("from_verifier", &["domain/person.rs", "domain/session.rs", "oidc/claims.rs"]);

/// Crates of the outside that rules must not pull in.
const OUTSIDE: &str =
    "axum gloo-net hyper js-sys jsonwebtoken leptos reqwest sqlx tokio wasm-bindgen web-sys";

/// Checks everything; the answer is one line per violation, empty when all is well.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (dir, layers) in [("src", PAGE), ("server/src", SERVER)] {
        each_source(&workspace.root.join(dir), |file, source| {
            found.extend(outward(layers, file, source).into_iter().map(|line| format!("{dir}/{line}")));
        })?;
    }
    let (word, allowed) = MAKES_SIGN_INS;
    each_source(&workspace.root.join("server/src"), |file, source| {
        if !allowed.contains(&file) && code(source).any(|(_, line)| names(line, word)) {
            found.push(format!("server/src/{file}: `{word}` may be named only in {}", allowed.join(", ")));
        }
    })?;
    for package in ["passcode-portal", "portal-contract"] {
        let tree = Program::new("cargo tree", "cargo")
            .args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--package", package])
            .dir(&workspace.root)
            .run_ok()?;
        found.extend(pulled_in(package, &tree.stdout));
    }
    Ok(found)
}

fn each_source(dir: &Path, mut each: impl FnMut(&str, &str)) -> Result<()> {
    for file in workspace::files_under(dir, &|name| name == "tests" || name == "tests.rs")? {
        let name = file.strip_prefix(dir).unwrap_or(&file).to_string_lossy().into_owned();
        if name.ends_with(".rs") {
            each(&name, &fs::read_to_string(&file)?);
        }
    }
    Ok(())
}

/// The lines of code with their numbers from 1, without whole-line comments and the module of tests at the end.
fn code(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_test_module = |pair: &[&str]| {
        matches!(pair, [attribute, item] if *attribute == "#[cfg(test)]"
            && (item.starts_with("#[") || item.starts_with("mod ")))
    };
    let end = lines.windows(2).position(is_test_module).unwrap_or(lines.len());
    let numbered = lines.into_iter().take(end).enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.starts_with("//"))
}

/// The modules of the crate that a source names through `crate::x` or enough `super::` without being allowed to.
fn outward(layers: Layers, file: &str, source: &str) -> Vec<String> {
    let module = layer_of(file.trim_end_matches(".rs").split('/'));
    if !file.contains('/') && matches!(module.as_str(), "lib" | "main") {
        return Vec::new();
    }
    let Some((_, may_see)) = layers.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{file}: `{module}` has no row in xtask/src/layers.rs")];
    };
    // `super` as often as the file is deep leads to the root.
    let depth = file.trim_end_matches("/mod.rs").split('/').count();
    let starts = ["crate::".to_string(), "super::".repeat(depth)];
    let mut found = Vec::new();
    for (number, line) in code(source) {
        // Through a module that was named before: `history::words::x`.
        let is_by_name =
            !line.contains("crate::") && ["::words::", "::screen::"].iter().any(|role| line.contains(role));
        if module == "features" && is_by_name {
            found.push(format!("{file}:{number}: `features` must not see a feature's words or screen"));
        }
        for start in &starts {
            for (at, _) in line.match_indices(start.as_str()) {
                let before = line.get(..at).unwrap_or_default();
                let rest = line.get(at + start.len()..).unwrap_or_default();
                let named = layer_of(
                    rest.split("::").map(|part| part.split(|one: char| !is_word(one)).next().unwrap_or("")),
                );
                let is_known = layers.iter().any(|(name, _)| *name == named);
                let is_whole = !before.ends_with(|one: char| is_word(one) || one == ':');
                if is_whole && rest.starts_with('{') {
                    found.push(format!(
                        "{file}:{number}: a list at the crate's root: name each module in a line of its own"
                    ));
                } else if is_whole
                    && is_known
                    && named != module
                    && !may_see.split(' ').any(|one| one == named)
                {
                    found.push(format!("{file}:{number}: `{module}` must not see `{named}`"));
                }
            }
        }
    }
    found
}

/// The layer of a path's segments. A feature's folder holds three.
fn layer_of<'a>(mut segments: impl Iterator<Item = &'a str>) -> String {
    let first = segments.next().unwrap_or_default();
    match (first, segments.nth(1)) {
        ("features", Some(role @ ("words" | "screen"))) => format!("features.{role}"),
        _ => first.to_owned(),
    }
}

fn names(line: &str, word: &str) -> bool {
    line.split(|one: char| !is_word(one)).any(|one| one == word)
}

fn is_word(one: char) -> bool {
    one.is_alphanumeric() || one == '_'
}

/// What `cargo tree` on the host lists of the outside.
fn pulled_in(package: &str, tree: &str) -> Vec<String> {
    let is_listed = |name: &&str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    let listed = OUTSIDE.split(' ').filter(is_listed);
    listed.map(|name| format!("{package}: depends on `{name}` on the host")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_reaches_outward_is_named_with_its_line() {
        for text in [
            "use crate::pages::home;",
            "fn a() { crate::pages::home() }",
            "use super::pages;",
            "use crate::{domain, pages};",
        ] {
            assert_eq!(outward(PAGE, "domain.rs", text).len(), 1, "{text}");
        }
        assert_eq!(
            outward(PAGE, "domain/reset/state.rs", "\nuse super::super::super::pages::x;"),
            ["domain/reset/state.rs:2: `domain` must not see `pages`"]
        );
        assert_eq!(
            outward(PAGE, "features/passcode/update.rs", "use crate::features::history::words::x;"),
            ["features/passcode/update.rs:1: `features` must not see `features.words`"]
        );
        assert_eq!(
            outward(PAGE, "features/passcode/words.rs", "use crate::features::history::screen::x;").len(),
            1
        );
        assert_eq!(outward(PAGE, "features/passcode/screen/panel.rs", "use crate::pages::x;").len(), 1);
        assert_eq!(outward(PAGE, "features/passcode/update.rs", "let text = history::words::x();").len(), 1);
        assert_eq!(outward(SERVER, "store_sqlite/mod.rs", "use super::oidc::x;").len(), 1);
        for fine in [
            "use crate::domain::x;",
            "// crate::pages",
            "use super::pages::x;",
            "use mycrate::pages;",
            "#[cfg(test)]\nmod tests {\nuse crate::pages;",
        ] {
            assert_eq!(outward(PAGE, "words/names.rs", fine), Vec::<String>::new(), "{fine}");
        }
        assert_eq!(outward(PAGE, "helpers/x.rs", "").len(), 1);
        let after_one_method = "#[cfg(test)]\npub(crate) fn a() {}\nuse crate::pages;";
        assert_eq!(outward(PAGE, "domain/x.rs", after_one_method).len(), 1);
    }

    #[test]
    fn the_layers_have_no_cycle() {
        for layers in [PAGE, SERVER] {
            for (index, (name, may_see)) in layers.iter().enumerate() {
                let inside = |seen: &str| layers.iter().take(index).any(|(other, _)| *other == seen);
                assert!(may_see.split_whitespace().all(inside), "{name}");
            }
        }
    }

    #[test]
    fn a_word_is_seen_in_code_and_not_in_other_words() {
        assert!(
            names("SignIn::from_verifier(facts)", "from_verifier")
                && !names("not_from_verifier()", "from_verifier")
        );
    }

    #[test]
    fn a_crate_of_the_outside_in_the_tree_is_a_violation() {
        assert_eq!(pulled_in("x", "x v0.1.0\nweb-sys v0.3.1\n").len(), 1);
        assert_eq!(pulled_in("x", "x v0.1.0\nserde v1.0.0\nweb-sys-like v1.0.0").len(), 0);
    }
}
