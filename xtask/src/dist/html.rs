//! Just enough HTML reading to rewrite the `<link>` and `<script>` elements of Trunk's `index.html`.
//!
//! The file is our own, so this is no parser for the web: it knows comments, attributes in double quotes, single quotes
//! or none, and that a script ends at `</script>`. A `>` within an attribute would end the element.

use regex_lite::Regex;

use crate::error::{Error, Result};

/// An element's name and attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    name: &'static str,
    attributes: Vec<(String, Option<String>)>,
}

/// A piece of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Anything else, as it stands.
    Text(String),
    /// A `<link>`.
    Link(Tag),
    /// A `<script>` with what is in it.
    Script(Tag, String),
}

impl Tag {
    /// An element with these attributes.
    pub(crate) fn new(name: &'static str, attributes: &[(&str, &str)]) -> Self {
        let mut tag = Self { name, attributes: Vec::new() };
        for (name, value) in attributes {
            tag.set(name, value);
        }
        tag
    }

    /// The value of an attribute; empty for one without a value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_deref().unwrap_or(""))
    }

    /// Sets an attribute.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(one, _)| one == name) {
            Some((_, old)) => *old = Some(value.to_string()),
            None => self.attributes.push((name.to_string(), Some(value.to_string()))),
        }
    }

    /// Whether it is a link of this relation.
    pub(crate) fn has_rel(&self, rel: &str) -> bool {
        self.get("rel").is_some_and(|all| all.split_whitespace().any(|one| one == rel))
    }

    fn write(&self) -> String {
        let mut text = format!("<{}", self.name);
        for (name, value) in &self.attributes {
            match value {
                Some(value) => text.push_str(&format!(" {name}=\"{}\"", value.replace('"', "&quot;"))),
                None => text.push_str(&format!(" {name}")),
            }
        }
        text.push('>');
        text
    }
}

/// Cuts a document into parts; comments are dropped, for nobody reads them in a browser.
pub(crate) fn parse(html: &str) -> Result<Vec<Part>> {
    let pieces = pattern(r"(?s)<!--.*?-->|<link([\s/][^>]*)?>|<script(\s[^>]*)?>(.*?)</script>")?;
    let attributes = pattern(r#"([^\s=/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?"#)?;
    let tag = |name, text: &str| {
        let attributes = attributes.captures_iter(text).map(|one| {
            let value = [2, 3, 4].into_iter().find_map(|group| one.get(group));
            let name = one.get(1).map_or("", |name| name.as_str()).to_ascii_lowercase();
            (name, value.map(|value| value.as_str().to_string()))
        });
        Tag { name, attributes: attributes.collect() }
    };
    let (mut parts, mut text, mut at) = (Vec::new(), String::new(), 0);
    for piece in pieces.captures_iter(html) {
        let Some(whole) = piece.get(0) else { continue };
        text.push_str(html.get(at..whole.start()).unwrap_or_default());
        at = whole.end();
        let of = |group| piece.get(group).map_or("", |part| part.as_str());
        let part = match whole.as_str() {
            comment if comment.starts_with("<!--") => continue,
            link if link.starts_with("<link") => Part::Link(tag("link", of(1))),
            _ => Part::Script(tag("script", of(2)), of(3).to_string()),
        };
        parts.extend([Part::Text(std::mem::take(&mut text)), part]);
    }
    text.push_str(html.get(at..).unwrap_or_default());
    parts.push(Part::Text(text));
    Ok(parts)
}

fn pattern(text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|error| Error::Build(error.to_string()))
}

/// Puts the parts together again, without the indentation and empty lines of the source.
pub(crate) fn write(parts: &[Part]) -> String {
    let all: String = parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Link(tag) => tag.write(),
            Part::Script(tag, body) => format!("{}{body}</script>", tag.write()),
        })
        .collect();
    let lines: Vec<&str> = all.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html>
<html lang="en"><head>
    <!-- a <script> in a comment is nothing -->
    <link rel="stylesheet" href='/a.css' integrity=sha384-x />
    <linkage>
  <script type="module">
import a from '/a.js'; if (1 < 2) {}
</script>
</head><body><script defer src="/b.js"></script></body></html>"#;

    #[test]
    fn links_and_scripts_are_found_and_comments_dropped() {
        let parts = parse(PAGE).unwrap();
        let links: Vec<&Tag> = parts
            .iter()
            .filter_map(|part| if let Part::Link(tag) = part { Some(tag) } else { None })
            .collect();
        assert_eq!(links.len(), 1);
        assert!(
            links.iter().all(|tag| tag.has_rel("stylesheet") && tag.get("integrity") == Some("sha384-x"))
        );
        let scripts: Vec<&str> = parts
            .iter()
            .filter_map(|part| if let Part::Script(_, body) = part { Some(body.trim()) } else { None })
            .collect();
        assert_eq!(scripts, ["import a from '/a.js'; if (1 < 2) {}", ""]);
        let written = write(&parts);
        assert!(!written.contains("comment"));
        assert!(written.contains("<linkage>"));
        assert!(written.contains("<script defer src=\"/b.js\"></script>"));
    }

    #[test]
    fn reading_what_was_written_gives_the_same() {
        let once = write(&parse(PAGE).unwrap());
        assert_eq!(write(&parse(&once).unwrap()), once);
    }

    #[test]
    fn an_attribute_can_be_set_and_read() {
        let mut tag = Tag::new("link", &[("rel", "icon")]);
        tag.set("href", "/x\"y");
        assert_eq!(tag.get("href"), Some("/x\"y"));
        assert_eq!(tag.write(), "<link rel=\"icon\" href=\"/x&quot;y\">");
    }
}
