//! The temporary passcode of a device: hidden until asked for, in groups, spelled, copied, read aloud, as a QR code; hidden
//! again by itself.
//!
//! The value stands in the model only while it is shown, and in the document only here. It is fetched by its own call at
//! "Show passcode", so a page that was merely opened has never had it. Everything that shows it is marked `secret`, which
//! keeps it off the paper (`@media print`). What changes while it is shown (the rest of its time, the QR code, the voice)
//! stands in parts of its own, so that the buttons keep the focus.

use super::forms::{code, code_legend, concealed_code, qr_code, spelled_passcode};
use crate::api::ApiError;
use crate::app::{Event, Model};
use crate::components::{
    Element, Flow, HIDDEN, Icon, View, Weight, alert, button, contact_ways, el, group, icon, link_button,
    live, message, take_lost_focus,
};
use crate::core::{Announcement, SpokenPasscode};
use crate::domain::{Computer, DeviceId, Milliseconds, PasscodeCertainty, Platform, Seconds};
use crate::features::actions::screen::paper_class;
use crate::features::passcode::{PasscodeExtra, PasscodeView};
use crate::features::{passcode, sign_in};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{select, use_dispatch, use_model, use_tr};
use crate::words;
use crate::words::Tone;
use leptos::prelude::WithUntracked;
use portal_contract::{ResetOutcome, SecretText, TemporaryPasscode, UtcTime};
use std::time::Duration;

/// Where a panel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PanelPlace {
    /// What the screen is about: the heading of the screen says so already.
    First,
    /// Among other things, of which one may help more.
    Beside,
    /// On the page of its own, as large as the screen allows.
    OwnPage,
}

/// The panel for a device that may have a temporary passcode, how sure that is, and what its reset does. Once the passcode
/// is there, the server's word for it counts.
pub(crate) fn passcode_panel(
    device: DeviceId,
    platform: Platform,
    outcome: ResetOutcome,
    certainty: PasscodeCertainty,
    place: PanelPlace,
) -> View {
    let model = use_model();
    let wanted = device.clone();
    let stage = select(model, move |model| Stage::of(model, &wanted));
    let size = if place == PanelPlace::OwnPage { "card passcode large" } else { "card passcode" };
    let class = select(model, move |model| [size, paper_class(model)].concat());
    let mut was_there = false;
    let was_there = move || std::mem::replace(&mut was_there, true);
    let was_there = std::cell::RefCell::new(was_there);
    let heading_class = if place == PanelPlace::Beside { "" } else { "sr" };
    el("section")
        .attr_live("class", move || Some(class.get()))
        .attr("aria-labelledby", "passcode-heading")
        .child(el("h2").attr("id", "passcode-heading").class(heading_class).words(t::passcode_heading()))
        .child(el("p").class("print-only not-on-paper").words(t::print_without_code()))
        .live(move || {
            let is_recent = (was_there.borrow_mut())();
            stage.with(|stage| stage_body(stage, &device, (certainty, place), is_recent))
        })
        .child(cannot_type(platform, outcome))
        .into()
}

/// What stands in the panel. The passcode is not in it: what is compared and kept by selections holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Hidden { until: Option<UtcTime> },
    Loading,
    Shown,
    NoneThere,
    NeedsSignIn,
    Failed(ApiError),
}

impl Stage {
    fn of(model: &Model, device: &DeviceId) -> Self {
        let validity = model.features.passcode.validity.as_ref().filter(|known| known.device == *device);
        let hidden = Self::Hidden { until: validity.map(|known| known.until) };
        if model.features.passcode.view.device() != Some(device) {
            return hidden;
        }
        match &model.features.passcode.view {
            PasscodeView::Hidden => hidden,
            PasscodeView::Loading { .. } => Self::Loading,
            PasscodeView::Shown { .. } => Self::Shown,
            PasscodeView::NoneThere { .. } => Self::NoneThere,
            PasscodeView::NeedsSignIn { .. } => Self::NeedsSignIn,
            PasscodeView::Failed { error, .. } => Self::Failed(error.clone()),
        }
    }
}

