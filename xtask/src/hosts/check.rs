//! Compares what a host answers with the table.

use super::Host;
use super::answer::{Answer, Question};
use super::expectations::{self, EVERYWHERE, Expectation, File, NO_STORE, Promise, Wanted};
use super::site::{SECRET, Site};
use crate::error::{Error, Result};

/// What was wrong with an answer, if anything.
pub(super) type Verdict = std::result::Result<(), String>;

/// Asks everything in the table and says of each whether the answer was right.
pub(super) fn all(host: &dyn Host, site: &Site) -> Result<Vec<Verdict>> {
    let mut verdicts = Vec::new();
    for expectation in expectations::table(site, host.promises()) {
        let question = Question { path: &expectation.path, accepts: expectation.accepts };
        let wrong = match host.ask(&question) {
            Ok(answer) => wrong_with(&answer, &expectation, host.promises(), site)?,
            Err(error @ Error::Interrupted) => return Err(error),
            Err(error) => vec![error.to_string()],
        };
        verdicts.push(if wrong.is_empty() {
            Ok(())
        } else {
            let accepts = expectation.accepts.unwrap_or("nothing");
            Err(format!("{} (Accept-Encoding: {accepts}): {}", expectation.path, wrong.join("; ")))
        });
    }
    Ok(verdicts)
}

fn wrong_with(
    answer: &Answer,
    expectation: &Expectation,
    promises: &[Promise],
    site: &Site,
) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut expect = |name: &str, wanted: Option<&str>| {
        let found = answer.header(name);
        if found.as_deref() != wanted {
            wrong.push(format!("{name} is {}, not {}", quoted(found.as_deref()), quoted(wanted)));
        }
    };
    // A request that leads nowhere may be refused before any rule is read.
    if !matches!(expectation.wanted, Wanted::NothingOutside) {
        for (name, value) in EVERYWHERE {
            expect(name, Some(value));
        }
    }
    match &expectation.wanted {
        Wanted::File(file) => {
            expect("cache-control", Some(file.cache));
            expect("content-encoding", file.encoding);
            if promises.contains(&Promise::MediaTypes) {
                expect("content-type", Some(file.media));
            }
            if promises.contains(&Promise::Gzip) && site.has(&format!("{}.gz", file.name)) {
                expect("vary", Some("Accept-Encoding"));
            }
            wrong.extend(wrong_contents(answer, file, site)?);
        }
        Wanted::PageOrNotFound => {
            let is_status =
                answer.status == 200 || (answer.status == 404 && !promises.contains(&Promise::EveryAddress));
            if !is_status || answer.body != site.contents("index.html")? {
                wrong.push(format!("status {}, or not the page", answer.status));
            }
        }
        Wanted::NotFound => {
            if promises.contains(&Promise::ForgetsMissing) {
                expect("cache-control", Some(NO_STORE));
            } else if answer.header("cache-control").is_some_and(|text| text.contains("max-age=31536000")) {
                wrong.push("a missing file is stored for a year".to_string());
            }
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
    Ok(wrong)
}

fn wrong_contents(answer: &Answer, file: &File, site: &Site) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    if answer.status != 200 {
        wrong.push(format!("status {}, not 200", answer.status));
    }
    let body = file.body(site)?;
    if answer.body != body {
        wrong.push(format!("{} bytes that are not the {} of {}", answer.body.len(), body.len(), file.name));
    }
    Ok(wrong)
}

fn quoted(value: Option<&str>) -> String {
    value.map_or("absent".to_string(), |value| format!("`{value}`"))
}
