//! The direction of dependencies, checked: a module that reaches outward is named with file and line.
//!
//! The tables below are the architecture. A module may name only what its row lists, whether through `crate::`,
//! `super::` or a crate from outside. Comments, strings and test modules do not count. Rust itself allows any module
//! of a crate to see any other, which is why this check exists.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::process::Program;
use crate::workspace::{self, Workspace};

/// One row: a top-level module, the modules of the same crate it may name, the outside crates it must not name.
struct Layer {
    module: &'static str,
    sees: &'static str,
    blind_to: &'static [&'static str],
}

/// A row; `sees` is a list separated by spaces.
const fn row(module: &'static str, sees: &'static str, blind_to: &'static [&'static str]) -> Layer {
    Layer { module, sees, blind_to }
}

impl Layer {
    fn may_see(&self, module: &str) -> bool {
        self.sees.split_whitespace().any(|one| one == module)
    }
}

/// A crate whose modules are layers.
struct Rules {
    name: &'static str,
    dir: &'static str,
    layers: &'static [Layer],
    /// Files at the top that put everything together and may name all of it.
    roots: &'static [&'static str],
}

/// Everything that knows a browser.
const BROWSER: &[&str] = &[
    "leptos",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "gloo_net",
    "gloo_storage",
    "gloo_timers",
    "gloo_events",
    "console_error_panic_hook",
];
/// Everything that knows a network, a database or a runtime.
const MACHINERY: &[&str] =
    &["axum", "hyper", "hyper_util", "tower", "tower_http", "sqlx", "tokio", "reqwest", "jsonwebtoken"];
/// What knows HTTP or a database; the runtime (timers, channels) is allowed.
const EDGES: &[&str] = &["axum", "hyper", "hyper_util", "tower_http", "sqlx", "reqwest", "jsonwebtoken"];
const HTTP_EDGE: &[&str] = &["axum", "hyper", "hyper_util", "tower_http"];
const DATABASE: &[&str] = &["sqlx"];

/// The page, from the inside out: `pages -> components -> view -> app -> {domain, auth, api, i18n}`. `browser` and
/// `shell` perform what the rules ask for and stand beside each other at the outside. `api` may name `auth`, because
/// a request carries a token and the challenge in an answer is read there.
const PAGE: Rules = Rules {
    name: "page",
    dir: "src",
    roots: &["lib.rs", "main.rs"],
    layers: &[
        row("domain", "", BROWSER),
        row("i18n", "", BROWSER),
        row("http", "domain", BROWSER),
        row("route", "domain", BROWSER),
        row("auth", "domain http route", BROWSER),
        row("api", "domain http route auth", BROWSER),
        row("app", "domain http route auth api i18n", BROWSER),
        row("view", "domain http route auth api i18n app", BROWSER),
        row("browser", "domain http route auth api i18n app", &[]),
        row("shell", "domain http route auth api i18n app view browser", &[]),
        row("components", "domain route auth api i18n app view browser shell", &[]),
        row("pages", "domain route auth api i18n app view browser shell components", &[]),
    ],
};

/// The server: `http -> application -> {ports, domain}`; each adapter implements ports and knows no other adapter. The
/// simulated devices keep what happened to them in a database, as real ones keep it in themselves.
const SERVER: Rules = Rules {
    name: "server",
    dir: "server/src",
    roots: &["lib.rs", "main.rs"],
    layers: &[
        row("domain", "", MACHINERY),
        row("ports", "domain", EDGES),
        row("application", "domain ports", EDGES),
        row("system", "domain ports", EDGES),
        row("vault_aead", "domain ports system", EDGES),
        row("store_sqlite", "domain ports", HTTP_EDGE),
        row("backend_simulated", "domain ports", HTTP_EDGE),
        row("oidc", "domain ports", DATABASE),
        row("config", "domain ports backend_simulated oidc", EDGES),
        row("metrics", "domain ports", EDGES),
        row("http", "domain ports application config metrics", DATABASE),
        row(
            "composition",
            "domain ports application system vault_aead store_sqlite backend_simulated oidc config metrics http",
            &[],
        ),
        row(
            "operator",
            "domain ports application system vault_aead store_sqlite config composition",
            HTTP_EDGE,
        ),
    ],
};

/// Who of the page may name the screens of the later part of the module: the one place that calls them through a pointer,
/// and themselves. Anybody else would draw them into the first visit (`dist/split.rs`).
const NAMES_LATER: &[&str] = &["pages/mod.rs", "pages/screen.rs", "components/mod.rs"];