fn stage_body(
    stage: &Stage,
    device: &DeviceId,
    (certainty, place): (PasscodeCertainty, PanelPlace),
    is_recent: bool,
) -> View {
    let own_page = || {
        let link = || link_button(Weight::Quiet, t::passcode_large(), &Route::Passcode(device.clone()));
        (place != PanelPlace::OwnPage).then(link).into()
    };
    let show = Event::Passcode(passcode::Event::ShowChosen(device.clone()));
    match stage {
        Stage::Hidden { until } => group([
            unconfirmed(certainty).into(),
            code_box(group([concealed_code(), show_button(show, place, is_recent)])),
            el("p")
                .class("reference")
                .words(until.map_or_else(t::passcode_intro, t::passcode_show_again))
                .into(),
            button_row(own_page()),
        ]),
        Stage::Loading => group([
            unconfirmed(certainty).into(),
            code_box(concealed_code()),
            el("p").attr("role", "status").words(t::passcode_loading()).into(),
        ]),
        Stage::Shown => {
            // Only this stage shows it, and it is left in the moment the passcode goes.
            let passcode = use_model().with_untracked(|model| match &model.features.passcode.view {
                PasscodeView::Shown { passcode, .. } => Some(passcode.clone()),
                PasscodeView::Hidden
                | PasscodeView::Loading { .. }
                | PasscodeView::NoneThere { .. }
                | PasscodeView::NeedsSignIn { .. }
                | PasscodeView::Failed { .. } => None,
            });
            passcode.map(|passcode| shown(&passcode, own_page())).into()
        }
        Stage::NoneThere => message(Tone::Neutral, None, vec![t::passcode_none_there()], None),
        Stage::NeedsSignIn => {
            let go = Event::SignIn(sign_in::Event::RevealSignInChosen(device.clone()));
            message(
                Tone::Info,
                Some(t::passcode_needs_sign_in_heading()),
                vec![t::passcode_needs_sign_in_text()],
                Some(button_row(button(Weight::Primary, t::passcode_needs_sign_in_button(), go))),
            )
        }
        Stage::Failed(error) => {
            let mut notice = words::api_problem(error);
            notice.lines.insert(0, t::passcode_failed());
            alert(notice, Some(button_row(button(Weight::Plain, t::app_retry(), show))))
        }
    }
}

const UNCONFIRMED: &str = "passcode-unconfirmed";

/// What is said of a passcode that the device has not confirmed. Nothing is claimed; it is worth a try.
fn unconfirmed(certainty: PasscodeCertainty) -> Option<Element> {
    (certainty == PasscodeCertainty::Unconfirmed).then(|| {
        let words = vec![t::passcode_unconfirmed_text()];
        let note = message(Tone::Warn, Some(t::passcode_unconfirmed()), words, None);
        el("div").attr("id", UNCONFIRMED).child(note)
    })
}

/// When the passcode has hidden itself, the button stands where the focus was.
fn show_button(show: Event, place: PanelPlace, is_recent: bool) -> View {
    let dispatch = use_dispatch();
    let weight = if place == PanelPlace::Beside { Weight::Plain } else { Weight::Primary };
    let button = el("button")
        .attr("type", "button")
        .class(weight.class())
        .on_press(move || dispatch(show.clone()))
        .words(t::passcode_show());
    if is_recent { button.on_mount(|element| take_lost_focus(&element)).into() } else { button.into() }
}

fn code_box(code: View) -> View {
    el("div").class("code-box secret").child(code).into()
}

fn button_row(buttons: View) -> View {
    el("p").class("actions").child(buttons).into()
}

fn shown(passcode: &TemporaryPasscode, own_page: View) -> View {
    let secret = &passcode.passcode;
    let note = unconfirmed(if passcode.is_confirmed {
        PasscodeCertainty::Confirmed
    } else {
        PasscodeCertainty::Unconfirmed
    });
    // The focus goes to the code, so what is said of it has to be read with it.
    let described_by = note.is_some().then_some(UNCONFIRMED);
    let facts: Vec<(Icon, Text)> = vec![
        (Icon::Key, passcode::words::characters(passcode.character_set, secret.reveal())),
        (Icon::Info, t::passcode_groups_note()),
        (Icon::Clock, t::passcode_valid_until(passcode.expires_date_time)),
        (Icon::Hide, t::passcode_auto_hide_note(words::span(PasscodeView::SHOWN_FOR))),
    ];
    let facts = facts
        .into_iter()
        .map(|(symbol, words)| el("li").child(icon(symbol)).child(el("span").words(words)).into());
    group([
        note.into(),
        code_box(group([
            code(secret, t::passcode_heading(), described_by),
            el("div")
                .class("actions")
                .child(rest_time())
                .child(button(
                    Weight::Plain,
                    t::passcode_hide(),
                    Event::Passcode(passcode::Event::HideChosen),
                ))
                .into(),
            code_legend(secret),
        ])),
        // None of them filled: the code is typed on another device.
        button_row(group([own_page, read_aloud(secret.clone()), qr_toggle(), copy_button()])),
        copy_result(),
        qr(secret.clone()),
        spelled_passcode(secret.clone()),
        el("ul").class("outcome").children(facts).into(),
    ])
}

