//! The texts of a first visit: every text that the first part of the page can name is among them, so that no screen stands
//! there without words while the later texts are missing.
//!
//! What the first part can name is read out of its sources: the constructors (`t::name`) in every file but the screens that
//! are loaded lazily, and those in every function of the words that they use, and so on from function to function. A name
//! that only looks like one of those functions counts too: the test may ask for a text too many, never for one too few.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop at once"
)]
#![allow(
    unreachable_pub,
    dead_code,
    reason = "the module belongs to the build script, which uses more of it"
)]

#[path = "../build/catalog.rs"]
mod catalog;

mod i18n_support;

use i18n_support::constructor;
use passcode_portal::i18n::{Arg, Catalogue, Key, Locale, PlainFormatter, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// Every source file with its contents, without its own tests.
fn sources(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let content = std::fs::read_to_string(&path).unwrap();
            let code = content.split("#[cfg(test)]").next().unwrap_or_default();
            // Comments name what is not used.
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.push((
                path.strip_prefix(SOURCES).unwrap().to_owned(),
                lines.map(|line| format!("{line}\n")).collect(),
            ));
        }
    }
    found
}

fn is_in(path: &Path, directory: &str) -> bool {
    path.parent().into_iter().flat_map(Path::components).any(|part| part.as_os_str() == directory)
}

/// The screens that a first visit does not show: folders and files of the sources.
const LAZY: [&str; 11] = [
    "features/actions/screen",
    "features/apps/screen.rs",
    "features/compliance/screen.rs",
    "features/devices/screen/detail.rs",
    "features/devices/screen/tools.rs",
    "features/history/screen",
    "features/notifications/screen/page.rs",
    "features/passcode/screen",
    "features/shared_computer/screen/warning.rs",
    "pages/help.rs",
    "pages/lazy.rs",
];

fn is_lazy(path: &Path) -> bool {
    LAZY.iter().any(|lazy| path.starts_with(lazy))
}

/// Whether the file holds words: `words/`, or the `words` of a feature.
fn is_words(path: &Path) -> bool {
    let is_of_feature =
        path.starts_with("features") && path.file_name().is_some_and(|name| name == "words.rs");
    path.starts_with("words") || is_of_feature || (path.starts_with("features") && is_in(path, "words"))
}

/// The names in this code, each with what stands before and after it.
fn names(code: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + code[from..].find(is_part)?;
        let length = code[start..].find(|c| !is_part(c)).unwrap_or(code.len() - start);
        from = start + length;
        Some((&code[..start], &code[start..from], &code[from..]))
    })
}

/// The texts that this code names.
fn texts_in(code: &str) -> BTreeSet<String> {
    let is_text = |before: &str| before.ends_with("t::") && !before[..before.len() - 3].ends_with(is_name);
    names(code).filter(|(before, ..)| is_text(before)).map(|(_, name, _)| name.to_owned()).collect()
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// A function of the words.
struct Function {
    file: PathBuf,
    name: String,
    is_public: bool,
    code: String,
}

fn functions_of_words(sources: &[(PathBuf, String)]) -> Vec<Function> {
    let mut functions = Vec::new();
    for (file, code) in sources.iter().filter(|(path, _)| is_words(path)) {
        let parts: Vec<&str> = code.split("fn ").collect();
        for pair in parts.windows(2) {
            functions.push(Function {
                file: file.clone(),
                name: pair[1].chars().take_while(|c| is_name(*c)).collect(),
                is_public: pair[0].lines().last().is_some_and(|line| line.contains("pub")),
                code: pair[1].to_owned(),
            });
        }
    }
    functions
}

/// The functions that this code of a file uses, by their places. A field, or what has fields or methods, is none.
fn used_in(code: &str, file: &Path, functions: &[Function]) -> Vec<usize> {
    let is_value = |(before, _, after): &(&str, &str, &str)| {
        before.ends_with('.')
            || after.starts_with('.')
            || (after.starts_with(':') && !after.starts_with("::"))
    };
    let used: BTreeSet<&str> = names(code).filter(|name| !is_value(name)).map(|(_, name, _)| name).collect();
    let is_used = |function: &Function| {
        used.contains(function.name.as_str()) && (function.is_public || function.file == file)
    };
    (0..functions.len()).filter(|place| is_used(&functions[*place])).collect()
}

/// The functions that a file outside the words names: `words::name`, or imported.
fn named_by_file(code: &str, functions: &[Function]) -> Vec<usize> {
    let mut named = String::new();
    for (_, rest) in code.match_indices("words::").map(|(at, _)| code.split_at(at + "words::".len())) {
        let end = if rest.starts_with('{') { rest.find(';') } else { rest.find(|c| !is_name(c)) };
        named.push_str(&rest[..end.unwrap_or(rest.len())]);
        named.push(' ');
    }
    used_in(&named, Path::new(""), functions)
}

/// Every text that the first part of the page can name, with the file or function that names it.
fn named_by_first_part() -> BTreeMap<String, String> {
    let sources = sources(Path::new(SOURCES));
    let functions = functions_of_words(&sources);
    let mut named = BTreeMap::new();
    let mut waiting = Vec::new();
    let is_outside = |path: &Path| is_lazy(path) || is_words(path) || is_in(path, "i18n");
    for (path, code) in sources.iter().filter(|(path, _)| !is_outside(path)) {
        named.extend(texts_in(code).into_iter().map(|text| (text, path.display().to_string())));
        waiting.extend(named_by_file(code, &functions));
    }
    let mut seen = BTreeSet::new();
    while let Some(place) = waiting.pop() {
        if seen.insert(place) {
            let Function { file, name, code, .. } = &functions[place];
            named.extend(texts_in(code).into_iter().map(|text| (text, format!("words::{name}"))));
            waiting.extend(used_in(code, file, &functions));
        }
    }
    named
}

#[test]
fn every_text_the_first_part_can_name_is_loaded_with_it() {
    let named = named_by_first_part();
    let later: BTreeSet<String> = Key::ALL[Key::FIRST_COUNT..].iter().map(|key| constructor(*key)).collect();
    let missing: Vec<String> = named
        .iter()
        .filter(|(text, _)| later.contains(*text))
        .map(|(text, place)| format!("{text} in {place}"))
        .collect();
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "name these in FIRST of build/catalog.rs, or use them later only"
    );
}