/// Where a sign-in may be made: where a token or a session has been checked, and where it is declared. Anywhere else it would
/// be somebody's claim and no proof (`domain/person.rs`).
const MAKES_SIGN_INS: &[&str] = &["domain/person.rs", "domain/session.rs", "oidc/claims.rs"];

/// What the contract must not know, as source and as dependency.
const CONTRACT_BLIND_TO: &[&[&str]] = &[BROWSER, MACHINERY, &["passcode_portal", "portal_server"]];

/// Checks everything; the answer is one line per violation, empty when all is well.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for rules in [&PAGE, &SERVER] {
        found.extend(check_modules(rules, &workspace.root.join(rules.dir))?);
    }
    found.extend(check_later(&workspace.root.join(PAGE.dir))?);
    found.extend(check_sign_ins(&workspace.root.join(SERVER.dir))?);
    found.extend(check_contract(&workspace.root.join("contract/src"))?);
    found.extend(check_manifests(workspace)?);
    Ok(found)
}

fn check_modules(rules: &Rules, dir: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (file, path, code) in sources(dir)? {
        let Some(module) = path.first() else { continue };
        let top_file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.len() == 1 && rules.roots.contains(&top_file.as_str()) {
            continue;
        }
        let shown = format!("{}/{}", rules.dir, file.strip_prefix(dir).unwrap_or(&file).display());
        let Some(layer) = rules.layers.iter().find(|layer| layer.module == module) else {
            found.push(format!(
                "{shown}: module `{module}` of the {} has no row in xtask/src/layers.rs",
                rules.name
            ));
            continue;
        };
        for (number, name) in inner_names(&code, &path) {
            let known = rules.layers.iter().any(|layer| layer.module == name);
            if known && name != *module && !layer.may_see(&name) {
                found.push(format!("{shown}:{number}: `{module}` must not see `{name}`"));
            }
        }
        for (number, name) in words(&code).filter(|(_, name)| layer.blind_to.contains(name)) {
            found.push(format!("{shown}:{number}: `{module}` must not know the crate `{name}`"));
        }
    }
    Ok(found)
}

/// The modules `pages::later` and `components::later` are named by the later screens only.
fn check_later(dir: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (file, path, code) in sources(dir)? {
        let shown = file.strip_prefix(dir).unwrap_or(&file).display().to_string();
        let is_screen_or_component =
            path.first().is_some_and(|first| first == "pages" || first == "components");
        let is_later = path.iter().any(|part| part == "later");
        if !is_screen_or_component || is_later || NAMES_LATER.contains(&shown.as_str()) {
            continue;
        }
        for (number, _) in words(&code).filter(|(_, name)| *name == "later") {
            found.push(format!("src/{shown}:{number}: only `pages/screen.rs` may name a later screen"));
        }
    }
    Ok(found)
}

/// A sign-in comes from a verifier.
fn check_sign_ins(dir: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (file, _, code) in sources(dir)? {
        let shown = file.strip_prefix(dir).unwrap_or(&file).display().to_string();
        if MAKES_SIGN_INS.contains(&shown.as_str()) {
            continue;
        }
        for (number, _) in words(&code).filter(|(_, name)| *name == "from_verifier") {
            found.push(format!("server/src/{shown}:{number}: only a verifier may make a sign-in"));
        }
    }
    Ok(found)
}

fn check_contract(dir: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (file, _, code) in sources(dir)? {
        let shown = file.strip_prefix(dir).unwrap_or(&file).display().to_string();
        for (number, name) in
            words(&code).filter(|(_, name)| CONTRACT_BLIND_TO.iter().any(|list| list.contains(name)))
        {
            found.push(format!("contract/src/{shown}:{number}: the contract must not know `{name}`"));
        }
    }
    Ok(found)
}