/// The ticking rest: for the eye only, as the time it is shown for is said in words below (rule 2 of the interface).
fn rest_time() -> View {
    let tr = use_tr();
    let left = select(use_model(), |model| {
        model.passcode_hides_in().map_or(Seconds(0), Milliseconds::seconds_rounded_up)
    });
    let digits = move || {
        let left = Duration::from_secs(left.get().0.max(0).unsigned_abs());
        tr.text(&t::confirm_time_left_value(left))
    };
    el("p")
        .class("rest-time")
        .attr("aria-hidden", HIDDEN)
        .child(icon(Icon::Clock))
        .child(el("span").class("digits").untranslated().live_text(digits))
        .into()
}

/// Not on a borrowed screen: its clipboard would keep the passcode.
fn copy_button() -> View {
    let is_shared = select(use_model(), |model| model.features.shared_computer.screen == Computer::Shared);
    live(move || {
        let copy = || Event::Passcode(passcode::Event::CopyChosen);
        (!is_shared.get()).then(|| button(Weight::Quiet, t::passcode_copy(), copy()))
    })
}

/// For the eye; the live region has said it already.
fn copy_result() -> View {
    let latest = select(use_model(), |model| match &model.page.announcement.latest {
        Some(Announcement::PasscodeCopied) => Some(t::passcode_copied()),
        Some(Announcement::PasscodeNotCopied) => Some(t::passcode_copy_failed()),
        Some(_) | None => None,
    });
    live(move || latest.get().map(|words| el("p").class("reference").words(words)))
}

/// Reads it aloud, again and again, and stops: one button, so that it keeps the focus. Absent without a voice.
fn read_aloud(secret: SecretText) -> View {
    let (tr, dispatch) = (use_tr(), use_dispatch());
    let has_voice = select(use_model(), |model| {
        model.features.passcode.voices.contains(&model.features.language.current.locale())
    });
    let is_reading = select(use_model(), |model| model.features.passcode.view.extras().reading.is_some());
    let label = move || {
        let words = if is_reading.get() { t::passcode_read_aloud_stop() } else { t::passcode_read_aloud() };
        tr.text(&words)
    };
    live(move || {
        let secret = secret.clone();
        let press = move || {
            if is_reading.get_untracked() {
                return dispatch(Event::Passcode(passcode::Event::ReadAloudStopped));
            }
            let spoken = tr.written(|language, formatter| SpokenPasscode {
                locale: language.locale(),
                words: passcode::words::spell(&secret, language, formatter)
                    .characters()
                    .iter()
                    .map(|character| character.spoken.clone())
                    .collect(),
            });
            dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken)));
        };
        has_voice.get().then(|| {
            el("button").attr("type", "button").class(Weight::Quiet.class()).on_press(press).live_text(label)
        })
    })
}

fn qr_toggle() -> View {
    let (tr, dispatch) = (use_tr(), use_dispatch());
    let is_on =
        select(use_model(), |model| model.features.passcode.view.extras().qr_code == PasscodeExtra::On);
    let label = move || tr.text(&if is_on.get() { t::passcode_qr_hide() } else { t::passcode_qr_show() });
    el("button")
        .attr("type", "button")
        .class(Weight::Quiet.class())
        .on_press(move || dispatch(Event::Passcode(passcode::Event::QrCodeToggled)))
        .live_text(label)
        .into()
}

fn qr(secret: SecretText) -> View {
    let is_on =
        select(use_model(), |model| model.features.passcode.view.extras().qr_code == PasscodeExtra::On);
    live(move || is_on.get().then(|| qr_code(&secret, t::passcode_qr_label())))
}

/// "I cannot type this": what to do on this platform. Beside the code whether it is shown or not, because people come back
/// from the device to read it.
fn cannot_type(platform: Platform, outcome: ResetOutcome) -> View {
    let branding = select(use_model(), move |model| model.page.branding.clone());
    let help = passcode::words::keypad_help(platform, outcome);
    let steps = help.steps.into_iter().map(|step| el("li").child(el("span").words(step)).into());
    let body = el("div")
        .class("stack")
        .child(el("p").words(help.lead))
        .child(el("ol").class("steps").children(steps))
        .child(el("p").words(help.otherwise))
        .child(contact_ways(branding, Flow::Row));
    el("details")
        .class("cannot-type")
        .child(el("summary").words(t::passcode_cannot_type_heading()))
        .child(body)
        .into()
}
