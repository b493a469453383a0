//! Whether a connector keeps the rules of `docs/device-services/http.md`, asked from outside: one line for each rule.
//!
//! Without [`Plan::really_reset`] nothing happens to a device but, where the connector offers it, that it is asked to check in.

mod commands;
mod devices;
mod keeps;
mod talk;

use super::calls::Connector;
use super::wire::{CapabilitiesWire, PasscodeFrom};
use super::{HttpServiceError, HttpServiceSettings};
use crate::domain::finding::Finding;
use crate::ports::{Clock, Randomness, RandomnessError};
use portal_contract::ActionName;
use std::sync::Arc;
use std::time::Duration;
use talk::Talk;

/// What is checked, and with what.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// A person who has devices; without one only what needs none is checked.
    pub person: Option<String>,
    /// One of them; the first, if none is named.
    pub device: Option<String>,
    /// Whether its passcode may be reset. Otherwise it is asked to check in at most.
    pub really_reset: bool,
    /// A command of an earlier check: the connector has to know it still, also started again since.
    pub remembered: Option<String>,
    /// How long a device may take.
    pub patience: Duration,
    /// How often it is asked about; as often as the connector allows, if `None`.
    pub between: Option<Duration>,
}

/// How a rule is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Ok,
    /// It is not; what came instead, and what to do.
    Wrong(String),
    /// It was not looked at; why.
    Skipped(String),
}

/// A rule and how it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The rule.
    pub what: Rule,
    /// How it is kept.
    pub verdict: Verdict,
}

impl Line {
    /// The same as it is told of a whole configuration; `None` for a rule that was not looked at.
    #[must_use]
    pub fn into_finding(self) -> Option<Finding> {
        let what = self.what.as_str().to_owned();
        match self.verdict {
            Verdict::Ok => Some(Finding::right(what)),
            Verdict::Wrong(why) => Some(Finding::wrong(what, &why)),
            Verdict::Skipped(_) => None,
        }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = self.what.as_str();
        match &self.verdict {
            Verdict::Ok => write!(formatter, "ok       {what}"),
            Verdict::Wrong(why) => write!(formatter, "WRONG    {what}: {why}"),
            Verdict::Skipped(why) => write!(formatter, "skipped  {what}: {why}"),
        }
    }
}

macro_rules! rules {
    ($($(#[$meta:meta])* $rule:ident = $words:literal,)+) => {
        /// The rules that can be seen from outside.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[$meta])* #[doc = $words] $rule,)+
        }

        impl Rule {
            /// Every rule, in the order in which they are told.
            pub const ALL: &'static [Self] = &[$(Self::$rule),+];

            /// The rule in words.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$rule => $words,)+
                }
            }
        }
    };
}

rules! {
    SaysWhatItCanDo = "it says what it can do",
    AnswersThePortalOnly = "it answers nobody without the portal's token",
    ErrorsAreProblems = "errors are problem documents (RFC 9457)",
    NeverArrivedIsNotFound = "a command that never arrived is 404 `notFound`",
    UnknownPersonHasNoDevices = "a person it does not know has no devices",
    PagesAreOneList = "pages of devices are one list in a stable order",
    DevicesCanBeRead = "every device can be read",
    DevicesAreTheirPersons = "a device is shown to its own person only",
    UnknownDeviceIsRefused = "a command for a device that is not there is refused (422)",
    ExpiredIsRefused = "an expired command is refused (422)",
    SameTwiceIsOne = "the same command twice is one (200), another body is refused (409)",
    TwoAtOnceAreOne = "the same command twice at the same moment is one",
    ArrivedIsNeverNotFound = "a command that arrived is never 404",
    StatesGoForward = "states go forward only, and an ending is final",
    EndedIsRemembered = "a command is remembered after its end",
    PasscodeIsRepeatable = "a passcode of the service is told again, the same, and not to be stored",
    CategoriesCanBeRead = "the categories can be read, each with an identifier and a name of its own",
    UnknownCategoryIsRefused = "a category that there is not is refused (422)",
    ComplianceCanBeRead = "the rules that a device does not meet can be read, by its own person only",
    AppsCanBeRead = "the applications of a device can be read, by its own person only",
    KeyIsToldAsASecret = "a key that was asked for is told again, the same, and not to be stored",
    NoPasscodeElsewhere = "no other answer holds a passcode or a key",
    RememberedAfterRestart = "a command of an earlier check is remembered",
}

/// The lines so far.
#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn add(&mut self, what: Rule, verdict: Verdict) {
        self.0.push(Line { what, verdict });
    }

    /// Kept, or not: the reason.
    fn judge(&mut self, what: Rule, outcome: Result<(), String>) {
        self.add(what, outcome.map_or_else(Verdict::Wrong, |()| Verdict::Ok));
    }

    fn skip(&mut self, rules: &[Rule], why: &str) {
        for rule in rules {
            self.add(*rule, Verdict::Skipped(why.to_owned()));
        }
    }

    /// In the rules' order; a rule that was not come to is skipped.
    fn all(mut self, why: &str) -> Vec<Line> {
        for rule in Rule::ALL {
            if !self.0.iter().any(|line| line.what == *rule) {
                self.add(*rule, Verdict::Skipped(why.to_owned()));
            }
        }
        self.0.sort_by_key(|line| line.what);
        self.0
    }
}

