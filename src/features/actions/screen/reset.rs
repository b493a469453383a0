//! `/devices/{id}/reset-passcode`: the reset at whichever step it stands. Which one is shown follows from the state
//! alone, so a reload, Back and a second tab find the same screen.

use super::ask::ask_it_about;
use super::confirmation::confirm_stage;
use super::explanation::explain_stage;
use super::pending::pending_stage;
use super::result::done_stage;
use crate::app::{Event, Model};
use crate::components::{
    HIDDEN, View, Weight, back_to_device, button, button_row, device_link, device_name, el, group,
    heading_live, hero, known_device, link_button, live, load_failed, load_problem, named, notice_body,
    tone_icon, trail,
};
use crate::domain::{
    ActionFlow, DeviceId, Ending, PasscodeCertainty, Platform, SignInStep, StopReason, SubmitStep,
};
use crate::features::actions;
use crate::features::passcode::screen::{PanelPlace, passcode_panel};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{select, use_model};
use crate::words::Notice;
use leptos::prelude::WithUntracked;
use portal_contract::{FailureCode, ResetOutcome};

/// Which part of the screen stands there. What changes inside one of them (a tick, a phase) keeps its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    Explain,
    Confirm,
    Pending,
    Done,
    Notice,
}

impl Stage {
    const fn of(state: &ActionFlow) -> Self {
        match state {
            ActionFlow::Idle
            | ActionFlow::Reading { .. }
            | ActionFlow::SignIn { step: SignInStep::Leaving, .. } => Self::Reading,
            ActionFlow::Explain { .. } => Self::Explain,
            ActionFlow::Confirm { .. }
            | ActionFlow::Submit { step: SubmitStep::Sending, .. }
            | ActionFlow::Submit { step: SubmitStep::Rereading, .. } => Self::Confirm,
            ActionFlow::Pending { .. } => Self::Pending,
            ActionFlow::Ended { end: Ending::Done(_), .. } => Self::Done,
            ActionFlow::Submit { step: SubmitStep::Unknown, .. }
            | ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. }
            | ActionFlow::Ended { end: Ending::Failed(_), .. }
            | ActionFlow::Ended { end: Ending::Superseded, .. }
            | ActionFlow::Ended { end: Ending::Canceled, .. }
            | ActionFlow::SignIn { step: SignInStep::Expired, .. }
            | ActionFlow::SignIn { step: SignInStep::WrongPerson, .. }
            | ActionFlow::SignIn { step: SignInStep::Cancelled, .. }
            | ActionFlow::SignIn { step: SignInStep::Failed, .. }
            | ActionFlow::SignIn { step: SignInStep::Interrupted, .. }
            | ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. }
            | ActionFlow::Stopped { why: StopReason::Gone, .. }
            | ActionFlow::Stopped { why: StopReason::Rejected(_), .. } => Self::Notice,
        }
    }

    /// The place among the steps of the whole, for those that have one.
    const fn step(self) -> Option<usize> {
        match self {
            Self::Explain => Some(0),
            Self::Confirm => Some(1),
            Self::Pending => Some(2),
            Self::Done => Some(3),
            Self::Reading | Self::Notice => None,
        }
    }
}

/// The screen of the reset.
pub(crate) fn reset(id: DeviceId) -> View {
    let stage = select(use_model(), move |model| Stage::of(&model.features.actions.reset));
    let back = back_to_device(&id);
    let progress = move || {
        stage.get().step().map(|step| {
            let names = vec![t::trail_sign_in(), t::trail_confirm(), t::trail_wait(), t::trail_unlock()];
            trail(names, step)
        })
    };
    let body = move || match stage.get() {
        Stage::Reading => reading(&id),
        Stage::Explain => explain_stage(&id),
        Stage::Confirm => confirm_stage(&id),
        Stage::Pending => pending_stage(&id),
        Stage::Done => done_stage(&id),
        Stage::Notice => notice_stage(&id),
    };
    el("div").class("stack narrow").child(back).live(progress).live(body).into()
}

/// The device is being read; or it could not be.
fn reading(id: &DeviceId) -> View {
    let problem = select(use_model(), move |model| {
        load_problem(&model.features.devices.detail.state, t::device_error_heading())
    });
    let spinner = move || {
        let is_reading = problem.with(Option::is_none);
        is_reading.then(|| el("span").class("working late").attr("aria-hidden", HIDDEN))
    };
    group([heading_live(named(id, t::title_explain)), load_failed(problem), live(spinner)])
}

