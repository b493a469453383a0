//! What a first visit transfers, per file, and the limits it must keep. A visit loads one language: the largest counts.

use std::path::Path;

use crate::dist::languages;
use crate::error::Result;
use crate::progress::bytes;
use crate::workspace;

/// Everything a first visit transfers, Brotli, in bytes (thousands, the stricter reading of "150 KB").
pub(crate) const WHOLE_LIMIT: u64 = 150_000;
/// What we would like it to be.
pub(crate) const WHOLE_GOAL: u64 = 110_000;
/// The style sheets, Brotli.
pub(crate) const CSS_LIMIT: u64 = 8_000;
/// The document, Brotli.
pub(crate) const HTML_LIMIT: u64 = 4_000;

/// One file of the first visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Size {
    /// Its name under the page's directory.
    pub(crate) name: String,
    /// Bytes as built.
    pub(crate) raw: u64,
    /// Bytes as transferred.
    pub(crate) brotli: u64,
    /// Whether it counts; the texts of the other languages do not.
    pub(crate) is_visited: bool,
}

/// The files of a first visit: the document, what it names, and the configuration; the other languages for comparison.
pub(crate) fn of_first_visit(dist: &Path) -> Result<Vec<Size>> {
    let html = workspace::read(&dist.join("index.html"))?;
    let mut sizes = Vec::new();
    for file in workspace::files_under(dist, &|_| false)? {
        let name = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().into_owned();
        let visited =
            name == "index.html" || name == "config.example.json" || html.contains(&format!("\"/{name}\""));
        if !visited || name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let length = |path: &Path| std::fs::metadata(path).map(|data| data.len()).ok();
        let raw = length(&file).unwrap_or(0);
        let brotli = length(&dist.join(format!("{name}.br"))).unwrap_or(raw);
        sizes.push(Size { name, raw, brotli, is_visited: true });
    }
    sizes.sort_by_key(|size| std::cmp::Reverse(size.brotli));
    let texts: Vec<String> = languages::listed(&html).into_iter().map(|(_, address)| address).collect();
    let is_text = |size: &&mut Size| texts.contains(&format!("/{}", size.name));
    sizes.iter_mut().filter(is_text).skip(1).for_each(|size| size.is_visited = false);
    Ok(sizes)
}

/// The table for people.
pub(crate) fn table(sizes: &[Size]) -> Vec<String> {
    let mut lines: Vec<String> = sizes
        .iter()
        .map(|size| {
            let note = if size.is_visited { "" } else { " (another language, not counted)" };
            format!("{:<44} {:>10} raw {:>10} brotli{note}", size.name, bytes(size.raw), bytes(size.brotli))
        })
        .collect();
    let whole = whole(sizes);
    lines.push(format!(
        "{:<44} {:>10} raw {:>10} brotli (limit {}, goal {})",
        format!("first visit, {} files", visited(sizes).count()),
        bytes(visited(sizes).map(|size| size.raw).sum()),
        bytes(whole),
        bytes(WHOLE_LIMIT),
        bytes(WHOLE_GOAL)
    ));
    lines
}

/// What is over its limit, in words; empty when all is well.
pub(crate) fn violations(sizes: &[Size]) -> Vec<String> {
    let ending = |ending: &str| {
        visited(sizes).filter(|size| size.name.ends_with(ending)).map(|size| size.brotli).sum::<u64>()
    };
    [
        ("the whole first visit", whole(sizes), WHOLE_LIMIT),
        ("the style sheets", ending(".css"), CSS_LIMIT),
        ("index.html", ending(".html"), HTML_LIMIT),
    ]
    .into_iter()
    .filter(|(_, size, limit)| size > limit)
    .map(|(what, size, limit)| format!("{what}: {size} bytes brotli, the limit is {limit}"))
    .chain(
        (!sizes.iter().any(|size| size.name.ends_with(".wasm")))
            .then(|| "no WebAssembly module among the files".to_string()),
    )
    .chain(
        (!sizes.iter().any(|size| size.name.ends_with(".txt")))
            .then(|| "no texts of a language among the files".to_string()),
    )
    .collect()
}

fn visited(sizes: &[Size]) -> impl Iterator<Item = &Size> {
    sizes.iter().filter(|size| size.is_visited)
}

fn whole(sizes: &[Size]) -> u64 {
    visited(sizes).map(|size| size.brotli).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(name: &str, brotli: u64) -> Size {
        Size { name: name.to_string(), raw: brotli * 3, brotli, is_visited: true }
    }

    #[test]
    fn a_page_within_the_limits_has_no_violations() {
        assert_eq!(
            violations(&[
                size("a.wasm", 90_000),
                size("s.css", 8_000),
                size("index.html", 4_000),
                size("ja.txt", 12_000)
            ]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_limit_is_reported_when_it_is_exceeded_by_a_byte() {
        let with = |more: Size| violations(&[size("a.wasm", 1), size("ja.txt", 1), more]).len();
        assert_eq!(with(size("b.wasm", 149_999)), 1);
        assert_eq!(with(size("s.css", 8_001)), 1);
        assert_eq!(with(size("index.html", 4_001)), 1);
        assert_eq!(with(size("s.css", 8_000)), 0);
    }

    #[test]
    fn a_page_without_a_module_or_without_words_is_not_small_but_broken() {
        assert_eq!(violations(&[size("index.html", 1), size("ja.txt", 1)]).len(), 1);
        assert_eq!(violations(&[size("index.html", 1), size("a.wasm", 1)]).len(), 1);
    }

    #[test]
    fn other_languages_are_shown_and_cost_a_visitor_nothing() {
        let other = Size { is_visited: false, ..size("assets/en.txt", 150_000) };
        let sizes = [size("a.wasm", 100_000), size("assets/ja.txt", 12_000), other];
        assert_eq!(violations(&sizes), Vec::<String>::new());
        assert!(table(&sizes).iter().any(|line| line.contains("en.txt") && line.contains("not counted")));
    }
}
