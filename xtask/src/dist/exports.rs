//! Leaving out of the module what only exports keep alive.
//!
//! Leptos brings `wasm-streams`, whose JavaScript classes are exported from any module that links it, used or not. The
//! page streams nothing; without those exports the code behind them goes too. Binaryen's `wasm-metadce` does the work,
//! given the exports that stay.

use super::wasm::{Reader, sections};
use serde_json::{Value, json};

/// Exports with these words in their names belong to `wasm-streams`.
const UNUSED: &str = "intounderlying";

/// The graph for `wasm-metadce`: a root that reaches every export that `is_kept`. `None` when the bytes are no WebAssembly
/// module (core specification, section 5.5).
pub(crate) fn graph(module: &[u8], is_kept: impl Fn(&str) -> bool) -> Option<Value> {
    let kept: Vec<&str> = exports(module)?.into_iter().filter(|name| is_kept(name)).collect();
    let root = json!({ "name": "page", "root": true, "reaches": kept });
    let exports = kept.iter().map(|name| json!({ "name": name, "export": name }));
    Some(std::iter::once(root).chain(exports).collect())
}

/// Whether the page or its glue may use an export.
pub(crate) fn is_used(name: &str) -> bool {
    !name.contains(UNUSED)
}

/// The names of a module's exports.
pub(crate) fn exports(module: &[u8]) -> Option<Vec<&str>> {
    const EXPORT_SECTION: u8 = 7;
    let section = sections(module)?.into_iter().find(|(id, _)| *id == EXPORT_SECTION);
    section.map_or_else(|| Some(Vec::new()), |(_, section)| names(section))
}

fn names(section: &[u8]) -> Option<Vec<&str>> {
    let mut reader = Reader::new(section);
    let mut names = Vec::new();
    for _ in 0..reader.number()? {
        names.push(reader.text()?);
        let (_kind, _index) = (reader.byte()?, reader.number()?);
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one type section and the exports `memory`, `main` and one of `wasm-streams`.
    fn sample() -> Vec<u8> {
        let mut exports = vec![3];
        for name in ["memory", "main", "intounderlyingsink_close"] {
            exports.push(u8::try_from(name.len()).unwrap());
            exports.extend(name.as_bytes());
            exports.extend([0, 0x80, 0x01]);
        }
        let mut module = b"\0asm\x01\0\0\0\x01\x01\x00".to_vec();
        module.extend([7, u8::try_from(exports.len()).unwrap()]);
        module.extend(exports);
        module
    }

    #[test]
    fn the_graph_reaches_every_export_but_those_of_the_streams() {
        let graph = graph(&sample(), is_used).unwrap();
        assert_eq!(graph[0]["reaches"], json!(["memory", "main"]));
        assert_eq!(graph[2], json!({ "name": "main", "export": "main" }));
        assert_eq!(graph.as_array().unwrap().len(), 3);
    }

    #[test]
    fn what_is_no_module_has_no_graph() {
        let module = sample();
        assert_eq!(graph(b"<!DOCTYPE html>", is_used), None);
        assert_eq!(graph(&module[..module.len() - 4], is_used), None);
    }
}