/// The page's browser crates must be dependencies of wasm32 alone, or a rule could reach for them and still compile in
/// `cargo test`; and nothing that the rules or the contract pull in may bring them back.
fn check_manifests(workspace: &Workspace) -> Result<Vec<String>> {
    let metadata = Program::new("cargo metadata", "cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .dir(&workspace.root)
        .run_ok()?
        .stdout;
    let mut found = manifest_violations(&metadata)?;
    for package in ["passcode-portal", "portal-contract"] {
        let tree = Program::new("cargo tree", "cargo")
            .args([
                "tree",
                "--locked",
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--format",
                "{p}",
                "--package",
                package,
            ])
            .dir(&workspace.root)
            .run_ok()?
            .stdout;
        found.extend(tree_violations(package, &tree));
    }
    Ok(found)
}

fn manifest_violations(metadata: &str) -> Result<Vec<String>> {
    let value: serde_json::Value = serde_json::from_str(metadata)
        .map_err(|error| Error::Build(format!("cargo metadata could not be read: {error}")))?;
    let text = |value: &serde_json::Value, name: &str| {
        value.get(name).and_then(|one| one.as_str()).map(str::to_string)
    };
    let list = |value: &serde_json::Value, name: &str| {
        value.get(name).and_then(|one| one.as_array()).cloned().unwrap_or_default()
    };
    let mut found = Vec::new();
    for package in list(&value, "packages") {
        let name = text(&package, "name").unwrap_or_default();
        for dependency in list(&package, "dependencies") {
            let wanted = text(&dependency, "name").unwrap_or_default();
            let target = text(&dependency, "target").unwrap_or_default();
            let knows_browser = BROWSER.contains(&wanted.replace('-', "_").as_str());
            let only_wasm = target == "cfg(target_arch = \"wasm32\")";
            if knows_browser && !(name == "passcode-portal" && only_wasm) {
                found.push(format!("{name}: `{wanted}` may be a dependency of the page for wasm32 only (it is for `{target}`)"));
            }
        }
    }
    Ok(found)
}

fn tree_violations(package: &str, tree: &str) -> Vec<String> {
    let mut names: Vec<String> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.replace('-', "_"))
        .collect();
    names.sort();
    names.dedup();
    names
        .iter()
        .filter(|name| BROWSER.contains(&name.as_str()) || MACHINERY.contains(&name.as_str()))
        .map(|name| format!("{package}: depends on `{name}` on the host, directly or through another crate"))
        .collect()
}

/// The sources under a directory: file, module path (`["domain", "reset"]`), code without comments, strings and tests.
fn sources(dir: &Path) -> Result<Vec<(PathBuf, Vec<String>, String)>> {
    let mut all = Vec::new();
    for file in workspace::files_under(dir, &|name| name == "tests")? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".rs") || name == "tests.rs" {
            continue;
        }
        let path = module_path(file.strip_prefix(dir).unwrap_or(&file));
        let code = without_tests(&without_comments_and_strings(&workspace::read(&file)?));
        all.push((file, path, code));
    }
    Ok(all)
}

fn module_path(file: &Path) -> Vec<String> {
    let mut path: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod") {
        path.pop();
    }
    path
}

/// The same code with comments and the insides of strings and characters blanked, line by line in place.
fn without_comments_and_strings(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let all: Vec<char> = source.chars().collect();
    let at = |index: usize| all.get(index).copied().unwrap_or('\0');
    let mut index = 0;
    while index < all.len() {
        let one = at(index);
        if one == '/' && at(index + 1) == '/' {
            while index < all.len() && at(index) != '\n' {
                index += 1;
            }
        } else if one == '/' && at(index + 1) == '*' {
            let mut depth = 0_u32;
            while index < all.len() {
                if at(index) == '/' && at(index + 1) == '*' {
                    depth += 1;
                    index += 2;
                } else if at(index) == '*' && at(index + 1) == '/' {
                    depth -= 1;
                    index += 2;
                    if depth == 0 {
                        break;
                    }
                } else {
                    keep_line(&mut out, at(index));
                    index += 1;
                }
            }
        } else if one == 'r'
            && matches!(at(index + 1), '"' | '#')
            && raw_string_hashes(&all, index + 1).is_some()
        {
            let hashes = raw_string_hashes(&all, index + 1).unwrap_or(0);
            index += 2 + hashes;
            while index < all.len()
                && !(at(index) == '"' && (1..=hashes).all(|count| at(index + count) == '#'))
            {
                keep_line(&mut out, at(index));
                index += 1;
            }
            index += 1 + hashes;
        } else if one == '"' {
            index += 1;
            while index < all.len() && at(index) != '"' {
                keep_line(&mut out, at(index));
                index += if at(index) == '\\' { 2 } else { 1 };
            }
            index += 1;
        } else if one == '\'' && (at(index + 2) == '\'' || at(index + 1) == '\\') {
            index += if at(index + 1) == '\\' { 3 } else { 2 };
            while index < all.len() && at(index - 1) != '\'' && at(index) != '\'' {
                index += 1;
            }
            index += 1;
        } else {
            out.push(one);
            index += 1;
        }
    }
    out
}

fn keep_line(out: &mut String, one: char) {
    if one == '\n' {
        out.push('\n');
    }
}

