//! What every host must do, as a table: the lists are `expectations.toml`.

use std::collections::BTreeMap;

use portal_contract::addresses;
use serde::Deserialize;

use super::answer::Answer;
use super::site::{SECRET, Site};
use crate::error::{Error, Result};

/// `Cache-Control` of what must never be stored.
const NO_STORE: &str = "no-store";
/// `Cache-Control` of hashed files.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `expectations.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    screens: Vec<String>,
    missing: Vec<String>,
    hidden: Vec<String>,
    outside: Vec<String>,
    encodings: Vec<Encoding>,
    everywhere: BTreeMap<String, String>,
    media: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoding {
    accepts: Option<String>,
    chosen: Option<String>,
}

/// What only some web servers can promise, because it takes a module that may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// The `.gz` files are sent to whom they suit.
    Gzip,
    /// The `.br` files too.
    Brotli,
}

/// What was wrong with an answer, if anything.
pub(super) type Verdict = std::result::Result<(), String>;

/// One request and what must come back.
pub(super) struct Expectation<'a> {
    /// Path and query.
    pub(super) path: String,
    /// `Accept-Encoding`.
    pub(super) accepts: Option<&'a str>,
    wanted: Wanted<'a>,
    everywhere: &'a BTreeMap<String, String>,
}

/// What must come back.
enum Wanted<'a> {
    /// This file, whole.
    File(File<'a>),
    /// 404, and not the page.
    NotFound,
    /// An error, and nothing of the file beside the directory.
    NothingOutside,
}

/// A file as it must be sent.
struct File<'a> {
    /// Its name in the directory.
    name: String,
    /// `Content-Type`.
    media: &'a str,
    /// `Cache-Control`.
    cache: &'static str,
    /// `Content-Encoding`.
    encoding: Option<&'a str>,
}

impl Lists {
    pub(super) fn read() -> Result<Self> {
        toml::from_str(include_str!("expectations.toml"))
            .map_err(|error| Error::Build(format!("xtask/src/hosts/expectations.toml: {error}")))
    }

    /// The whole table for this page and a host with these promises.
    pub(super) fn table(&self, site: &Site, promises: &[Promise]) -> Vec<Expectation<'_>> {
        let known = addresses::ALL.map(|address| addresses::example(address, "d-1", "r-1"));
        let screens = known.iter().chain(&self.screens);
        let mut all: Vec<Expectation<'_>> =
            screens.map(|screen| self.file(screen, "index.html", NO_STORE, None, None)).collect();
        let fixed = [("/", "index.html"), ("/404.html", "404.html"), ("/config.json", "config.json")];
        let fixed = fixed.map(|(path, name)| (path.to_string(), name.to_string(), NO_STORE));
        let assets =
            site.one_asset_of_each_kind().map(|name| (format!("/{name}"), name.to_string(), IMMUTABLE));
        for (path, name, cache) in fixed.into_iter().chain(assets) {
            for Encoding { accepts, chosen } in &self.encodings {
                let is_promised = match chosen.as_deref() {
                    None => true,
                    Some("br") => promises.contains(&Promise::Brotli),
                    Some(_) => promises.contains(&Promise::Gzip),
                };
                // config.json is the organisation's own and has no compressed form.
                let chosen = chosen.as_deref().filter(|_| name != "config.json");
                if is_promised {
                    all.push(self.file(&path, &name, cache, accepts.as_deref(), chosen));
                }
            }
        }
        let not_found = self.missing.iter().chain(&self.hidden);
        all.extend(not_found.map(|path| self.other(path, None, Wanted::NotFound)));
        all.extend(self.outside.iter().map(|path| self.other(path, None, Wanted::NothingOutside)));
        all
    }

    /// The files that are to be hidden and are not there: hiding them would prove nothing.
    pub(super) fn hidden_but_absent(&self, site: &Site) -> Vec<&str> {
        let names = self.hidden.iter().map(String::as_str);
        names.filter(|path| !site.has(path.trim_start_matches('/'))).collect()
    }

    fn file<'a>(
        &'a self,
        path: &str,
        name: &str,
        cache: &'static str,
        accepts: Option<&'a str>,
        encoding: Option<&'a str>,
    ) -> Expectation<'a> {
        let media = self.media.get(name.rsplit('.').next().unwrap_or_default());
        let media = media.map_or("a media type that expectations.toml does not know: add it", String::as_str);
        self.other(path, accepts, Wanted::File(File { name: name.to_string(), media, cache, encoding }))
    }

    fn other<'a>(&'a self, path: &str, accepts: Option<&'a str>, wanted: Wanted<'a>) -> Expectation<'a> {
        Expectation { path: path.to_string(), accepts, wanted, everywhere: &self.everywhere }
    }
}

impl Expectation<'_> {
    /// Compares an answer with what must come back.
    pub(super) fn verdict(&self, answer: &Answer, promises: &[Promise], site: &Site) -> Result<Verdict> {
        let mut wrong = Vec::new();
        let mut expect = |name: &str, wanted: Option<&str>| {
            let found = answer.header(name);
            if found.as_deref() != wanted {
                wrong.push(format!("{name} is {}, not {}", quoted(found.as_deref()), quoted(wanted)));
            }
        };
        // A request that leads nowhere may be refused before any rule is read.
        if !matches!(self.wanted, Wanted::NothingOutside) {
            for (name, value) in self.everywhere {
                expect(name, Some(value));
            }
        }
        match &self.wanted {
            Wanted::File(file) => {
                expect("cache-control", Some(file.cache));
                expect("content-encoding", file.encoding);
                expect("content-type", Some(file.media));
                if promises.contains(&Promise::Gzip) && site.has(&format!("{}.gz", file.name)) {
                    expect("vary", Some("Accept-Encoding"));
                }
                if answer.status != 200 {
                    wrong.push(format!("status {}, not 200", answer.status));
                }
                let (found, body) = (answer.body.len(), file.body(site)?);
                if answer.body != body {
                    wrong.push(format!("{found} bytes that are not the {} of {}", body.len(), file.name));
                }
            }
            Wanted::NotFound => {
                expect("cache-control", Some(NO_STORE));
                if answer.status != 404 {
                    wrong.push(format!("status {}, not 404", answer.status));
                }
            }
            Wanted::NothingOutside => {
                let secret = SECRET.as_bytes();
                if answer.status < 400 || answer.body.windows(secret.len()).any(|part| part == secret) {
                    wrong.push(format!("status {}: a way out of the directory", answer.status));
                }
            }
        }
        let accepts = self.accepts.unwrap_or("nothing");
        let verdict = if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) };
        Ok(verdict.map_err(|wrong| format!("{} (Accept-Encoding: {accepts}): {wrong}", self.path)))
    }
}

fn quoted(value: Option<&str>) -> String {
    value.map_or("absent".to_string(), |value| format!("`{value}`"))
}

impl File<'_> {
    /// The bytes that must be transferred.
    fn body(&self, site: &Site) -> Result<Vec<u8>> {
        match self.encoding {
            None => site.contents(&self.name),
            Some("br") => site.contents(&format!("{}.br", self.name)),
            Some(_) => site.contents(&format!("{}.gz", self.name)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_read_and_a_value_over_several_lines_is_one() {
        let lists = Lists::read().unwrap();
        assert!(lists.everywhere.values().all(|value| !value.contains("  ") && !value.contains('\n')));
        assert!(lists.media.len() >= 7 && lists.encodings.iter().any(|one| one.accepts.is_none()));
    }
}
