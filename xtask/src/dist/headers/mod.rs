//! How the page must be answered, written once, and put into the files of the common static hosts.
//!
//! Everything that a host has to do is a constant here: the headers of every answer, what may be stored, the media
//! types, which addresses are the page, which files are for the host alone. The templates beside it (`*.j2`) only spell it in
//! the language of one host; `cargo xtask test --only hosts` serves the result through the real ones.
//!
//! The policy knows no address of its own: `connect-src` is the only part that differs between organisations, so it is
//! a parameter (`--connect`), and in `headers.json` a placeholder that portal-server fills from its configuration.

mod azure;

use std::collections::BTreeMap;

use serde_json::json;

use crate::error::Result;
use crate::template;
use portal_contract::addresses;

/// What portal-server replaces in the policy of `headers.json`.
const CONNECT_PLACEHOLDER: &str = "{connect}";

/// A stored page would come out of the back/forward cache after sign-out with the device list on it, and a stored
/// `config.json` would name yesterday's provider. So this is the rule, and what may be stored the exception.
const NO_STORE: &str = "no-store";
/// A hashed name never changes its contents.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The headers that every answer carries, whatever it is, errors too.
const EVERYWHERE: &[(&str, &str)] = &[
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=()",
    ),
];

/// Only for hosts that serve HTTPS; browsers ignore it elsewhere, but a local server need not send it.
const TRANSPORT: (&str, &str) = ("Strict-Transport-Security", "max-age=31536000");

/// Media types by ending. Browsers compile WebAssembly while it arrives only if it is called so, and with `nosniff` a
/// script or style sheet of another type is refused.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("webmanifest", "application/manifest+json"),
];

/// What the build compresses beforehand: file ending and the name of the encoding, the better one first.
const ENCODINGS: &[(&str, &str)] = &[("br", "br"), ("gz", "gzip")];

/// Files of this directory that are for whoever serves it, not for visitors. Nothing in them is secret.
const FOR_THE_HOST: &[&str] = &[
    ".htaccess",
    "_headers",
    "_redirects",
    "headers.json",
    "portal-caddy.conf",
    "portal-nginx.conf",
    "staticwebapp.config.json",
    "web.config",
];
/// The directory that is for whoever serves it.
const FOR_THE_HOST_DIRECTORY: &str = "sbom";

/// What one build says to its hosts.
pub(crate) struct Answers<'a> {
    /// The origins of the API and the provider, separated by spaces.
    pub(crate) connect: &'a str,
    /// The origins of images besides our own.
    pub(crate) images: &'a str,
    /// The digest of the style sheet that stands in the document, as a source of the policy.
    pub(crate) style: &'a str,
    /// The files whose names carry a digest of their contents.
    pub(crate) hashed: &'a [String],
}

impl Answers<'_> {
    /// The files for the hosts, as name and contents.
    pub(crate) fn files(&self) -> Result<Vec<(&'static str, String)>> {
        let pages = pages();
        let values = json!({
            "everywhere": self.everywhere(), "media_types": MEDIA_TYPES, "encodings": ENCODINGS, "pages": pages,
            "hidden": FOR_THE_HOST, "hidden_directory": FOR_THE_HOST_DIRECTORY, "hashed": self.hashed,
            "no_store": NO_STORE, "immutable": IMMUTABLE,
        });
        let mut files = vec![
            ("headers.json", self.for_our_server()),
            ("staticwebapp.config.json", azure::configuration(self)),
        ];
        for (name, source) in [
            ("_headers", include_str!("_headers.j2")),
            ("_redirects", include_str!("_redirects.j2")),
            ("portal-nginx.conf", include_str!("nginx.conf.j2")),
            ("portal-caddy.conf", include_str!("caddy.conf.j2")),
            (".htaccess", include_str!("htaccess.j2")),
            ("web.config", include_str!("web.config.j2")),
        ] {
            files.push((name, template::render(source, &values)?));
        }
        Ok(files)
    }

    /// `headers.json`, read by portal-server where it serves the page (`server/src/http/page.rs`): the policy with its
    /// placeholder, the other headers, which files may be stored and which are not for visitors.
    fn for_our_server(&self) -> String {
        let directory = format!("{FOR_THE_HOST_DIRECTORY}/");
        let hidden = [FOR_THE_HOST, &[directory.as_str()]].concat();
        let value = json!({
            "contentSecurityPolicy": policy(CONNECT_PLACEHOLDER, self.images, self.style),
            "headers": BTreeMap::from_iter(EVERYWHERE.iter().copied()),
            "hidden": hidden,
            "immutable": self.hashed,
        });
        format!("{value:#}\n")
    }

    /// What every answer carries over HTTPS, the policy first.
    fn everywhere(&self) -> Vec<(&'static str, String)> {
        let policy = ("Content-Security-Policy", policy(self.connect, self.images, self.style));
        let rest = EVERYWHERE.iter().chain([&TRANSPORT]).map(|(name, value)| (*name, (*value).to_string()));
        std::iter::once(policy).chain(rest).collect()
    }
}