/// The number of `#` if a raw string starts with them here.
fn raw_string_hashes(all: &[char], from: usize) -> Option<usize> {
    let hashes = all.iter().skip(from).take_while(|one| **one == '#').count();
    (all.get(from + hashes) == Some(&'"')).then_some(hashes)
}

/// The code up to its test module, which may use whatever it needs.
fn without_tests(code: &str) -> String {
    let lines: Vec<&str> = code.lines().collect();
    let end = lines
        .iter()
        .enumerate()
        .position(|(index, line)| {
            let is_test = line.trim().starts_with("#[cfg(") && line.contains("test");
            is_test
                && lines
                    .iter()
                    .skip(index + 1)
                    .map(|line| line.trim())
                    .find(|line| !line.is_empty() && !line.starts_with("#["))
                    .is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
        })
        .unwrap_or(lines.len());
    lines.into_iter().take(end).collect::<Vec<_>>().join("\n")
}

/// All identifiers with their line numbers (from 1).
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(index, line)| {
        line.split(|one: char| !one.is_alphanumeric() && one != '_')
            .filter(|word| !word.is_empty())
            .map(move |word| (index + 1, word))
    })
}

/// The top-level modules named through `crate::x`, `crate::{x::.., y}` or enough `super::`, with line numbers.
fn inner_names(code: &str, path: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for start in ["crate", "super"] {
        let mut from = 0;
        while let Some(at) = code.get(from..).and_then(|rest| rest.find(start)).map(|at| at + from) {
            from = at + start.len();
            let inside_word = code.get(..at).is_some_and(|before| before.ends_with(is_word));
            // `super::super::x` is looked at from its first `super`.
            let continued = code.get(..at).is_some_and(|before| before.trim_end().ends_with("::"));
            if inside_word || continued {
                continue;
            }
            let mut rest = code.get(at..).unwrap_or("");
            let mut up = 0;
            while let Some(after) =
                rest.strip_prefix("super").map(str::trim_start).and_then(|after| after.strip_prefix("::"))
            {
                up += 1;
                rest = after.trim_start();
            }
            if start == "super" && up != path.len() {
                continue;
            }
            if let Some(after) =
                rest.strip_prefix("crate").map(str::trim_start).and_then(|after| after.strip_prefix("::"))
            {
                rest = after.trim_start();
            } else if start == "crate" {
                continue;
            }
            let line = code.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
            found.extend(heads(rest).into_iter().map(|name| (line, name)));
        }
    }
    found
}

/// The first names of a path or of a braced list: `a` of `a::b`, `a` and `c` of `{a::{b}, c}`.
fn heads(rest: &str) -> Vec<String> {
    let Some(list) = rest.strip_prefix('{') else {
        return vec![rest.chars().take_while(|one| is_word(*one)).collect()];
    };
    let mut names = Vec::new();
    let mut depth = 0_u32;
    let mut name = String::new();
    let mut complete = false;
    for one in list.chars() {
        match one {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(std::mem::take(&mut name));
                complete = false;
            }
            one if depth == 0 && is_word(one) && !complete => name.push(one),
            one if one.is_whitespace() && name.is_empty() => {}
            _ => complete = true,
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty());
    names
}

