//! The texts of the languages: two files each beside the module (what a first visit can show, and the rest), the list of
//! them in `index.html`, and the proof that the module carries none of them.
//!
//! The language files are read and checked by the generator of the page's build script, so both say the same.

use std::path::PathBuf;

use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::workspace::{self, Workspace};

#[path = "../../../build/catalog.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the page's build script and its tests, which use more of it"
)]
mod catalog;
#[path = "../../../build/generate.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the page's build script and its tests, which use more of it"
)]
mod generate;

/// Words at least this long are looked for in the module; shorter ones may stand there for another reason.
const TELLING_BYTES: usize = 24;

/// The texts of one language.
#[derive(Debug)]
pub(crate) struct Texts {
    /// The language's tag.
    pub(crate) tag: String,
    /// The contents of the file a first visit loads.
    pub(crate) first: String,
    /// The contents of the file that comes with the lazily loaded screens.
    pub(crate) lazy: String,
}

/// A file of texts as `index.html` lists it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// Its address.
    pub(crate) src: String,
    /// Its integrity.
    pub(crate) integrity: String,
}

/// A language as `index.html` lists it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The language's tag.
    pub(crate) tag: String,
    /// The file a first visit loads.
    #[serde(flatten)]
    pub(crate) first: Listed,
    /// The file that comes with the lazily loaded screens.
    pub(crate) lazy: Listed,
}

/// The texts of every language, the fallback first.
pub(crate) fn read(workspace: &Workspace) -> Result<Vec<Texts>> {
    let directory = workspace.root.join("locales");
    let mut sources = Vec::new();
    for path in workspace::files_under(&directory, &|_| false)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(tag) = name.strip_suffix(".toml") {
            let content = fs::read_to_string(&path)?;
            sources.push(catalog::Source { file: format!("locales/{name}"), tag: tag.to_string(), content });
        }
    }
    let languages = catalog::read_all(&sources).map_err(|problems| {
        Error::Build(problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
    })?;
    let Some(reference) = languages.first() else { return Ok(Vec::new()) };
    let texts = |language: &catalog::Language| {
        let generate::Texts { first, lazy } = generate::texts(reference, language);
        Texts { tag: language.tag.clone(), first, lazy }
    };
    Ok(languages.iter().map(texts).collect())
}

/// The list for `index.html`, which `boot.js` reads.
pub(crate) fn list(entries: &[Entry]) -> Result<String> {
    serde_json::to_string(entries).map_err(|error| Error::Build(format!("the list of languages: {error}")))
}

/// The languages out of the list in a finished `index.html`.
pub(crate) fn listed(html: &str) -> Vec<Entry> {
    let list = html.split_once("id=\"languages\">").and_then(|(_, rest)| rest.split_once("</script>"));
    list.and_then(|(list, _)| serde_json::from_str(list).ok()).unwrap_or_default()
}

/// Fails when words of a language stand in a WebAssembly module: they would be loaded by everybody.
pub(crate) fn not_in_modules(languages: &[Texts], files: &[PathBuf]) -> Result<()> {
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "wasm")) {
        let module = fs::read(file)?;
        if let Some((tag, words)) = words_in(&module, languages) {
            return Err(Error::Build(format!(
                "{} carries words of the language {tag}: {words:?}.\n\
                 What to do: texts belong into locales/*.toml and are loaded; see docs/languages.md.",
                file.display()
            )));
        }
    }
    Ok(())
}

/// The first words of a language that stand in these bytes.
fn words_in<'a>(module: &[u8], languages: &'a [Texts]) -> Option<(&'a str, &'a str)> {
    // What is not UTF-8 is replaced, and the words between stay what they are.
    let module = String::from_utf8_lossy(module);
    let files = languages.iter().flat_map(|texts| [(&texts.tag, &texts.first), (&texts.tag, &texts.lazy)]);
    files.into_iter().find_map(|(tag, content)| {
        let (_head, lines) = content.split_once('\n')?;
        let mut words = lines.split(char::is_control).filter(|words| words.len() >= TELLING_BYTES);
        words.find(|words| module.contains(words)).map(|words| (tag.as_str(), words))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn real() -> Vec<Texts> {
        read(&Workspace::find().unwrap()).unwrap()
    }

    #[test]
    fn every_language_file_becomes_a_file_of_texts_and_the_fallback_is_first() {
        let tags: Vec<String> = real().into_iter().map(|texts| texts.tag).collect();
        assert_eq!(tags.first().map(String::as_str), Some("en"));
        assert!(tags.contains(&"ja".to_string()));
    }

    #[test]
    fn words_of_a_language_are_found_in_a_module_and_their_absence_too() {
        let languages = real();
        let mut module = b"\0asm\x01\0\0\0\xff\xfe some code \xe3".to_vec();
        assert_eq!(words_in(&module, &languages), None);
        for texts in &languages {
            for content in [&texts.first, &texts.lazy] {
                let words = content.lines().skip(1).find(|line| line.len() > 60).unwrap();
                module.truncate(20);
                module.extend(words.as_bytes());
                module.push(0xe3);
                assert_eq!(words_in(&module, &languages).map(|(tag, _)| tag), Some(texts.tag.as_str()));
            }
        }
    }
}
