//! What every host must do, as a table. Nothing here is taken from the generator: what somebody removes there is
//! missed here.

use super::answer::Answer;
use super::site::{SECRET, Site};
use crate::error::Result;

/// What every answer must carry, errors too. The policy is that of the build that `run` and `test` make (`https:`).
const EVERYWHERE: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self' https:; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=()",
    ),
    ("strict-transport-security", "max-age=31536000"),
];

/// `Cache-Control` of what must never be stored.
const NO_STORE: &str = "no-store";
/// `Cache-Control` of hashed files.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// One address of each screen, as a person may open it by link or reload.
const SCREENS: &[&str] = &[
    "/",
    "/devices",
    "/devices/",
    "/devices/6f2c8f0a-1d5e-4a57-9a53-0d8f1c1b2a3e",
    "/devices/d-1/reset-passcode",
    "/devices/d-1/passcode",
    "/devices/d-1/history",
    "/devices/d-1/not-me/r-1",
    "/history",
    "/notifications",
    "/accessibility",
    "/help",
    "/signed-out",
    "/callback?code=x&state=y&iss=https%3A%2F%2Flogin.example%2Ftenant",
    "/no-such-address",
];

/// Addresses without a file: an error, and never the page under the name of a script.
const MISSING: &[&str] = &[
    "/assets/portal-0000000000000000.js",
    "/assets/portal-0000000000000000.wasm",
    "/assets/",
    "/missing.js",
    "/missing.json",
    "/favicon.ico",
];

/// Files that are for the host alone.
const HIDDEN: &[&str] = &[
    "/.htaccess",
    "/_headers",
    "/_redirects",
    "/headers.json",
    "/portal-caddy.conf",
    "/portal-nginx.conf",
    "/staticwebapp.config.json",
    "/sbom/page.cdx.json",
];

/// Ways out of the served directory, to the file beside it.
const OUTSIDE: &[&str] = &[
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
];

/// `Accept-Encoding` as browsers and proxies send it, and the encoding that must be chosen.
const ENCODINGS: &[(Option<&str>, Option<&str>)] = &[
    (None, None),
    (Some("identity"), None),
    (Some("gzip"), Some("gzip")),
    (Some("gzip, deflate, br, zstd"), Some("br")),
    (Some("br;q=0, gzip;q=0.5"), Some("gzip")),
];

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
pub(super) struct Expectation {
    /// Path and query.
    pub(super) path: String,
    /// `Accept-Encoding`.
    pub(super) accepts: Option<&'static str>,
    /// What must come back.
    pub(super) wanted: Wanted,
}

/// What must come back.
pub(super) enum Wanted {
    /// This file, whole.
    File(File),
    /// 404, and not the page.
    NotFound,
    /// An error, and nothing of the file beside the directory.
    NothingOutside,
}

/// A file as it must be sent.
pub(super) struct File {
    /// Its name in the directory.
    pub(super) name: String,
    /// `Content-Type`.
    pub(super) media: &'static str,
    /// `Cache-Control`.
    pub(super) cache: &'static str,
    /// `Content-Encoding`.
    pub(super) encoding: Option<&'static str>,
}

/// The whole table for this page and a host with these promises.
pub(super) fn table(site: &Site, promises: &[Promise]) -> Vec<Expectation> {
    let mut all = Vec::new();
    for screen in SCREENS {
        all.push(file(screen, "index.html", NO_STORE, None, None));
    }
    let fixed = [("/", "index.html"), ("/404.html", "404.html"), ("/config.json", "config.json")];
    let fixed = fixed.map(|(path, name)| (path.to_string(), name.to_string(), NO_STORE));
    let assets = site.one_asset_of_each_kind().map(|name| (format!("/{name}"), name.to_string(), IMMUTABLE));
    for (path, name, cache) in fixed.into_iter().chain(assets) {
        for (accepts, encoding) in ENCODINGS {
            let is_promised = match encoding {
                None => true,
                Some("br") => promises.contains(&Promise::Brotli),
                Some(_) => promises.contains(&Promise::Gzip),
            };
            // config.json is the organisation's own and has no compressed form.
            let encoding = if name == "config.json" { &None } else { encoding };
            if is_promised {
                all.push(file(&path, &name, cache, *accepts, *encoding));
            }
        }
    }
    let other = |path: &str, wanted| Expectation { path: path.to_string(), accepts: None, wanted };
    all.extend(MISSING.iter().chain(HIDDEN).map(|path| other(path, Wanted::NotFound)));
    all.extend(OUTSIDE.iter().map(|path| other(path, Wanted::NothingOutside)));
    all
}

/// The files that are to be hidden and are not there: hiding them would prove nothing.
pub(super) fn hidden_but_absent(site: &Site) -> Vec<&'static str> {
    HIDDEN.iter().filter(|path| !site.has(path.trim_start_matches('/'))).copied().collect()
}

impl Expectation {
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
            for (name, value) in EVERYWHERE {
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

impl File {
    /// The bytes that must be transferred.
    pub(super) fn body(&self, site: &Site) -> Result<Vec<u8>> {
        match self.encoding {
            None => site.contents(&self.name),
            Some("br") => site.contents(&format!("{}.br", self.name)),
            Some(_) => site.contents(&format!("{}.gz", self.name)),
        }
    }
}

fn file(
    path: &str,
    name: &str,
    cache: &'static str,
    accepts: Option<&'static str>,
    encoding: Option<&'static str>,
) -> Expectation {
    let wanted = File { name: name.to_string(), media: media(name), cache, encoding };
    Expectation { path: path.to_string(), accepts, wanted: Wanted::File(wanted) }
}

/// The media type that a browser must be told.
fn media(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        _ => "a media type that the table does not know: add it",
    }
}
