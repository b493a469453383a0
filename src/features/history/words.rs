//! What happened, who did it, from where and with what result, in plain words; and the same as a file for a spreadsheet.

use crate::domain::{Action, Csv, DeviceId, HistoryCause, HistoryEntry, HistoryOrigin, ResultId};
use crate::features::actions::words::refusal_of_action;
use crate::i18n::{Catalogue, Formatter, Text, t};
use crate::words::{Tone, device_name, failure_of_action, moment, name_of};
use portal_contract::{
    ClientBrowser, ClientNetwork, ClientSystem, FailureCode, HistoryActivity, ProblemCode, RefusalReason,
    UtcTime,
};

/// One entry in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntryView {
    /// How good it is.
    pub tone: Tone,
    /// What happened, with its result.
    pub what: Text,
    /// To which device; absent for what is about none.
    pub device: Option<Text>,
    pub when: Text,
    /// Who did it.
    pub who: Text,
    /// From where; absent for what happened without a request.
    pub whence: Option<Text>,
    /// Why it was refused or failed.
    pub why: Option<Text>,
    /// What IT finds it by: the request, else the reset.
    pub reference: Option<String>,
}

/// The words for an entry.
#[must_use]
pub fn history_entry(entry: &HistoryEntry, now: Option<UtcTime>) -> HistoryEntryView {
    let (tone, what) = what(entry);
    let is_about_device = entry.device.is_some() || !entry.device_name.is_empty();
    HistoryEntryView {
        tone,
        what,
        device: is_about_device.then(|| device_name(&entry.device_name)),
        when: moment(entry.when, now),
        who: match entry.person.as_deref().map(str::trim) {
            None => t::history_by_itself(),
            Some("") => t::history_by_unnamed(),
            Some(name) => Text::verbatim(name),
        },
        whence: entry.origin.as_ref().map(whence),
        why: entry.cause.and_then(|cause| why(entry, cause)),
        // One reset has one number everywhere: the one its result shows.
        reference: entry.result.clone().or_else(|| entry.reference.clone()),
    }
}

/// One run of an action from the request to its end, with whatever was done with its result; or what is about no run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRun {
    /// Newest first; at least one.
    entries: Vec<HistoryEntry>,
}

/// The runs of a history, each where its newest entry stands.
#[must_use]
pub fn history_runs(entries: &[HistoryEntry]) -> Vec<HistoryRun> {
    let mut runs: Vec<HistoryRun> = Vec::new();
    for entry in entries {
        let of_result = |run: &&mut HistoryRun| run.entries.iter().any(|known| known.result == entry.result);
        match runs.iter_mut().rev().find(of_result).filter(|_| entry.result.is_some()) {
            Some(run) => run.entries.push(entry.clone()),
            None => runs.push(HistoryRun { entries: vec![entry.clone()] }),
        }
    }
    runs
}

impl HistoryRun {
    /// Which action it is a run of; `None` for what is about none, or about one this page does not know.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        self.entries.iter().find_map(|entry| entry.action.or_else(|| action_of(entry.activity)))
    }

    /// What of it can be reported as not the person's own.
    #[must_use]
    pub fn reportable(&self) -> Option<(DeviceId, ResultId)> {
        self.entries.iter().find_map(HistoryEntry::reportable)
    }

    /// The device it is about.
    #[must_use]
    pub fn device(&self) -> Option<&DeviceId> {
        self.entries.iter().find_map(|entry| entry.device.as_ref())
    }

    /// How it stands: the newest entry that says so. That its passcode was looked at is only what was done with it.
    fn standing(&self) -> Option<&HistoryEntry> {
        let says_so = |entry: &&HistoryEntry| {
            !matches!(
                entry.activity,
                HistoryActivity::PasscodeRevealed
                    | HistoryActivity::PasscodeRevealRefused
                    | HistoryActivity::SecretRevealed
                    | HistoryActivity::SecretRevealRefused
            )
        };
        self.entries.iter().find(says_so).or_else(|| self.entries.first())
    }
}

/// A run in words: how it stands, who asked for it from where, and each step with its moment, from the first to the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRunView {
    /// How it stands. Who and whence are those of the request.
    pub entry: HistoryEntryView,
    /// What happened and when; empty where there is only one thing to tell.
    pub steps: Vec<HistoryStepView>,
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryStepView {
    pub what: Text,
    pub when: Text,
    /// Who did it from where, when that was not who asked for the run from there.
    pub by: Option<(Text, Text)>,
}

/// The words for a run; `None` for one without entries, which there is not.
#[must_use]
pub fn history_run(run: &HistoryRun, now: Option<UtcTime>) -> Option<HistoryRunView> {
    let mut entry = history_entry(run.standing()?, now);
    let views: Vec<HistoryEntryView> =
        run.entries.iter().rev().map(|entry| history_entry(entry, now)).collect();
    let asked = views.iter().find(|view| view.whence.is_some());
    if let Some(asked) = asked {
        entry.who = asked.who.clone();
        entry.whence.clone_from(&asked.whence);
    }
    entry.device = entry.device.or_else(|| views.iter().find_map(|view| view.device.clone()));
    let is_one = views.len() < 2;
    let steps = views.into_iter().filter(|_| !is_one).map(|view| {
        let is_same = view.whence.is_none() || (view.who == entry.who && view.whence == entry.whence);
        let by = view.whence.filter(|_| !is_same).map(|whence| (view.who, whence));
        HistoryStepView { what: view.what, when: view.when, by }
    });
    let steps = steps.collect();
    Some(HistoryRunView { entry, steps })
}

