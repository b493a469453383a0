//! `/devices/{id}/remove` and `/devices/{id}/erase`: an action that takes something away for good, at whichever step it stands.
//! Which step is shown follows from the state alone; opening the address starts nothing.
//!
//! And the section at the end of a device's page that leads there.

use super::ask::ask_it_about;
use super::confirmation::countdown;
use crate::app::{Event, Model};
use crate::components::{
    HIDDEN, Icon, View, Weight, back_to_device, back_to_devices, button, button_row, device_name, el, group,
    heading, heading_live, hero, icon, known_device, link_button, live, load_failed, load_problem, message,
    named, notice_body, paragraph, tick_box, titled, tone_icon, words,
};
use crate::domain::{
    Action, ActionFlow, Availability, DeviceId, Ending, SignInStep, StopReason, SubmitStep, WhyExplain,
};
use crate::features::actions;
use crate::features::actions::LossKnown;
use crate::features::actions::words::LossView;
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{select, use_dispatch, use_model, use_tr};
use crate::words::{Notice, Tone, action_name};
use leptos::prelude::WithUntracked;

/// Which part of the screen stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    Explain,
    Confirm,
    Notice,
}

impl Stage {
    const fn of(flow: &ActionFlow) -> Self {
        match flow {
            ActionFlow::Idle
            | ActionFlow::Reading { .. }
            | ActionFlow::SignIn { step: SignInStep::Leaving, .. } => Self::Reading,
            ActionFlow::Explain { .. } => Self::Explain,
            ActionFlow::Confirm { .. }
            | ActionFlow::Submit { step: SubmitStep::Sending | SubmitStep::Rereading, .. } => Self::Confirm,
            ActionFlow::Submit { step: SubmitStep::Unknown | SubmitStep::Busy { .. }, .. }
            | ActionFlow::SignIn {
                step:
                    SignInStep::Expired
                    | SignInStep::WrongPerson
                    | SignInStep::Cancelled
                    | SignInStep::Failed
                    | SignInStep::Interrupted,
                ..
            }
            | ActionFlow::Pending { .. }
            | ActionFlow::Ended { .. }
            | ActionFlow::Stopped { .. } => Self::Notice,
        }
    }
}

/// The screen.
pub(crate) fn loss(id: &DeviceId, action: Action) -> View {
    let model = use_model();
    let wanted = id.clone();
    let stage = select(model, move |model| Stage::of(model.features.actions.flow(&wanted, action)));
    let wanted = id.clone();
    let is_gone = select(model, move |model| {
        let flow = model.features.actions.flow(&wanted, action);
        matches!(
            flow,
            ActionFlow::Ended { end: Ending::Done(_), .. }
                | ActionFlow::Stopped { why: StopReason::Gone, .. }
        )
    });
    let (back, id) = (id.clone(), id.clone());
    let back = move || if is_gone.get() { back_to_devices() } else { back_to_device(&back) };
    let body = move || match stage.get() {
        Stage::Reading => reading(&id, action),
        Stage::Explain => once_known(&id, action, explain),
        Stage::Confirm => once_known(&id, action, confirm),
        Stage::Notice => notice_stage(&id, action),
    };
    el("div").class("stack narrow").live(back).live(body).into()
}

/// A step that names its device, as soon as that is known: after a look at another device it has to be read once more.
fn once_known(id: &DeviceId, action: Action, step: fn(&DeviceId, Action) -> View) -> View {
    let (wanted, id) = (id.clone(), id.clone());
    let is_known = select(use_model(), move |model| known_device(model, &wanted).is_some());
    live(move || if is_known.get() { step(&id, action) } else { reading(&id, action) })
}

fn reading(id: &DeviceId, action: Action) -> View {
    let problem = select(use_model(), move |model| {
        load_problem(&model.features.devices.detail.state, t::device_error_heading())
    });
    let title = match action {
        Action::Retire => t::loss_remove_heading as fn(Text) -> Text,
        Action::Wipe
        | Action::ResetPasscode
        | Action::RemoteLock
        | Action::SyncDevice
        | Action::Rename
        | Action::SetCategory
        | Action::RebootNow => t::loss_erase_heading,
    };
    let spinner = move || {
        let is_reading = problem.with(Option::is_none);
        is_reading.then(|| el("span").class("working late").attr("aria-hidden", HIDDEN))
    };
    group([heading_live(named(id, title)), load_failed(problem), live(spinner)])
}

/// The words as they are when the step begins.
fn words_of(id: &DeviceId, action: Action) -> Option<LossView> {
    let device = use_model().with_untracked(|model| known_device(model, id))?;
    actions::words::loss(action, &device)
}

