//! `index.html` as it is served: what `trunk serve` puts in while developing, in its final form.

use regex_lite::Regex;

use super::module::Modules;
use super::{Asset, digest};
use crate::error::{Error, Result};

/// What goes into the document.
pub(super) struct Parts<'a> {
    pub(super) icon: &'a Asset,
    /// The style sheet itself: it would be one more request before the first paint.
    pub(super) style: &'a str,
    /// The list of languages, as JSON.
    pub(super) languages: &'a str,
    pub(super) boot: &'a Asset,
    pub(super) modules: &'a Modules,
}

/// Puts the parts into the places of the source, without its comments, indentation and empty lines.
pub(super) fn fill(source: &str, parts: &Parts<'_>) -> Result<String> {
    let loaded = |asset: &Asset| {
        format!("=\"{}\" integrity=\"{}\" crossorigin=\"anonymous\"", asset.address(), asset.integrity)
    };
    let Modules { first, script } = parts.modules;
    let places = [
        (
            r#"<link data-trunk rel="icon"[^>]*>"#,
            format!("<link rel=\"icon\" href=\"{}\">", parts.icon.address()),
        ),
        (r#"<link data-trunk rel="css"[^>]*>"#, format!("<style>{}</style>", parts.style)),
        (
            r#"<script type="application/json" id="languages">\[\]</script>"#,
            format!("<script type=\"application/json\" id=\"languages\">{}</script>", parts.languages),
        ),
        (
            r#"<script data-trunk src="boot.js"></script>"#,
            format!("<script src{}></script>", loaded(parts.boot)),
        ),
        (
            r#"<link data-trunk rel="rust"[^>]*>"#,
            format!(
                "<link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" href{}>\n\
                 <link rel=\"modulepreload\" href{}>\n<script type=\"module\" src{}></script>",
                loaded(first),
                loaded(script),
                loaded(script)
            ),
        ),
    ];
    let mut html = pattern("(?s)<!--.*?-->")?.replace_all(source, "").into_owned();
    for (place, part) in places {
        let place = pattern(place)?;
        if place.find_iter(&html).count() != 1 {
            return Err(misfit(&format!("has not exactly one `{place}`")));
        }
        html = place.replace(&html, regex_lite::NoExpand(&part)).into_owned();
    }
    if html.contains("data-trunk") {
        return Err(misfit("names a file that is not put in"));
    }
    let lines: Vec<&str> = html.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Ok(lines.join("\n") + "\n")
}

/// How the policy has to name the style sheet that stands in a finished document: by its digest.
pub(super) fn style_source(html: &str) -> Option<String> {
    style(html).map(|style| format!("'{}'", digest::short_integrity(style.as_bytes())))
}

fn style(html: &str) -> Option<&str> {
    html.split_once("<style>")?.1.split_once("</style>").map(|(style, _)| style)
}

fn pattern(text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|error| Error::Build(error.to_string()))
}

fn misfit(what: &str) -> Error {
    Error::Build(format!("index.html {what}.\nWhat to do: compare it with xtask/src/dist/document.rs."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn filled(source: &str) -> Result<String> {
        let asset = |name: &str| Asset { name: name.to_string(), integrity: format!("sha384-{name}") };
        let parts = Parts {
            icon: &asset("icon.svg"),
            style: "a{b:c$0}",
            languages: "[1]",
            boot: &asset("boot.js"),
            modules: &Modules { first: asset("portal.wasm"), script: asset("portal.js") },
        };
        fill(source, &parts)
    }

    #[test]
    fn every_place_of_our_document_is_filled_once() {
        let source = include_str!("../../../index.html");
        let html = filled(source).unwrap();
        for name in ["icon.svg", "boot.js", "portal.wasm"] {
            assert_eq!(html.matches(&format!("/assets/{name}\"")).count(), 1, "{name}");
        }
        assert_eq!(html.matches("/assets/portal.js\"").count(), 2, "announced and run");
        assert_eq!(html.matches("integrity=").count(), 4);
        assert_eq!(style(&html), Some("a{b:c$0}"));
        assert!(html.contains("id=\"languages\">[1]<") && !html.contains("<!--"));
    }

    #[test]
    fn a_document_with_a_place_too_many_or_too_few_is_refused() {
        let source = include_str!("../../../index.html");
        let boot = "<script data-trunk src=\"boot.js\"></script>";
        let more = source.replace(boot, &format!("{boot}{boot}"));
        let other = source.replace(boot, &format!("{boot}<script data-trunk src=\"other.js\"></script>"));
        for wrong in [source.replace(boot, ""), more, other] {
            assert!(filled(&wrong).is_err());
        }
    }
}