/// The content security policy.
///
/// `'wasm-unsafe-eval'` lets WebAssembly compile and nothing else; no script is inline. The one style sheet is, and is named
/// by its digest.
/// `'strict-dynamic'` is left out on purpose: with it WebAssembly fails on iOS.
fn policy(connect: &str, images: &str, style: &str) -> String {
    let images = if images.is_empty() { String::new() } else { format!(" {images}") };
    let connect = if connect.is_empty() { String::new() } else { format!(" {connect}") };
    [
        "default-src 'none'".to_string(),
        "script-src 'self' 'wasm-unsafe-eval'".to_string(),
        format!("style-src 'self' {style}").trim_end().to_string(),
        format!("img-src 'self' data:{images}"),
        format!("connect-src 'self'{connect}"),
        "manifest-src 'self'".to_string(),
        "base-uri 'none'".to_string(),
        "form-action 'none'".to_string(),
        "frame-ancestors 'none'".to_string(),
        "require-trusted-types-for 'script'".to_string(),
        "trusted-types 'none'".to_string(),
    ]
    .join("; ")
}

/// The addresses of the page for hosts that cannot be told "everything that is no file": the first part of each, and whether
/// there are more of the page below it.
fn pages() -> Vec<(String, bool)> {
    let mut pages: Vec<(String, bool)> = Vec::new();
    for address in addresses::ALL {
        let first = address.trim_start_matches('/').split('/').next().unwrap_or_default();
        let page = format!("/{first}");
        let has_more = addresses::ALL.iter().any(|other| other.starts_with(&format!("{page}/")));
        if address != addresses::HOME && pages.iter().all(|(known, _)| *known != page) {
            pages.push((page, has_more));
        }
    }
    pages
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_page_is_in_a_rule_for_hosts_that_need_a_list() {
        let pages = pages();
        for address in addresses::ALL.iter().filter(|address| **address != addresses::HOME) {
            let path = addresses::example(address, "d-1", "r-1");
            let below = |page: &str| path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/'));
            let is_known = pages.iter().any(|(page, more)| *page == path || (*more && below(page)));
            assert!(is_known, "{path} is in no rule");
        }
        assert!(
            pages.contains(&("/devices".to_owned(), true)) && pages.contains(&("/help".to_owned(), false))
        );
    }

    #[test]
    fn the_policy_allows_wasm_our_own_files_and_the_one_style_sheet_inline() {
        let policy = policy("https://api.example", "", "'sha256-x'");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert!(policy.contains("style-src 'self' 'sha256-x';"));
        assert!(policy.contains("connect-src 'self' https://api.example;"));
        assert!(policy.contains("require-trusted-types-for 'script'; trusted-types 'none'"));
        for forbidden in ["'unsafe-inline'", "'unsafe-eval'", "'strict-dynamic'", "*"] {
            assert!(!policy.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn every_file_for_a_host_is_named_as_one_that_visitors_do_not_get() {
        let answers = Answers { connect: "https:", images: "", style: "", hashed: &[] };
        let mut names: Vec<&str> = answers.files().unwrap().iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        assert_eq!(names, FOR_THE_HOST);
    }

    #[test]
    fn the_file_of_iis_is_well_formed_and_says_what_the_one_source_says() {
        let answers = Answers { connect: "https:", images: "", style: "'sha256-x'", hashed: &[] };
        let files = answers.files().unwrap();
        let (_, text) = files.iter().find(|(name, _)| *name == "web.config").unwrap();
        let document = roxmltree::Document::parse(text).unwrap();
        let added = |parent: &str, key: &str, value: &str| -> Vec<(String, String)> {
            let parent = document.descendants().find(|node| node.has_tag_name(parent)).unwrap();
            let attribute = |node: roxmltree::Node<'_, '_>, name: &str| {
                node.attribute(name).unwrap_or_default().to_owned()
            };
            let added =
                parent.children().filter(|node| node.has_attribute(value) && !node.has_tag_name("remove"));
            added.map(|node| (attribute(node, key), attribute(node, value))).collect()
        };
        let mut headers = added("customHeaders", "name", "value");
        let own: Vec<(String, String)> =
            answers.everywhere().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let rest = headers.split_off(own.len());
        assert_eq!(headers, own);
        let usual = [("Vary", "Accept-Encoding"), ("Cache-Control", NO_STORE)];
        assert_eq!(rest, usual.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let types = added("staticContent", "fileExtension", "mimeType");
        for (ending, media) in MEDIA_TYPES {
            assert!(types.contains(&(format!(".{ending}"), (*media).to_owned())), "{ending}");
        }
        let hidden: Vec<String> =
            added("hiddenSegments", "segment", "segment").into_iter().map(|(name, _)| name).collect();
        assert_eq!(hidden, [FOR_THE_HOST, &[FOR_THE_HOST_DIRECTORY]].concat());
        for part in ["RESPONSE_Content-Encoding", "RESPONSE_Cache-Control", IMMUTABLE, "URL=\"index.html\""] {
            assert!(text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()), "{part}");
        }
    }

    #[test]
    fn every_host_is_told_the_whole_of_what_each_answer_carries() {
        let answers = Answers { connect: "https:", images: "", style: "", hashed: &[] };
        // Our server spells its policy itself, with the origins that it knows: the suite `hosts` asks it.
        let with_headers = |(name, _): &(&str, String)| !matches!(*name, "_redirects" | "headers.json");
        for (file, text) in answers.files().unwrap().into_iter().filter(with_headers) {
            for (name, value) in answers.everywhere() {
                assert!(text.contains(name) && text.contains(&value), "{file}: {name}");
            }
        }
    }
}