/// Which device, what is lost, what stays.
fn what_is_lost(shown: &LossView) -> View {
    let lost = shown
        .lost
        .iter()
        .cloned()
        .map(|line| el("li").child(icon(Icon::Warning)).child(el("span").words(line)));
    let stays = shown.stays.clone();
    let stays = stays.map(|line| el("li").child(icon(Icon::Check)).child(el("span").words(line)));
    let list = el("ul").class("outcome").children(lost.chain(stays).map(View::from));
    titled("card stack tight", "lost-heading", t::loss_lost()).child(list).into()
}

fn explain(id: &DeviceId, action: Action) -> View {
    let Some(shown) = words_of(id, action) else { return View::from(Vec::new()) };
    let (signs_out_first, cannot_prove) = use_model().with_untracked(|model| {
        (model.features.sign_in.signs_out_first(&model.page), model.page.cannot_prove_fresh())
    });
    let (lead, go_on) = if signs_out_first {
        (t::explain_lead(), t::explain_sign_out())
    } else {
        (t::explain_lead_sign_in(), t::sign_in_again())
    };
    let is_challenged = use_model().with_untracked(|model| {
        let flow = model.features.actions.flow(id, action);
        matches!(flow, ActionFlow::Explain { why: WhyExplain::Challenged, .. })
    });
    let challenged = is_challenged.then(|| message(Tone::Warn, None, shown.challenged.clone(), None));
    let warning = cannot_prove.then(|| message(Tone::Warn, None, vec![t::loss_cannot_prove()], None));
    let which = shown.which.clone();
    group([
        heading(shown.heading.clone()),
        which.map(|which| paragraph("device-meta", which)).into(),
        challenged.into(),
        warning.into(),
        what_is_lost(&shown),
        el("p").words(lead).into(),
        el("div")
            .class("actions last")
            .child(button(Weight::Plain, t::app_cancel(), cancelled(id, action)))
            .child(button(
                Weight::Plain,
                go_on,
                Event::Actions(actions::Event::SignInChosen(id.clone(), action)),
            ))
            .into(),
    ])
}

fn cancelled(id: &DeviceId, action: Action) -> Event {
    Event::Actions(actions::Event::Cancelled(id.clone(), action))
}

/// The last step: what is lost once more, the box, and the button that does it.
fn confirm(id: &DeviceId, action: Action) -> View {
    let Some(shown) = words_of(id, action) else { return View::from(Vec::new()) };
    let model = use_model();
    let tr = use_tr();
    let dispatch = use_dispatch();
    let known = select(model, |model| model.features.actions.loss);
    let tick = tick_box(
        "loss-known",
        move || known.get() == LossKnown::Said,
        words(shown.tick.clone()),
        move || dispatch(Event::Actions(actions::Event::LossToggled)),
    );
    let missed = move || {
        // An alert that arrives anew is spoken anew: each press without the tick is one.
        matches!(known.get(), LossKnown::Missed(_))
            .then(|| el("p").class("field-problem").attr("role", "alert").words(t::loss_tick_first()))
    };
    let wanted = id.clone();
    let sending = select(model, move |model| sending(model.features.actions.flow(&wanted, action)));
    let is_busy = move || sending.with(Option::is_some);
    let confirmed = Event::Actions(actions::Event::Confirmed(id.clone(), action));
    let dispatch = use_dispatch();
    let press = el("button")
        .attr("type", "button")
        .class("button danger")
        .attr_live("aria-disabled", move || is_busy().then(|| "true".to_owned()))
        .on_press(move || dispatch(confirmed.clone()))
        .words(shown.button.clone());
    let id = id.clone();
    let way_out =
        move || (!is_busy()).then(|| button(Weight::Plain, t::app_cancel(), cancelled(&id, action)));
    let spinner = move || is_busy().then(|| el("span").class("working").attr("aria-hidden", HIDDEN));
    let status = move || sending.get().map(|words| tr.text(&words)).unwrap_or_default();
    let which = shown.which.clone();
    group([
        heading(shown.heading.clone()),
        which.map(|which| paragraph("device-meta", which)).into(),
        what_is_lost(&shown),
        message(Tone::Warn, Some(t::confirm_irreversible()), Vec::new(), Some(group([tick, live(missed)]))),
        el("div").class("actions last").child(press).live(way_out).child(countdown()).into(),
        el("div")
            .class("actions")
            .attr("role", "status")
            .live(spinner)
            .child(el("p").live_text(status))
            .into(),
        paragraph("reference", t::confirm_start_over_note()).into(),
    ])
}