fn is_word(one: char) -> bool {
    one.is_alphanumeric() || one == '_'
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    /// A page with these files, checked.
    fn page(name: &str, files: &[(&str, &str)]) -> Vec<String> {
        in_directory(name, files, |dir| check_modules(&PAGE, dir))
    }

    fn in_directory(
        name: &str,
        files: &[(&str, &str)],
        check: impl Fn(&Path) -> Result<Vec<String>>,
    ) -> Vec<String> {
        let dir = std::env::temp_dir().join(format!("xtask-layers-{name}-{}", std::process::id()));
        workspace::remove_dir(&dir).unwrap();
        for (file, text) in files {
            let file = dir.join(file);
            workspace::create_dir(file.parent().unwrap()).unwrap();
            workspace::write(&file, text).unwrap();
        }
        let mut found = check(&dir).unwrap();
        workspace::remove_dir(&dir).unwrap();
        found.sort();
        found
    }

    #[test]
    fn a_page_that_keeps_the_direction_passes() {
        let found = page(
            "good",
            &[
                ("lib.rs", "pub mod domain; use leptos::prelude::*;"),
                (
                    "domain/mod.rs",
                    "//! leptos is only mentioned here\nuse portal_contract::Device; use crate::domain::x;",
                ),
                ("app/mod.rs", "use crate::{domain::Device, auth::{self, Session}};"),
                ("pages/home.rs", "use crate::components::button; use leptos::prelude::*;"),
                (
                    "domain/action/flow.rs",
                    "const TEXT: &str = \"use crate::pages\"; use super::super::device;",
                ),
                ("domain/x.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n use crate::pages::x;\n}\n"),
            ],
        );
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_rule_that_reaches_for_the_browser_is_named_with_its_line() {
        let found =
            page("browser", &[("domain/clock.rs", "//! x\n\nfn now() -> f64 { js_sys::Date::now() }\n")]);
        assert_eq!(found, ["src/domain/clock.rs:3: `domain` must not know the crate `js_sys`"]);
    }

    #[test]
    fn only_the_screen_switch_names_a_later_screen() {
        let files = [
            ("pages/later/device.rs", "use crate::components::later::dialog;"),
            ("pages/screen.rs", "use super::later;"),
            ("pages/devices.rs", "// later\nuse super::later::device;"),
            ("components/flag.rs", "use super::later::code;"),
            ("shell/perform.rs", "use crate::browser::later;"),
        ];
        let found = in_directory("later", &files, check_later);
        assert_eq!(
            found,
            [
                "src/components/flag.rs:1: only `pages/screen.rs` may name a later screen",
                "src/pages/devices.rs:2: only `pages/screen.rs` may name a later screen",
            ]
        );
    }

    #[test]
    fn only_a_verifier_makes_a_sign_in() {
        let files = [
            ("oidc/claims.rs", "fn a() { SignIn::from_verifier(facts) }"),
            ("http/auth.rs", "// from_verifier\nfn a() { SignIn::from_verifier(facts) }"),
        ];
        let found = in_directory("sign-ins", &files, check_sign_ins);
        assert_eq!(found, ["server/src/http/auth.rs:2: only a verifier may make a sign-in"]);
    }

    #[test]
    fn every_way_to_name_an_outer_module_is_seen() {
        for text in [
            "use crate::pages::home;",
            "use crate::{domain, pages::{home}};",
            "fn a() { crate::pages::home() }",
            "use super::super::pages;",
            "use crate :: pages;",
            "use crate::{\n    domain::{A, B},\n    pages,\n};",
        ] {
            let found = page("outer", &[("domain/x.rs", text)]);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
        }
    }

    #[test]
    fn each_row_refuses_what_it_does_not_list() {
        for layer in PAGE.layers {
            for other in PAGE.layers.iter().filter(|other| other.module != layer.module) {
                let found = page(
                    "rows",
                    &[(&format!("{}/x.rs", layer.module), &format!("use crate::{}::y;", other.module))],
                );
                assert_eq!(
                    found.is_empty(),
                    layer.may_see(other.module),
                    "{} -> {}",
                    layer.module,
                    other.module
                );
            }
        }
    }

    #[test]
    fn the_tables_have_no_cycle() {
        for rules in [&PAGE, &SERVER] {
            for (index, layer) in rules.layers.iter().enumerate() {
                for name in layer.sees.split_whitespace() {
                    let position = rules.layers.iter().position(|other| other.module == name);
                    assert!(
                        position.is_some_and(|position| position < index),
                        "{}: {} -> {name}",
                        rules.name,
                        layer.module
                    );
                }
            }
        }
    }

    #[test]
    fn a_module_without_a_row_is_a_violation() {
        assert_eq!(page("row", &[("helpers/x.rs", "")]).len(), 1);
    }

    #[test]
    fn a_browser_crate_for_every_target_is_a_violation() {
        let with = |target: &str| {
            format!(
                r#"{{"packages":[{{"name":"passcode-portal","dependencies":[{{"name":"web-sys","target":{target}}}]}}]}}"#
            )
        };
        assert_eq!(manifest_violations(&with("\"cfg(target_arch = \\\"wasm32\\\")\"")).unwrap().len(), 0);
        assert_eq!(manifest_violations(&with("null")).unwrap().len(), 1);
        assert_eq!(tree_violations("portal-contract", "portal-contract v0.1.0\nweb-sys v0.3.1\n").len(), 1);
        assert_eq!(tree_violations("portal-contract", "portal-contract v0.1.0\nserde v1.0.0\n").len(), 0);
    }

    #[test]
    fn comments_strings_and_characters_are_blanked_and_lines_kept() {
        let code = without_comments_and_strings(
            "a /* x\n /* y */ */ b // c\n\"d \\\" e\" r#\"f\"g\"# 'h' '\\'' <'life> i",
        );
        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a", "b", "<'life>", "i"]);
        assert_eq!(code.lines().count(), 3);
    }
}