/// Every end or interruption that needs an explanation and has one way on. Where the lines count down, the heading and
/// the buttons stay as they are.
fn notice_stage(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let shown = select(model, move |model| notice(model, &wanted));
    let wanted = id.clone();
    let frame = select(model, move |model| {
        notice(model, &wanted).map(|notice| Notice { lines: Vec::new(), ..notice })
    });
    let (about, id) = (id.clone(), id.clone());
    let body = move || {
        // Every state has a heading of its own, so this is read again when it changes.
        let (way_on, passcode) = model.with_untracked(|model| (WayOn::of(model), unconfirmed(model, &id)));
        let panel = passcode.map(|(platform, outcome)| {
            let certainty = PasscodeCertainty::Unconfirmed;
            passcode_panel(id.clone(), platform, outcome, certainty, PanelPlace::First)
        });
        let body = live(move || shown.get().map(notice_body));
        frame.get().map(|frame| notice_view(frame, body, panel, way_on, &id))
    };
    group([live(body), ask_it_about(&about)])
}

fn notice(model: &Model, id: &DeviceId) -> Option<Notice> {
    let notice = actions::words::reset_notice(
        &model.features.actions.reset,
        &device_name(model, id),
        model.features.sign_in.error,
        model.page.now,
    )?;
    let is_sign_in = matches!(model.features.actions.reset, ActionFlow::SignIn { .. });
    let said = model.features.sign_in.provider_error.as_deref();
    Some(notice.with_detail(said.filter(|_| is_sign_in)))
}

/// The platform and what the reset does, where it ended without anybody knowing how and was of the kind that issues a
/// temporary passcode: the device may have it.
fn unconfirmed(model: &Model, id: &DeviceId) -> Option<(Platform, ResetOutcome)> {
    let ActionFlow::Ended { end: Ending::Failed(FailureCode::OutcomeUnknown), .. } =
        &model.features.actions.reset
    else {
        return None;
    };
    let device = known_device(model, id)?;
    let outcome = device.told_outcome();
    outcome.has_temporary_passcode().then_some((device.platform, outcome))
}

/// What the one button of an explanation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayOn {
    SignInAgain,
    SendAgain,
    Restart,
    Devices,
    Device,
}

impl WayOn {
    fn of(model: &Model) -> Self {
        match &model.features.actions.reset {
            ActionFlow::SignIn { step: SignInStep::Expired, .. }
            | ActionFlow::SignIn { step: SignInStep::WrongPerson, .. }
            | ActionFlow::SignIn { step: SignInStep::Cancelled, .. }
            | ActionFlow::SignIn { step: SignInStep::Failed, .. }
            | ActionFlow::SignIn { step: SignInStep::Interrupted, .. } => Self::SignInAgain,
            ActionFlow::Submit { step: SubmitStep::Unknown, .. }
            | ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. } => Self::SendAgain,
            ActionFlow::Ended { end: Ending::Failed(_), .. }
            | ActionFlow::Ended { end: Ending::Canceled, .. } => Self::Restart,
            ActionFlow::Stopped { why: StopReason::Gone, .. } => Self::Devices,
            ActionFlow::Ended { end: Ending::Superseded, .. }
            | ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. }
            | ActionFlow::Stopped { why: StopReason::Rejected(_), .. }
            | ActionFlow::Idle
            | ActionFlow::Explain { .. }
            | ActionFlow::SignIn { step: SignInStep::Leaving, .. }
            | ActionFlow::Reading { .. }
            | ActionFlow::Confirm { .. }
            | ActionFlow::Submit { step: SubmitStep::Sending, .. }
            | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
            | ActionFlow::Pending { .. }
            | ActionFlow::Ended { end: Ending::Done(_), .. } => Self::Device,
        }
    }
}

fn notice_view(notice: Notice, body: View, panel: Option<View>, way_on: WayOn, id: &DeviceId) -> View {
    let words = notice.button;
    // A passcode that may open the device is tried first.
    let restart = if panel.is_some() { Weight::Plain } else { Weight::Primary };
    let press = |words: Option<Text>, weight, event| words.map(|words| button(weight, words, event));
    let go_on = match way_on {
        WayOn::SignInAgain => {
            press(words, Weight::Primary, Event::Actions(actions::Event::SignOutForResetChosen))
        }
        // The same last step as in the confirmation, so the same warning style.
        WayOn::SendAgain => press(words, Weight::Danger, Event::Actions(actions::Event::ResetConfirmed)),
        WayOn::Restart => press(words, restart, Event::Actions(actions::Event::ResetRestarted)),
        WayOn::Devices => words.map(|words| link_button(Weight::Primary, words, &Route::Devices)),
        WayOn::Device => None,
    };
    let away = match way_on {
        WayOn::Devices => None,
        WayOn::SignInAgain | WayOn::SendAgain => {
            Some(button(Weight::Plain, t::app_cancel(), Event::Actions(actions::Event::ResetCancelled)))
        }
        WayOn::Restart | WayOn::Device => Some(device_link(t::done_back(), id)),
    };
    group([
        hero(notice.tone, tone_icon(notice.tone), notice.heading),
        body,
        panel.into(),
        button_row(group([go_on.into(), away.into()])),
    ])
}