#[test]
fn what_is_loaded_lazily_exists() {
    for lazy in LAZY {
        assert!(Path::new(SOURCES).join(lazy).exists(), "{lazy}");
    }
}

#[test]
fn the_sources_are_followed_from_file_to_function_to_text() {
    let named = named_by_first_part();
    let place = |text: &str| named.get(text).map(String::as_str);
    assert_eq!(place("landing_heading"), Some("features/sign_in/screen.rs"));
    // An alias, a function behind a function, and one behind a method of a type.
    assert_eq!(place("title_pending"), Some("words::reset_title"));
    assert_eq!(place("failure_expired_why"), Some("words::failure"));
    assert_eq!(place("time_minutes"), Some("words::span"));
    assert_eq!(place("refusal_mac_why"), None, "only what is done to a device is refused for a reason");
    assert_eq!(place("help_lead"), None, "a lazy screen");
    assert!(named.len() > 100, "{}", named.len());
}

fn names_key(code: &str) -> bool {
    names(code).any(|(_, name, after)| name == "Key" && after.starts_with("::"))
}

#[test]
fn texts_are_named_in_words_screens_and_components_only() {
    for (path, code) in sources(Path::new(SOURCES)) {
        let is_screen =
            path.starts_with("features") && path.iter().any(|part| part == "screen" || part == "screen.rs");
        let is_known =
            is_words(&path) || is_screen || path.starts_with("pages") || path.starts_with("components");
        assert!(is_known || texts_in(&code).is_empty(), "{}: this test would not look there", path.display());
        assert!(is_known || is_in(&path, "i18n") || !names_key(&code), "{}", path.display());
    }
}

#[test]
fn whatever_is_named_first_exists() {
    let names: Vec<String> = Key::ALL.iter().map(|key| constructor(*key)).collect();
    for first in catalog::FIRST {
        let name = first.replace('.', "_");
        let is_known = names
            .iter()
            .any(|key| if first.contains('.') { *key == name } else { key.starts_with(&format!("{name}_")) });
        assert!(is_known, "{first} in FIRST of build/catalog.rs is no section and no key");
    }
}

#[test]
fn a_text_of_a_first_visit_has_its_words_and_a_later_one_none_before_it_is_loaded() {
    let args = || vec![Arg::Str(String::new()); 8];
    for locale in Locale::ALL.iter().copied() {
        let (first, whole) = (Catalogue::embedded_first(locale), Catalogue::embedded(locale));
        for (place, key) in Key::ALL.iter().copied().enumerate() {
            let said = |catalogue: &Catalogue| Text::with(key, args()).render(catalogue, &PlainFormatter);
            let expected = if place < Key::FIRST_COUNT { said(&whole) } else { String::new() };
            assert_eq!(said(&first), expected, "{key:?}");
        }
    }
}
