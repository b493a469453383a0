//! The rules that only the lazy screens set in motion: what a person does on them, and the answers to what was asked for
//! there. They come with those screens and as a value, so that a first visit does not carry them (ADR 13). Before they are
//! there nobody can have done any of it; only the way through the provider and back reaches an action earlier, and waits
//! (`actions/flows.rs`).

use super::{Features, actions, apps, history, passcode};
use crate::core::{ApiCall, Context, FetchId, HistoryScope};
use crate::domain::{Action, ActionEvent};
use crate::http::HttpOutcome;
use crate::route::Route;

/// What only the lazy screens set in motion.
#[derive(Clone, Copy)]
pub struct LazyRules {
    pub(crate) actions: fn(&mut Features, actions::Event, &mut Context),
    pub(crate) flows: fn(&mut Features, actions::FlowEvent, &mut Context),
    pub(crate) passcode: fn(&mut passcode::Model, passcode::Event, &mut Context),
    pub(crate) history: fn(&mut history::Model, history::Event, &mut Context),
    pub(crate) apps: fn(&mut apps::Model, apps::Event, &mut Context),
    /// The screen of the route was entered.
    pub(crate) entered: fn(&mut Features, &mut Context),
    pub(crate) answered: fn(&mut Features, ApiCall, &FetchId, &HttpOutcome, &mut Context),
}

impl LazyRules {
    /// All of them. Whoever names this has them in the same part of the page as itself.
    pub const ALL: Self = Self {
        actions: Features::update_actions,
        flows: Features::advance_flows,
        passcode: passcode::Model::update,
        history: history::Model::update,
        apps: apps::Model::update,
        entered,
        answered,
    };

    /// In one module they are there from the start.
    pub(super) const AT_START: Option<Self> = if cfg!(feature = "split") { None } else { Some(Self::ALL) };
}

/// Within one page there is one set of them.
impl PartialEq for LazyRules {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LazyRules {}

impl std::fmt::Debug for LazyRules {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LazyRules")
    }
}

/// What a lazy screen asks for besides its device, and what it tells the actions.
fn entered(features: &mut Features, context: &mut Context) {
    match context.page.route.clone() {
        Route::Device(id) => features.enter_compliance(&id, context),
        Route::ResetPasscode(id) => {
            features.advance(Action::ResetPasscode, ActionEvent::PageOpened(id), context);
        }
        Route::Remove(id) => features.advance(Action::Retire, ActionEvent::PageOpened(id), context),
        Route::Erase(id) => features.advance(Action::Wipe, ActionEvent::PageOpened(id), context),
        Route::Apps(id) => features.apps.open(id, context),
        Route::History => features.history.open(HistoryScope::Person, context),
        Route::DeviceHistory(id) => features.history.open(HistoryScope::Device(id), context),
        Route::UnrecognizedActivity(_, result) => features.history.open_report(result),
        Route::Home
        | Route::Devices
        | Route::Passcode(_)
        | Route::Notifications
        | Route::Help
        | Route::Accessibility
        | Route::SignedOut
        | Route::Callback
        | Route::NotFound => {}
    }
}

fn answered(
    features: &mut Features,
    call: ApiCall,
    id: &FetchId,
    outcome: &HttpOutcome,
    context: &mut Context,
) {
    match call {
        ApiCall::Reset(device) => features.on_reset_answered(&device, outcome, context),
        ApiCall::Action(device, action) => features.on_action_answered(&device, action, outcome, context),
        ApiCall::CancelRun(device) => features.on_cancel_answered(device, outcome, context),
        ApiCall::TemporaryPasscode(device) => features.passcode.on_fetched(device, id, outcome, context),
        ApiCall::Compliance(device) => features.compliance.on_fetched(&device, id, outcome, context),
        ApiCall::Categories(device) => features.actions.on_categories_fetched(&device, id, outcome, context),
        ApiCall::Apps(device) => features.apps.on_fetched(&device, id, outcome, context),
        ApiCall::History(scope, asked) => {
            features.history.on_fetched(&scope, asked.as_ref(), id, outcome, context);
        }
        ApiCall::ReportUnrecognized(_, result) => {
            features.history.on_report_answered(&result, outcome, context);
        }
        ApiCall::RevokeSessions => features.history.on_sessions_revoked(outcome, context),
        // What a first visit asks for.
        ApiCall::Branding
        | ApiCall::Me
        | ApiCall::Devices(_)
        | ApiCall::Device(_)
        | ApiCall::Notifications
        | ApiCall::MarkNotificationRead(_) => {}
    }
}
