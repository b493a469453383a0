//! Just enough HTML reading to rewrite the `<link>` and `<script>` elements of Trunk's `index.html`.
//!
//! The file is our own, so this is no parser for the web: it knows comments, attributes in double quotes, single quotes
//! or none, and that a script ends at `</script>`.

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
pub(crate) fn parse(html: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, here) = rest.split_at(at);
        text.push_str(before);
        if let Some(comment) = here.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some((tag, after)) = element(here, "link") {
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(Part::Link(tag));
            rest = after;
        } else if let Some((tag, after)) = element(here, "script") {
            let (body, after) = after.split_once("</script>").unwrap_or((after, ""));
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(Part::Script(tag, body.to_string()));
            rest = after;
        } else {
            text.push('<');
            rest = here.get(1..).unwrap_or("");
        }
    }
    text.push_str(rest);
    parts.push(Part::Text(text));
    parts
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

/// Reads `<name …>` at the start of `html`.
fn element<'a>(html: &'a str, name: &'static str) -> Option<(Tag, &'a str)> {
    let after = html.strip_prefix('<')?;
    let head = after.get(..name.len())?;
    let mut rest = after.get(name.len()..)?;
    if !head.eq_ignore_ascii_case(name)
        || !rest.starts_with(|one: char| one.is_whitespace() || one == '>' || one == '/')
    {
        return None;
    }
    let mut tag = Tag { name, attributes: Vec::new() };
    loop {
        rest = rest.trim_start().trim_start_matches('/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((tag, after));
        }
        let end = rest.find(|one: char| one.is_whitespace() || matches!(one, '=' | '>' | '/'))?;
        let (attribute, after) = rest.split_at(end);
        if attribute.is_empty() {
            // A stray sign: skip it rather than stand still.
            rest = after.get(1..)?;
            continue;
        }
        rest = after.trim_start();
        let value = match rest.strip_prefix('=') {
            None => None,
            Some(after) => {
                let after = after.trim_start();
                let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
                    quoted.split_once('"')?
                } else if let Some(quoted) = after.strip_prefix('\'') {
                    quoted.split_once('\'')?
                } else {
                    after.split_at(after.find(|one: char| one.is_whitespace() || one == '>')?)
                };
                rest = after;
                Some(value.to_string())
            }
        };
        tag.attributes.push((attribute.to_ascii_lowercase(), value));
    }
}

#[cfg(test)]
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
        let parts = parse(PAGE);
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
        let once = write(&parse(PAGE));
        assert_eq!(write(&parse(&once)), once);
    }

    #[test]
    fn an_attribute_can_be_set_and_read() {
        let mut tag = Tag::new("link", &[("rel", "icon")]);
        tag.set("href", "/x\"y");
        assert_eq!(tag.get("href"), Some("/x\"y"));
        assert_eq!(tag.write(), "<link rel=\"icon\" href=\"/x&quot;y\">");
    }
}
