//! The actions on a device that being signed in is enough for, by what they help with: each with what it does and how far it
//! is; those that are not possible once, with the reason, in a folded list.

use crate::app::{Event, Model};
use crate::components::{
    View, Weight, button, button_row, dialog, el, focus_return, group, known_device, live, message,
    minute_now, nothing, paragraph, reference, select_field,
};
use crate::core::LoadState;
use crate::domain::{Action, ActionFlow, Device, DeviceId, NameProblem, Need};
use crate::features::actions;
use crate::features::actions::words::ActionStatus;
use crate::i18n::{Text, t};
use crate::shell::{select, use_dispatch, use_model};
use crate::words;
use crate::words::RefusalView;
use leptos::prelude::{GetValue, StoredValue, WithUntracked};
use portal_contract::DeviceCategory;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, KeyboardEvent};

const FIELD: &str = "new-name";
const PROBLEM: &str = "new-name-problem";
const CATEGORY: &str = "new-category";

/// The section of the page.
pub(crate) fn device_actions(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let possible = select(model, move |model| {
        let device = known_device(model, &wanted);
        Action::ON_DEVICE_PAGE.map(|action| {
            device.as_ref().is_some_and(|device| actions::words::action_refusal(device, action).is_none())
        })
    });
    let of = id.clone();
    let rows = live(move || {
        let possible = possible.get();
        let group_of = |(need, title): (Need, Text)| {
            let actions = Action::ON_DEVICE_PAGE.into_iter().zip(possible);
            let actions = actions.filter(|(action, is_possible)| *is_possible && action.need() == need);
            let rows: Vec<View> = actions.map(|(action, _)| row(&of, action)).collect();
            let is_any = !rows.is_empty();
            let rows = el("div").class("need-rows").children(rows);
            is_any.then(|| el("div").class("need").child(el("h3").words(title)).child(rows).into())
        };
        let groups = [(Need::Lost, t::act_lost_it()), (Need::Manage, t::act_manage())];
        groups.into_iter().filter_map(group_of).collect::<View>()
    });
    group([rows, question(id)])
}

fn row(id: &DeviceId, action: Action) -> View {
    let press = button(
        Weight::Plain,
        words::action_name(action),
        Event::Actions(actions::Event::Chosen(id.clone(), action)),
    );
    let form = match action {
        Action::Rename => rename(id),
        Action::SetCategory => category(id),
        Action::ResetPasscode
        | Action::RemoteLock
        | Action::SyncDevice
        | Action::RebootNow
        | Action::Retire
        | Action::Wipe => nothing(),
    };
    // Whoever has lost a device has to know what locking does; what changes nothing is pressed and seen.
    let hint = actions::words::action_hint(action);
    let place = el("div").class("stack tight");
    let place = match action.need() {
        Need::Lost => place.child(el("p").words(hint)),
        Need::Forgotten | Need::Manage | Need::GiveUp => place.attr_words("title", hint),
    };
    place.child(button_row(press)).child(form).child(status(id, action)).into()
}

/// How far it is. What changes is spoken by the page's one live region.
fn status(id: &DeviceId, action: Action) -> View {
    let wanted = id.clone();
    let shown = select(use_model(), move |model: &Model| {
        let device = known_device(model, &wanted)?;
        let actions = &model.features.actions;
        let is_open = match action {
            Action::Rename => actions.rename.as_ref().is_some_and(|form| form.device == wanted),
            Action::SetCategory => actions.category.as_ref().is_some_and(|form| form.device == wanted),
            Action::ResetPasscode
            | Action::RemoteLock
            | Action::SyncDevice
            | Action::RebootNow
            | Action::Retire
            | Action::Wipe => false,
        };
        // That the one before this one was saved is no news while the next one is being chosen.
        actions::words::action_status(
            model.features.actions.flow(&wanted, action),
            action,
            &device,
            minute_now(model),
        )
        .filter(|status| !(is_open && status.tone == words::Tone::Good))
    });
    let id = id.clone();
    live(move || shown.get().map(|status| status_box(status, &id, action)))
}

fn status_box(status: ActionStatus, id: &DeviceId, action: Action) -> View {
    let mut lines = status.lines.into_iter();
    let first = lines.next();
    let again = status.is_repeatable.then(|| {
        button_row(group([
            button(
                Weight::Plain,
                t::act_again(),
                Event::Actions(actions::Event::Confirmed(id.clone(), action)),
            ),
            button(
                Weight::Quiet,
                t::app_cancel(),
                Event::Actions(actions::Event::Cancelled(id.clone(), action)),
            ),
        ]))
    });
    let rest = group([
        status.when.map(|when| paragraph("reference", when)).into(),
        again.into(),
        status.reference.map(reference).into(),
    ]);
    message(status.tone, first, lines.collect(), Some(rest))
}

