//! What happened, who did it, from where and with what result, in plain words; and the same as a file for a spreadsheet.

use crate::domain::{Action, Csv, HistoryCause, HistoryEntry, HistoryOrigin};
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
        | HistoryActivity::ReportedUnrecognized
        | HistoryActivity::SessionsRevoked
        | HistoryActivity::Other => Some(Action::ResetPasscode),
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

/// The entries as a file that a spreadsheet opens, with a line of headings. It holds nothing that is not on the screen.
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
    ]
    .each_ref()
    .map(written);
    csv.row(&headings);
    for entry in entries {
        // Without the server's time a moment is written as a date and never as "3 minutes ago".
        let view = history_entry(entry, None);
        let cells = [
            written(&view.when),
            written(&view.what),
            optional(view.device.as_ref()),
            written(&view.who),
            optional(view.whence.as_ref()),
            optional(view.why.as_ref()),
            view.reference.unwrap_or_default(),
        ];
        csv.row(&cells);
    }
    csv.finish()
}