fn what(entry: &HistoryEntry) -> (Tone, Text) {
    match entry.activity {
        HistoryActivity::ResetRequested => (Tone::Info, t::history_reset_requested()),
        HistoryActivity::ResetRefused => (Tone::Warn, t::history_reset_refused()),
        HistoryActivity::ResetDone => (Tone::Good, t::history_reset_done()),
        // Nothing is claimed about a passcode where it is not known what the device did.
        HistoryActivity::ResetFailed if is_uncertain(entry) => (Tone::Warn, t::history_reset_uncertain()),
        HistoryActivity::ResetFailed => (Tone::Bad, t::history_reset_failed()),
        HistoryActivity::ResetCanceled => (Tone::Neutral, t::history_reset_canceled()),
        HistoryActivity::ResetSuperseded => (Tone::Warn, t::history_reset_superseded()),
        HistoryActivity::PasscodeRevealed => (Tone::Info, t::history_passcode_revealed()),
        HistoryActivity::PasscodeRevealRefused => (Tone::Warn, t::history_reveal_refused()),
        HistoryActivity::SecretRevealed => (Tone::Info, t::history_secret_revealed()),
        HistoryActivity::SecretRevealRefused => (Tone::Warn, t::history_secret_refused()),
        HistoryActivity::ReportedUnrecognized => (Tone::Warn, t::history_reported()),
        HistoryActivity::SessionsRevoked => (Tone::Neutral, t::history_sessions_revoked()),
        HistoryActivity::ActionRequested => (Tone::Info, t::history_action_requested(name_of(entry.action))),
        HistoryActivity::ActionRefused => (Tone::Warn, t::history_action_refused(name_of(entry.action))),
        // The person's own act, done at once by the portal itself.
        HistoryActivity::ActionDone if entry.action == Some(Action::Rename) => {
            (Tone::Good, t::history_renamed())
        }
        HistoryActivity::ActionDone => (Tone::Good, t::history_action_done(name_of(entry.action))),
        HistoryActivity::ActionFailed if is_uncertain(entry) => {
            (Tone::Warn, t::history_action_uncertain(name_of(entry.action)))
        }
        HistoryActivity::ActionFailed => (Tone::Bad, t::history_action_failed(name_of(entry.action))),
        HistoryActivity::ActionCanceled => (Tone::Neutral, t::history_action_canceled(name_of(entry.action))),
        HistoryActivity::ActionSuperseded => {
            (Tone::Warn, t::history_action_superseded(name_of(entry.action)))
        }
        HistoryActivity::Other => (Tone::Neutral, t::history_other()),
    }
}

/// Which action the words of a cause speak of: entries about no other action are about the reset.
const fn spoken_of(entry: &HistoryEntry) -> Option<Action> {
    match entry.activity {
        HistoryActivity::ActionRequested
        | HistoryActivity::ActionRefused
        | HistoryActivity::ActionDone
        | HistoryActivity::ActionFailed
        | HistoryActivity::ActionCanceled
        | HistoryActivity::ActionSuperseded => entry.action,
        HistoryActivity::ResetRequested
        | HistoryActivity::ResetRefused
        | HistoryActivity::ResetDone
        | HistoryActivity::ResetFailed
        | HistoryActivity::ResetCanceled
        | HistoryActivity::ResetSuperseded
        | HistoryActivity::PasscodeRevealed
        | HistoryActivity::PasscodeRevealRefused
        | HistoryActivity::SecretRevealed
        | HistoryActivity::SecretRevealRefused
        | HistoryActivity::ReportedUnrecognized
        | HistoryActivity::SessionsRevoked
        | HistoryActivity::Other => Some(Action::ResetPasscode),
    }
}

/// The action whose activity has a name of its own.
const fn action_of(activity: HistoryActivity) -> Option<Action> {
    match activity {
        HistoryActivity::ResetRequested
        | HistoryActivity::ResetRefused
        | HistoryActivity::ResetDone
        | HistoryActivity::ResetFailed
        | HistoryActivity::ResetCanceled
        | HistoryActivity::ResetSuperseded
        | HistoryActivity::PasscodeRevealed
        | HistoryActivity::PasscodeRevealRefused => Some(Action::ResetPasscode),
        HistoryActivity::ActionRequested
        | HistoryActivity::ActionRefused
        | HistoryActivity::ActionDone
        | HistoryActivity::ActionFailed
        | HistoryActivity::ActionCanceled
        | HistoryActivity::ActionSuperseded
        | HistoryActivity::SecretRevealed
        | HistoryActivity::SecretRevealRefused
        | HistoryActivity::ReportedUnrecognized
        | HistoryActivity::SessionsRevoked
        | HistoryActivity::Other => None,
    }
}

