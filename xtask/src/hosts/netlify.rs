//! `_headers` and `_redirects` as Netlify and Cloudflare read them, where the two differ as the stricter does.
//!
//! Their documentation, not their program: what is written here is what we believe about them.

use super::Host;
use super::answer::{Answer, Question};
use super::expectations::Promise;
use super::site::Site;
use crate::error::{Error, Result};

/// Cloudflare reads no more rules than this.
const MOST_RULES: usize = 100;
/// Cloudflare reads no longer lines than this.
const LONGEST_LINE: usize = 2000;

/// What `_headers` sets for a pattern of addresses; names in lower case.
struct Rule {
    pattern: String,
    headers: Vec<(String, String)>,
}

/// The two files and the page.
pub(super) struct Rules<'a> {
    site: &'a Site,
    headers: Vec<Rule>,
    rewrites: Vec<(String, String)>,
}

impl<'a> Rules<'a> {
    /// Reads both files; what the hosts would drop is an error.
    pub(super) fn read(site: &'a Site) -> Result<Self> {
        let text = |name: &str| site.contents(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let headers = header_rules(&text("_headers")?)?;
        let rewrites = rewrites(&text("_redirects")?)?;
        Ok(Self { site, headers, rewrites })
    }
}

impl Host for Rules<'_> {
    fn promises(&self) -> &'static [Promise] {
        &[]
    }

    fn ask(&self, question: &Question<'_>) -> Result<Answer> {
        let path = question.path.split('?').next().unwrap_or_default();
        // Cloudflare follows a rule even where there is a file, Netlify does not.
        let target = self.rewrites.iter().find(|(from, _)| matches(from, path)).map(|(_, to)| to.as_str());
        let name = target.unwrap_or(path).trim_start_matches('/');
        let name = if name.is_empty() { "index.html" } else { name };
        let (status, name) = if self.site.has(name) { (200, name) } else { (404, "404.html") };
        let rules = self.headers.iter().filter(|rule| matches(&rule.pattern, path));
        let headers = rules.flat_map(|rule| rule.headers.iter().cloned()).collect();
        Ok(Answer { status, headers, body: self.site.contents(name)? })
    }
}

/// Exact, or everything below a `/*`.
fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == pattern,
    }
}

fn header_rules(text: &str) -> Result<Vec<Rule>> {
    let mut rules: Vec<Rule> = Vec::new();
    let wrong = |line: &str| Error::Build(format!("_headers: not a line of this format: {line}"));
    for line in text.lines() {
        if line.len() > LONGEST_LINE {
            return Err(wrong(line));
        }
        match (line.strip_prefix("  "), rules.last_mut()) {
            (None, _) if line.starts_with('/') => {
                rules.push(Rule { pattern: line.to_string(), headers: Vec::new() });
            }
            (Some(header), Some(rule)) => {
                let (name, value) = header.split_once(": ").ok_or_else(|| wrong(line))?;
                rule.headers.push((name.to_ascii_lowercase(), value.to_string()));
            }
            (None | Some(_), _) => return Err(wrong(line)),
        }
    }
    if rules.len() > MOST_RULES {
        return Err(Error::Build(format!("_headers has {} rules, {MOST_RULES} are read", rules.len())));
    }
    Ok(rules)
}

fn rewrites(text: &str) -> Result<Vec<(String, String)>> {
    text.lines()
        .map(|line| match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            // Cloudflare strips `index.html` from a target and drops what then leads to itself.
            [from, to, "200"] if !to.ends_with("/index.html") => Ok(((*from).to_string(), (*to).to_string())),
            _ => Err(Error::Build(format!("_redirects: a rule that Cloudflare drops: {line}"))),
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn two_rules_for_one_address_are_both_applied() {
        let rules = header_rules("/*\n  A: 1\n/a\n  A: 2\n").unwrap();
        assert_eq!(rules.iter().filter(|rule| matches(&rule.pattern, "/a")).count(), 2);
        assert!(header_rules("  A: 1\n").is_err() && header_rules("a\n").is_err());
    }

    #[test]
    fn a_rewrite_that_cloudflare_drops_is_an_error() {
        assert!(rewrites("/devices / 200\n").is_ok());
        assert!(rewrites("/* /index.html 200\n").is_err());
        assert!(rewrites("/sbom/* /404.html 404\n").is_err());
    }
}