const fn sending(flow: &ActionFlow) -> Option<Text> {
    match flow {
        ActionFlow::Submit { step: SubmitStep::Sending | SubmitStep::Rereading, .. } => {
            Some(t::act_sending())
        }
        ActionFlow::Submit { step: SubmitStep::Unknown | SubmitStep::Busy { .. }, .. }
        | ActionFlow::Idle
        | ActionFlow::Explain { .. }
        | ActionFlow::SignIn { .. }
        | ActionFlow::Reading { .. }
        | ActionFlow::Confirm { .. }
        | ActionFlow::Pending { .. }
        | ActionFlow::Ended { .. }
        | ActionFlow::Stopped { .. } => None,
    }
}

fn notice(model: &Model, id: &DeviceId, action: Action) -> Option<Notice> {
    let flow = model.features.actions.flow(id, action);
    let name = device_name(model, id);
    let notice =
        actions::words::loss_notice(action, flow, &name, model.features.sign_in.error, model.page.now)?;
    let is_sign_in = matches!(flow, ActionFlow::SignIn { .. });
    let said = model.features.sign_in.provider_error.as_deref();
    Some(notice.with_detail(said.filter(|_| is_sign_in)))
}

/// Waiting, every end, and every interruption: each with the one way on.
fn notice_stage(id: &DeviceId, action: Action) -> View {
    let model = use_model();
    let wanted = id.clone();
    let shown = select(model, move |model| notice(model, &wanted, action));
    let wanted = id.clone();
    // Where only the lines count down, the heading and the buttons stay as they are.
    let frame = select(model, move |model| {
        notice(model, &wanted, action).map(|notice| Notice { lines: Vec::new(), ..notice })
    });
    let (about, id) = (id.clone(), id.clone());
    let body = move || {
        let event =
            model.with_untracked(|model| way_on(model.features.actions.flow(&id, action), &id, action));
        frame.get().map(|frame| {
            let weight = match event {
                Some(Event::Actions(actions::Event::Confirmed(..))) => Weight::Danger,
                Some(_) | None => Weight::Primary,
            };
            let go_on =
                frame.button.clone().zip(event.clone()).map(|(words, event)| button(weight, words, event));
            let history = link_button(Weight::Quiet, t::history_page_all_link(), &Route::History);
            group([
                hero(frame.tone, tone_icon(frame.tone), frame.heading),
                live(move || shown.get().map(notice_body)),
                button_row(group([
                    go_on.into(),
                    link_button(Weight::Plain, t::app_back_to_devices(), &Route::Devices),
                    history,
                ])),
            ])
        })
    };
    group([live(body), ask_it_about(&about)])
}

/// What the button of the notice does.
fn way_on(flow: &ActionFlow, id: &DeviceId, action: Action) -> Option<Event> {
    let event = match flow {
        ActionFlow::SignIn { .. } => actions::Event::SignInChosen(id.clone(), action),
        ActionFlow::Submit { .. } => actions::Event::Confirmed(id.clone(), action),
        ActionFlow::Ended { .. } | ActionFlow::Stopped { .. } => {
            actions::Event::Restarted(id.clone(), action)
        }
        ActionFlow::Idle
        | ActionFlow::Explain { .. }
        | ActionFlow::Reading { .. }
        | ActionFlow::Confirm { .. }
        | ActionFlow::Pending { .. } => return None,
    };
    Some(Event::Actions(event))
}

/// How a destructive action stands on the page of its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    None,
    Possible,
    UnderWay,
}

/// The last section of a device's page: what takes something away for good. Links, so that nothing begins here.
pub(crate) fn losses(id: &DeviceId) -> View {
    let wanted = id.clone();
    let offers = select(use_model(), move |model| {
        let device = known_device(model, &wanted);
        Action::DESTRUCTIVE.map(|action| match &device {
            Some(device) if device.shown_run(action).is_some_and(|run| run.action_state.is_open()) => {
                Offer::UnderWay
            }
            Some(device) if device.availability(action) == Availability::Allowed => Offer::Possible,
            Some(_) | None => Offer::None,
        })
    });
    let id = id.clone();
    live(move || {
        let offers = offers.get();
        let rows = Action::DESTRUCTIVE.into_iter().zip(offers).filter(|(_, offer)| *offer != Offer::None);
        let row = |(action, offer): (Action, Offer)| {
            let words = if offer == Offer::UnderWay {
                t::loss_show_state(action_name(action))
            } else {
                action_name(action)
            };
            let link = el("a")
                .class("button danger-link")
                .attr("href", Route::of_action(action, id.clone()).path())
                .words(words);
            el("div")
                .class("stack tight")
                .child(el("p").words(actions::words::action_hint(action)))
                .child(button_row(link))
                .into()
        };
        let is_any = offers.iter().any(|offer| *offer != Offer::None);
        is_any.then(|| {
            titled("card stack losses", "losses-heading", t::loss_section())
                .child(el("div").class("needs").children(rows.map(row)))
        })
    })
}
