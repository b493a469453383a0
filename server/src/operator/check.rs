//! `check`: what is set up right, and what to change, one line each.

use crate::composition;
use crate::config::{Settings, origin_of};
use crate::domain::finding::{Finding, Verdict};
use crate::oidc::diagnosis;
use crate::oidc::online::{self, Question};
use crate::ports::Clock;
use std::path::{Path, PathBuf};

/// What is looked at beside the configuration itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckUp {
    /// The provider and the device services are asked.
    pub online: bool,
    /// A file with a token: would it be accepted?
    pub token: Option<PathBuf>,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report(Vec<Finding>);

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.0.iter().all(|finding| finding.verdict != Verdict::Wrong)
    }

    /// One line each, and the sum.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let count = |verdict| self.0.iter().filter(|finding| finding.verdict == verdict).count();
        let sum = format!(
            "{} ok, {} notes, {} wrong",
            count(Verdict::Right),
            count(Verdict::Note),
            count(Verdict::Wrong)
        );
        self.0.iter().map(ToString::to_string).chain(std::iter::once(sum)).collect()
    }
}

/// Looks at what is asked for. The configuration has been read, so it has no mistake of its own.
pub async fn check(settings: &Settings, wanted: &CheckUp, clock: &dyn Clock) -> Report {
    let mut findings = vec![Finding::right("configuration: read".to_owned())];
    findings.extend(mode(settings));
    if wanted.online {
        let page_origins: Vec<String> = pages(settings).iter().filter_map(|page| origin_of(page)).collect();
        let question = Question {
            rules: &settings.tokens,
            access: &settings.provider,
            client: settings.session.as_ref().map(|session| &session.client),
            page_origins: &page_origins,
            now: clock.now(),
        };
        match online::ask(&question).await {
            Ok(answers) => findings.extend(answers),
            Err(error) => findings
                .push(Finding::wrong(format!("provider: {error}"), "no HTTP client can be set up here")),
        }
        findings.extend(composition::look_at_device_services(settings).await);
    }
    if let Some(file) = &wanted.token {
        findings.extend(token(settings, file, clock));
    }
    Report(findings)
}

/// What the mode asks for, and the page's own configuration in token mode.
fn mode(settings: &Settings) -> Vec<Finding> {
    if let Some(session) = &settings.session {
        return vec![Finding::right(format!(
            "session mode: the provider returns to {0}{1} and {0}{2}, and after a sign-out to {0}{3}",
            session.client.home,
            portal_contract::session::CALLBACK,
            portal_contract::session::SIGNED_OUT,
            portal_contract::session::SIGNED_OUT_SCREEN
        ))];
    }
    let mut findings = pages(settings)
        .iter()
        .map(|page| {
            Finding::right(format!(
                "token mode: the provider returns to {page}/callback, and after a sign-out to {page}/signed-out"
            ))
        })
        .collect::<Vec<_>>();
    match page_config(settings) {
        Some(config) => findings.extend(diagnosis::page(&settings.tokens, &config)),
        None => findings.push(Finding::note(
            "config.json: not seen from here".to_owned(),
            "the page is served elsewhere; its authority has to be oidc.issuer, its scopes have to contain oidc.required_scope",
        )),
    }
    findings
}

/// The page's configuration as it is served from here.
fn page_config(settings: &Settings) -> Option<serde_json::Value> {
    let page = settings.page.as_ref()?;
    let of_file = || {
        let text = std::fs::read_to_string(page.folder.join("config.json")).ok()?;
        serde_json::from_str(&text).ok()
    };
    page.config.clone().or_else(of_file)
}

/// Where the page is, in token mode.
fn pages(settings: &Settings) -> Vec<String> {
    if settings.session.is_some() {
        return Vec::new();
    }
    let own = settings.public_base_url.as_deref().filter(|_| settings.page.is_some());
    own.map(str::to_owned).into_iter().chain(settings.page_origins.iter().cloned()).collect()
}

fn token(settings: &Settings, file: &Path, clock: &dyn Clock) -> Vec<Finding> {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            let client = settings.session.as_ref().map(|session| &session.client);
            diagnosis::token(&settings.tokens, client, &text, clock.now())
        }
        Err(error) => vec![Finding::wrong(
            format!("token: {}: {error}", file.display()),
            "name a file with one token in it",
        )],
    }
}