/// Under a name of the later part, as is the code that compares and drops it.
#[derive(Clone, PartialEq)]
struct Refusals(Vec<(Vec<Action>, RefusalView)>);

/// What is not possible, once, with the reason: never a dead button.
pub(crate) fn action_refusals(id: &DeviceId) -> View {
    let wanted = id.clone();
    let refusals = select(use_model(), move |model| {
        Refusals(
            known_device(model, &wanted).map(|device| actions::words::refusals(&device)).unwrap_or_default(),
        )
    });
    live(move || {
        let Refusals(refusals) = refusals.get();
        let items = |(actions, refusal): (Vec<Action>, RefusalView)| {
            let names = actions.into_iter().map(|action| el("dt").words(words::action_name(action)).into());
            let reason = el("dd").words(refusal.why).text(" ").words(refusal.instead).into();
            names.chain([reason]).collect::<View>()
        };
        (!refusals.is_empty()).then(|| {
            el("details")
                .child(el("summary").words(t::reset_unavailable()))
                .child(el("dl").class("stack tight").children(refusals.into_iter().map(items)))
        })
    })
}

/// What is asked once before an action that disrupts: what happens, and to which device.
fn question(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let asked = select(model, move |model| {
        let is_asked = |action: &Action| {
            matches!(model.features.actions.flow(&wanted, *action), ActionFlow::Confirm { .. })
        };
        Action::ON_DEVICE_PAGE.into_iter().find(is_asked)
    });
    let id = id.clone();
    live(move || {
        let asked = asked.get();
        let device = model.with_untracked(|model| known_device(model, &id));
        asked.zip(device).and_then(|(action, device)| question_dialog(&device, action))
    })
}

fn question_dialog(device: &Device, action: Action) -> Option<View> {
    let dispatch = use_dispatch();
    let words = actions::words::question(action, device)?;
    let confirmed = Event::Actions(actions::Event::Confirmed(device.id.clone(), action));
    let cancelled = Event::Actions(actions::Event::Cancelled(device.id.clone(), action));
    let body = group([
        words.which.map(|which| paragraph("reference", which)).into(),
        el("p").words(words.text).into(),
    ]);
    let buttons = group([
        button(Weight::Plain, t::app_cancel(), cancelled.clone()),
        button(Weight::Primary, words.button, confirmed),
    ]);
    let on_cancel = StoredValue::new(cancelled);
    Some(dialog("question", words.heading, move || dispatch(on_cancel.get_value()), body, buttons))
}

/// The field for a new name. What is wrong with it stands beside it in words; the button can always be pressed.
fn rename(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let is_open = select(model, move |model| {
        model.features.actions.rename.as_ref().is_some_and(|form| form.device == wanted)
    });
    let id = id.clone();
    live(move || is_open.get().then(|| form(&id)))
}

fn form(id: &DeviceId) -> View {
    let model = use_model();
    let dispatch = use_dispatch();
    let problem =
        select(model, move |model| model.features.actions.rename.as_ref().and_then(|form| form.problem));
    let name = model.with_untracked(|model| known_device(model, id)).map(|device| device.given_name.clone());
    let name = name.unwrap_or_default();
    let (device, cancelled) =
        (id.clone(), Event::Actions(actions::Event::Cancelled(id.clone(), Action::Rename)));
    let escape = cancelled.clone();
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if let Some(field) = element::<HtmlInputElement>(FIELD) {
            dispatch(Event::Actions(actions::Event::NameSubmitted(device.clone(), field.value())));
        }
    };
    let press = move |event: web_sys::Event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        // Enter that ends the input of a word (Japanese, Chinese, Korean) submits nothing, Escape there leaves the form open.
        let is_composing = key.is_composing() || key.key_code() == 229;
        if is_composing && key.key() == "Enter" {
            event.prevent_default();
        } else if !is_composing && key.key() == "Escape" {
            dispatch(escape.clone());
        }
    };
    let why =
        move || problem.get().map(|problem| el("p").class("field-problem").words(problem_words(problem)));
    let input = el("input")
        .attr("id", FIELD)
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("value", name)
        .attr("aria-describedby", PROBLEM)
        .attr_live("aria-invalid", move || problem.get().map(|_| "true".to_owned()))
        .on("keydown", press)
        .on_mount(|field| {
            let _focused = field.focus();
            if let Ok(field) = field.dyn_into::<HtmlInputElement>() {
                field.select();
            }
        });
    el("form")
        .on_cleanup(focus_return())
        .class("stack tight")
        .attr("novalidate", "")
        .on("submit", submit)
        .child(
            el("div")
                .class("field")
                .child(el("label").attr("for", FIELD).words(t::act_rename_label()))
                .child(input),
        )
        .child(paragraph("reference", t::act_rename_hint()))
        .child(el("div").attr("id", PROBLEM).live(why))
        .child(save_or_cancel(t::act_rename_save(), cancelled))
        .into()
}

