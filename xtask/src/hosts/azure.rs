//! `staticwebapp.config.json` as Azure Static Web Apps documents it.

use serde_json::Value;

use super::Host;
use super::answer::{Answer, Question};
use super::expectations::Promise;
use super::site::Site;
use crate::error::{Error, Result};

/// The service refuses a larger file.
const LARGEST: usize = 20 * 1024;

/// The file and the page.
pub(super) struct Rules<'a> {
    site: &'a Site,
    configuration: Value,
}

impl<'a> Rules<'a> {
    /// Reads the file.
    pub(super) fn read(site: &'a Site) -> Result<Self> {
        let bytes = site.contents("staticwebapp.config.json")?;
        if bytes.len() > LARGEST {
            return Err(Error::Build(format!(
                "staticwebapp.config.json has {} bytes, the limit is {LARGEST}",
                bytes.len()
            )));
        }
        let configuration = serde_json::from_slice(&bytes)
            .map_err(|error| Error::Build(format!("staticwebapp.config.json: {error}")))?;
        Ok(Self { site, configuration })
    }

    fn list(&self, pointer: &str) -> impl Iterator<Item = &Value> {
        self.configuration.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.configuration.pointer(pointer).and_then(Value::as_str)
    }

    /// The file that is sent, if any: the one asked for, or the page unless the address is excluded.
    fn file<'b>(&'b self, path: &'b str) -> Option<&'b str> {
        let name = path.trim_start_matches('/');
        let name = if name.is_empty() { "index.html" } else { name };
        if self.site.has(name) {
            return Some(name);
        }
        let is_excluded =
            self.list("/navigationFallback/exclude").filter_map(Value::as_str).any(|one| matches(one, path));
        let page = self.text("/navigationFallback/rewrite")?;
        (!is_excluded).then(|| page.trim_start_matches('/'))
    }
}

impl Host for Rules<'_> {
    fn promises(&self) -> &'static [Promise] {
        &[Promise::MediaTypes, Promise::HidesItsFiles, Promise::EveryAddress, Promise::ForgetsMissing]
    }

    fn ask(&self, question: &Question<'_>) -> Result<Answer> {
        let path = question.path.split('?').next().unwrap_or_default();
        // The first route that fits is the only one.
        let route = self
            .list("/routes")
            .find(|rule| rule.get("route").and_then(Value::as_str).is_some_and(|route| matches(route, path)));
        let is_refused = route.and_then(|rule| rule.get("statusCode")).is_some();
        let (status, name) = match self.file(path).filter(|_| !is_refused) {
            Some(name) => (200, name),
            None => {
                (404, self.text("/responseOverrides/404/rewrite").unwrap_or_default().trim_start_matches('/'))
            }
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        let sets = [self.configuration.get("globalHeaders"), route.and_then(|rule| rule.get("headers"))];
        for (key, value) in sets.into_iter().flatten().filter_map(Value::as_object).flatten() {
            let key = key.to_ascii_lowercase();
            headers.retain(|(one, _)| *one != key);
            headers.push((key, value.as_str().unwrap_or_default().to_string()));
        }
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        if let Some(media) = self.text(&format!("/mimeTypes/.{ending}")) {
            headers.push(("content-type".to_string(), media.to_string()));
        }
        Ok(Answer { status, headers, body: self.site.contents(name)? })
    }
}

/// Exact, everything below a `/*`, or those of it with one of the endings in `*.{a,b}`.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let endings = rest.strip_prefix(".{").and_then(|rest| rest.strip_suffix('}'));
    let has_ending = |endings: &str| {
        path.rsplit_once('.').is_some_and(|(_, ending)| endings.split(',').any(|one| one == ending))
    };
    path.starts_with(start) && endings.is_none_or(has_ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_exact_or_end_in_a_star_with_or_without_endings() {
        assert!(matches("/a", "/a") && !matches("/a", "/a/b"));
        assert!(matches("/a/*", "/a/b") && !matches("/a/*", "/a"));
        assert!(matches("/*.{js,css}", "/x.css") && !matches("/*.{js,css}", "/x.png"));
    }
}
