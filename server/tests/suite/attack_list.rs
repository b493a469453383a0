//! A check of links: the attack list (docs/security.md) names tests, and each of them has to exist. Whoever renames or
//! removes one learns here that the list goes on naming it.

use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The texts of all files below a folder of the repository that end so, with their names.
fn texts(folder: &str, end: &str) -> Vec<(String, String)> {
    let mut folders = vec![repository().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_string_lossy().into_owned();
            if entry.is_dir() && !["node_modules", "target", "output"].contains(&name.as_str()) {
                folders.push(entry);
            } else if name.ends_with(end) {
                found.push((name, std::fs::read_to_string(entry).unwrap()));
            }
        }
    }
    found
}

#[test]
fn every_test_that_the_attack_list_names_exists() {
    let list = std::fs::read_to_string(repository().join("docs/security.md")).unwrap();
    let rust: Vec<_> =
        ["server", "src", "tests", "chaos", "contract"].into_iter().flat_map(|at| texts(at, ".rs")).collect();
    let functions: Vec<&str> = rust
        .iter()
        .flat_map(|(_, text)| text.split("fn ").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .collect();
    // Names of tests are sentences: no other word has so many parts. They may be cut short by an ellipsis at either end.
    for word in list.split(|c: char| !c.is_alphanumeric() && !['_', '…', '.'].contains(&c)) {
        let begins_cut = word.starts_with('…');
        let ends_cut = word.trim_end_matches('.').ends_with('…') || word.ends_with("...");
        let name = word.trim_matches(['…', '.']).trim_end_matches('_');
        if name.split('_').count() < 4 {
            continue;
        }
        let is_it = |function: &&str| match (begins_cut, ends_cut) {
            (false, false) => *function == name,
            (false, true) => function.starts_with(name),
            (true, false) => function.ends_with(name),
            (true, true) => function.contains(name),
        };
        assert!(functions.iter().any(is_it), "no test is called {word}");
    }
    let specs = texts("e2e/tests", ".spec.mjs");
    for (file, titles) in list.split("spec.mjs` › ").skip(1).map(|rest| ("session.spec.mjs", rest)) {
        let title =
            titles.trim_start_matches('`').split('`').next().unwrap_or_default().trim_end_matches([' ', '…']);
        assert!(specs.iter().any(|(_, text)| text.contains(title)), "{file} has no test {title}");
    }
}