/// What of the choice of a category is on the screen, under a name of the later part.
#[derive(Clone, PartialEq)]
struct Offered(Vec<DeviceCategory>);

/// The choice of another category.
fn category(id: &DeviceId) -> View {
    let model = use_model();
    let (wanted, of_state) = (id.clone(), id.clone());
    let offered = select(model, move |model| {
        let form = model.features.actions.category.as_ref().filter(|form| form.device == wanted)?;
        (form.state == LoadState::Loaded).then(|| Offered(form.offered.clone()))
    });
    let waiting = select(model, move |model| {
        let form = model.features.actions.category.as_ref().filter(|form| form.device == of_state)?;
        match form.state {
            LoadState::Loaded => None,
            LoadState::NotAsked | LoadState::Loading => Some(t::act_category_loading()),
            LoadState::Failed(_) => Some(t::act_category_error()),
        }
    });
    let id = id.clone();
    group([
        live(move || waiting.get().map(|words| paragraph("reference", words).attr("role", "status"))),
        live(move || offered.get().map(|offered| categories(&id, &offered.0))),
    ])
}

fn categories(id: &DeviceId, offered: &[DeviceCategory]) -> View {
    let dispatch = use_dispatch();
    let now =
        use_model().with_untracked(|model| known_device(model, id)).map(|device| device.category.clone());
    let chosen = offered.iter().find(|one| Some(&one.display_name) == now.as_ref());
    let chosen = chosen.or_else(|| offered.first()).map(|one| one.id.clone()).unwrap_or_default();
    let words = |one: &DeviceCategory| el("option").words(Text::verbatim(&one.display_name));
    let options = offered.iter().map(|one| (one.id.clone(), words(one))).collect();
    let device = id.clone();
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if let Some(field) = element::<HtmlSelectElement>(CATEGORY) {
            dispatch(Event::Actions(actions::Event::CategorySubmitted(device.clone(), field.value())));
        }
    };
    let field =
        select_field(options, move || chosen.clone(), |_| {}).attr("id", CATEGORY).on_mount(|field| {
            let _focused = field.focus();
        });
    let cancelled = Event::Actions(actions::Event::Cancelled(id.clone(), Action::SetCategory));
    el("form")
        .on_cleanup(focus_return())
        .class("stack tight")
        .on("submit", submit)
        .child(
            el("div")
                .class("choice")
                .child(el("label").attr("for", CATEGORY).words(t::device_category()))
                .child(field),
        )
        .child(save_or_cancel(t::act_category_save(), cancelled))
        .into()
}

fn element<T: JsCast>(id: &str) -> Option<T> {
    leptos::prelude::document().get_element_by_id(id)?.dyn_into().ok()
}

/// The end of a form on the page of a device. Neither is filled: that is the reset's (ADR 60).
fn save_or_cancel(save: Text, cancelled: Event) -> View {
    el("div")
        .class("actions")
        .child(el("button").attr("type", "submit").class(Weight::Plain.class()).words(save))
        .child(button(Weight::Plain, t::app_cancel(), cancelled))
        .into()
}

const fn problem_words(problem: NameProblem) -> Text {
    match problem {
        NameProblem::Empty => t::act_rename_empty(),
        NameProblem::TooLong => t::act_rename_long(),
        NameProblem::ControlCharacter => t::act_rename_control(),
    }
}

/// "Lock it instead", where that is possible.
pub(crate) fn lock_instead(id: &DeviceId) -> View {
    let wanted = id.clone();
    let can_be_locked = select(use_model(), move |model| {
        known_device(model, &wanted)
            .is_some_and(|device| actions::words::action_refusal(&device, Action::RemoteLock).is_none())
    });
    let id = id.clone();
    live(move || {
        can_be_locked.get().then(|| {
            let chosen = Event::Actions(actions::Event::Chosen(id.clone(), Action::RemoteLock));
            button_row(button(Weight::Plain, words::action_name(Action::RemoteLock), chosen))
        })
    })
}
