//! `/devices/{id}/reset-passcode`: the reset at whichever step it stands. Which one is shown follows from the state
//! alone, so a reload, Back and a second tab find the same screen.

use super::parts::{ask_it, back_to_device, device_link, device_name, hero, load_failed};
use super::reset_confirm::confirm_stage;
use super::reset_done::done_stage;
use super::reset_explain::explain_stage;
use super::reset_pending::pending_stage;
use crate::app::{Event, LoadState, Model};
use crate::components::{
    HIDDEN, Weight, button, heading, link_button, notice_body, tone_icon, trail,
};
use crate::domain::{DeviceId, ResetState};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::use_model;
use crate::view::{self, Notice};
use leptos::prelude::*;

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
    const fn of(state: &ResetState) -> Self {
        match state {
            ResetState::Idle | ResetState::ReadingDevice { .. } | ResetState::LeavingForSignIn { .. } => {
                Self::Reading
            }
            ResetState::ExplainingSignOut { .. } => Self::Explain,
            ResetState::Confirming { .. } | ResetState::Submitting { .. } | ResetState::Rereading { .. } => {
                Self::Confirm
            }
            ResetState::Pending { .. } => Self::Pending,
            ResetState::Done { .. } => Self::Done,
            ResetState::OutcomeUnknown { .. }
            | ResetState::Busy { .. }
            | ResetState::Failed { .. }
            | ResetState::Superseded { .. }
            | ResetState::Canceled { .. }
            | ResetState::Expired { .. }
            | ResetState::WrongPerson { .. }
            | ResetState::SignInCancelled { .. }
            | ResetState::SignInFailed { .. }
            | ResetState::NotAllowed { .. }
            | ResetState::Gone { .. }
            | ResetState::Rejected { .. } => Self::Notice,
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
pub(super) fn reset(id: DeviceId) -> AnyView {
    let model = use_model();
    let stage = Memo::new(move |_| model.with(|model| Stage::of(&model.reset)));
    let progress = move || {
        stage.get().step().map(|step| {
            let names = vec![t::trail_sign_in(), t::trail_confirm(), t::trail_wait(), t::trail_unlock()];
            trail(names, step)
        })
    };
    let back = id.clone();
    let body = move || match stage.get() {
        Stage::Reading => reading(&id),
        Stage::Explain => explain_stage(&id),
        Stage::Confirm => confirm_stage(&id),
        Stage::Pending => pending_stage(&id),
        Stage::Done => done_stage(&id),
        Stage::Notice => notice_stage(&id),
    };
    view! {
        <div class="stack narrow">{back_to_device(&back)} {progress} {body}</div>
    }
    .into_any()
}

/// The device is being read; or it could not be.
fn reading(id: &DeviceId) -> AnyView {
    let model = use_model();
    let failed = Memo::new(move |_| {
        model.with(|model| match &model.device.state {
            LoadState::Failed(error) => Some(view::api_problem(error)),
            LoadState::NotAsked | LoadState::Loading | LoadState::Loaded => None,
        })
    });
    let id = id.clone();
    let name = Memo::new(move |_| model.with(|model| device_name(model, &id)));
    let words = Signal::derive(move || t::title_explain(view::device_name(&name.get())));
    let body = move || match failed.get() {
        Some(notice) => load_failed(t::device_error_heading(), notice),
        None => view! { <span class="working late" aria-hidden=HIDDEN></span> }.into_any(),
    };
    view! {
        {heading(words)}
        {body}
    }
    .into_any()
}

/// Every end or interruption that needs an explanation and has one way on.
fn notice_stage(id: &DeviceId) -> AnyView {
    let model = use_model();
    let wanted = id.clone();
    let shown = Memo::new(move |_| {
        model.with(|model| {
            let name = match &model.reset {
                ResetState::Busy { device, .. } | ResetState::OutcomeUnknown { device, .. } => device.name().to_owned(),
                _ => device_name(model, &wanted),
            };
            view::reset_notice(&model.reset, &name, model.sign_in_error, model.now)
        })
    });
    let way_on = Memo::new(move |_| model.with(WayOn::of));
    let id = id.clone();
    let body = move || shown.get().map(|notice| notice_view(notice, way_on.get(), &id));
    view! {
        {body}
        {ask_it()}
    }
    .into_any()
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
        match &model.reset {
            ResetState::Expired { .. }
            | ResetState::WrongPerson { .. }
            | ResetState::SignInCancelled { .. }
            | ResetState::SignInFailed { .. } => Self::SignInAgain,
            ResetState::OutcomeUnknown { .. } | ResetState::Busy { .. } => Self::SendAgain,
            ResetState::Failed { .. } | ResetState::Canceled { .. } => Self::Restart,
            ResetState::Gone { .. } => Self::Devices,
            ResetState::Superseded { .. }
            | ResetState::NotAllowed { .. }
            | ResetState::Rejected { .. }
            | ResetState::Idle
            | ResetState::ExplainingSignOut { .. }
            | ResetState::LeavingForSignIn { .. }
            | ResetState::ReadingDevice { .. }
            | ResetState::Confirming { .. }
            | ResetState::Submitting { .. }
            | ResetState::Rereading { .. }
            | ResetState::Pending { .. }
            | ResetState::Done { .. } => Self::Device,
        }
    }
}

fn notice_view(notice: Notice, way_on: WayOn, id: &DeviceId) -> AnyView {
    let words = notice.button.clone();
    let press = |words: Option<Text>, weight, event| words.map(|words| button(weight, words, event));
    let go_on = match way_on {
        WayOn::SignInAgain => press(words, Weight::Primary, Event::SignOutForResetChosen),
        // The same last step as in B, so the same warning style.
        WayOn::SendAgain => press(words, Weight::Danger, Event::ResetConfirmed),
        WayOn::Restart => press(words, Weight::Primary, Event::ResetRestarted),
        WayOn::Devices => words.map(|words| link_button(Weight::Primary, words, &Route::Devices)),
        WayOn::Device => None,
    };
    let away = match way_on {
        WayOn::Devices => None,
        WayOn::SignInAgain | WayOn::SendAgain => {
            Some(button(Weight::Plain, t::app_cancel(), Event::ResetCancelled))
        }
        WayOn::Restart | WayOn::Device => Some(device_link(t::done_back(), id)),
    };
    view! {
        {hero(notice.tone, tone_icon(notice.tone), Signal::stored(notice.heading.clone()))}
        {notice_body(notice)}
        <p class="actions">{go_on} {away}</p>
    }
    .into_any()
}