const fn is_uncertain(entry: &HistoryEntry) -> bool {
    matches!(entry.cause, Some(HistoryCause::Failed(FailureCode::OutcomeUnknown)))
}

/// Why, where the sentence has not said it already.
fn why(entry: &HistoryEntry, cause: HistoryCause) -> Option<Text> {
    let action = spoken_of(entry);
    let is_reset = action == Some(Action::ResetPasscode);
    let why = match cause {
        HistoryCause::NotAllowed(reason) => refusal_of_action(action, reason).why,
        HistoryCause::Failed(
            FailureCode::OutcomeUnknown | FailureCode::SupersededByErase | FailureCode::CanceledByUser,
        ) if !is_reset => return None,
        HistoryCause::Failed(code) => failure_of_action(action, code).0,
        HistoryCause::Refused(code) => match code {
            ProblemCode::InsufficientUserAuthentication => t::history_sign_in_too_old(),
            ProblemCode::NotPrimaryUser => refusal_of_action(action, RefusalReason::NotPrimaryUser).why,
            ProblemCode::ActionAlreadyPending if !is_reset => t::history_action_pending(),
            ProblemCode::ActionAlreadyPending => t::history_already_pending(),
            ProblemCode::TooManyRequests => t::history_too_many(),
            ProblemCode::NotFound => t::history_not_there(),
            ProblemCode::InternalError | ProblemCode::Unavailable => t::history_service_problem(),
            ProblemCode::InvalidRequest
            | ProblemCode::Unauthenticated
            | ProblemCode::InsufficientScope
            | ProblemCode::ActionNotAllowed
            | ProblemCode::MethodNotAllowed
            | ProblemCode::RequestTimeout
            | ProblemCode::ActionNotCancellable
            | ProblemCode::PreconditionFailed
            | ProblemCode::PayloadTooLarge
            | ProblemCode::IdempotencyKeyReused
            | ProblemCode::IdempotencyKeyMissing
            | ProblemCode::Other => t::history_not_accepted(),
        },
    };
    Some(why)
}

/// "Chrome on Windows, outside the company network, 203.0.113.x".
fn whence(origin: &HistoryOrigin) -> Text {
    let browser = match origin.browser {
        ClientBrowser::Edge => Text::verbatim("Microsoft Edge"),
        ClientBrowser::Chrome => Text::verbatim("Chrome"),
        ClientBrowser::Firefox => Text::verbatim("Firefox"),
        ClientBrowser::Safari => Text::verbatim("Safari"),
        ClientBrowser::Other => t::history_browser_other(),
    };
    let system = match origin.system {
        ClientSystem::Windows => t::platform_windows_pc(),
        ClientSystem::MacOs => t::platform_mac_os(),
        ClientSystem::Android => t::platform_android(),
        ClientSystem::Ios => t::history_system_ios(),
        ClientSystem::Linux => t::platform_linux(),
        ClientSystem::Other => t::history_system_other(),
    };
    let network = match origin.network {
        ClientNetwork::Loopback => t::history_network_loopback(),
        ClientNetwork::Private => t::history_network_private(),
        ClientNetwork::Public => t::history_network_public(),
        ClientNetwork::Other => t::history_network_other(),
    };
    let program = t::history_browser_on(browser, system);
    match origin.address.trim() {
        _ if origin.network == ClientNetwork::Loopback => t::history_whence(program, network),
        "" => t::history_whence(program, network),
        address => t::history_whence_address(program, network, address),
    }
}

/// The runs as a file that a spreadsheet opens, with a line of headings: the rows of the screen, with nothing more in them.
#[must_use]
pub fn history_csv(entries: &[HistoryEntry], catalogue: &Catalogue, formatter: &dyn Formatter) -> String {
    let mut csv = Csv::default();
    let written = |text: &Text| text.render(catalogue, formatter);
    let optional = |text: Option<&Text>| text.map(written).unwrap_or_default();
    let headings = [
        t::history_when(),
        t::history_what(),
        t::history_device(),
        t::history_who(),
        t::history_from(),
        t::history_why(),
        t::app_reference_label(),
        t::history_steps(),
    ]
    .each_ref()
    .map(written);
    csv.row(&headings);
    // Without the server's time a moment is written as a date and never as "3 minutes ago".
    for HistoryRunView { entry: view, steps } in
        history_runs(entries).iter().filter_map(|run| history_run(run, None))
    {
        let step = |step: &HistoryStepView| {
            let by = step.by.as_ref().map(|(who, whence)| t::history_step_by(who.clone(), whence.clone()));
            let words = [Some(&step.when), Some(&step.what), by.as_ref()];
            words.into_iter().flatten().map(written).collect::<Vec<_>>().join(" ")
        };
        let cells = [
            written(&view.when),
            written(&view.what),
            optional(view.device.as_ref()),
            written(&view.who),
            optional(view.whence.as_ref()),
            optional(view.why.as_ref()),
            view.reference.unwrap_or_default(),
            steps.iter().map(step).collect::<Vec<_>>().join("; "),
        ];
        csv.row(&cells);
    }
    csv.finish()
}