/// Checks a connector. The answer has a line for each rule; the connector keeps them if none is [`Verdict::Wrong`].
///
/// # Errors
/// [`HttpServiceError`] when there can be no client for it, or no randomness.
pub async fn check(
    settings: &HttpServiceSettings,
    plan: &Plan,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
) -> Result<Vec<Line>, HttpServiceError> {
    let connector = Connector::new(
        &settings.name,
        &settings.url,
        settings.certificates.as_deref(),
        settings.authorization.clone(),
        Arc::clone(&clock),
    );
    let connector = connector.map_err(|error| HttpServiceError(error.to_string()))?;
    let no_randomness = |RandomnessError| HttpServiceError("there is no randomness".to_owned());
    let talk = Talk::new(connector, clock, randomness.as_ref()).map_err(no_randomness)?;
    let mut lines = Lines::default();
    let Some(offer) = capabilities(&talk, &mut lines).await else {
        return Ok(lines.all("it did not say what it can do"));
    };
    strangers(&talk, &mut lines).await;
    never_arrived(&talk, &offer, &mut lines).await;
    remembered(&talk, plan, &mut lines).await;
    keeps::categories(&talk, &offer, &mut lines).await;
    let why = match &plan.person {
        None => "name a person with --person",
        Some(person) => {
            let found = devices::check(&talk, person, plan.device.as_deref(), &mut lines).await;
            commands::unknown_device(&talk, person, &mut lines).await;
            match found {
                None => "there is no such device: name another with --device",
                Some(device) => {
                    keeps::of_device(&talk, &offer, person, &device, &mut lines).await;
                    keeps::unknown_category(&talk, &offer, person, &device, &mut lines).await;
                    commands::check(&talk, &offer, plan, person, &device, &mut lines).await;
                    keeps::key(&talk, &offer, plan, person, &device, &mut lines).await;
                    "it was not come to"
                }
            }
        }
    };
    lines.judge(Rule::ErrorsAreProblems, talk.problems());
    lines.judge(Rule::NoPasscodeElsewhere, talk.leaks());
    Ok(lines.all(why))
}

async fn capabilities(talk: &Talk, lines: &mut Lines) -> Option<CapabilitiesWire> {
    let said = match talk.get("/capabilities").await {
        Ok(said) => said,
        Err(why) => {
            lines.add(Rule::SaysWhatItCanDo, Verdict::Wrong(why));
            return None;
        }
    };
    let wire: Option<CapabilitiesWire> = said.read(200);
    let Some(wire) = wire else {
        let why = said.instead_of("200 with the capabilities");
        lines.add(Rule::SaysWhatItCanDo, Verdict::Wrong(why));
        return None;
    };
    let complaint = if wire.contract != super::words::CONTRACT {
        Some("`contract` must be \"1\": the portal offers no action otherwise")
    } else if wire.product.is_empty() || wire.product_version.is_empty() {
        Some("`product` and `productVersion` are missing")
    } else if wire.actions.is_empty() || wire.actions.contains(&ActionName::Other) {
        Some("`actions` must name actions of the document (ActionName), at least one")
    } else if wire.passcode_from == PasscodeFrom::Other {
        Some("`passcodeFrom` must be \"portal\", \"service\" or \"none\"")
    } else if wire.poll_seconds.is_some_and(|seconds| !(1..=60).contains(&seconds)) {
        Some("`pollSeconds` must be 1 to 60")
    } else {
        None
    };
    lines.judge(Rule::SaysWhatItCanDo, complaint.map_or(Ok(()), |why| Err(why.to_owned())));
    Some(wire)
}

async fn strangers(talk: &Talk, lines: &mut Lines) {
    let mut outcome = Ok(());
    for (token, who) in
        [(None, "no token"), (Some("bm90IHRoZSBwb3J0YWwncyB0b2tlbiwgYnV0IDMyIGJ5dGVz"), "a wrong token")]
    {
        match talk.as_stranger("/capabilities", token).await {
            Ok(said) if said.status == 401 => {}
            Ok(said) => outcome = Err(format!("with {who}: {}", said.instead_of("401"))),
            Err(why) => outcome = Err(why),
        }
    }
    lines.judge(Rule::AnswersThePortalOnly, outcome);
}

async fn never_arrived(talk: &Talk, offer: &CapabilitiesWire, lines: &mut Lines) {
    let id = talk.fresh_id();
    let mut calls = vec![talk.get(&format!("/commands/{id}")).await];
    if offer.cancel {
        calls.push(talk.cancel(&id).await);
    }
    if offer.passcode_from == PasscodeFrom::Service {
        calls.push(talk.get(&format!("/commands/{id}/passcode")).await);
    }
    let outcome = calls.into_iter().try_for_each(|said| said?.must_be_not_found());
    lines.judge(Rule::NeverArrivedIsNotFound, outcome);

    let nobody = talk.get(&format!("/people/{}/devices?limit=100", talk.fresh_id())).await;
    let outcome = nobody.and_then(|said| {
        let list: Option<super::wire::DeviceList> = said.read(200);
        match list.filter(|list| list.devices.is_empty() && list.next_after.is_none()) {
            Some(_) => Ok(()),
            None => Err(said.instead_of("200 with no devices")),
        }
    });
    lines.judge(Rule::UnknownPersonHasNoDevices, outcome);
}

async fn remembered(talk: &Talk, plan: &Plan, lines: &mut Lines) {
    let Some(id) = &plan.remembered else { return };
    let outcome = commands::state(talk, id).await.map(drop);
    lines.judge(Rule::RememberedAfterRestart, outcome);
}
