//! A borrowed screen: the warning before the sign-out by the clock, and the way out at the end.

use super::is_shared;
use crate::app::{Event, Model};
use crate::components::{View, Weight, button, button_row, dialog, el, group, live, sign_out_hint, titled};
use crate::domain::{Idleness, Seconds};
use crate::features::{shared_computer, sign_in};
use crate::i18n::t;
use crate::shell::{select, use_dispatch, use_model, use_tr};
use crate::words;
use std::time::Duration;

/// When the remaining time is spoken: with the dialog, and twice more.
const SPOKEN: [i64; 3] = [10, 30, 60];

fn left(model: &Model) -> Seconds {
    match model.features.shared_computer.idleness {
        Idleness::Warning(left) => left.seconds_rounded_up(),
        Idleness::Active | Idleness::Over => Seconds(0),
    }
}

/// The warning, for as long as it stands.
pub(crate) fn warning() -> View {
    let model = use_model();
    let tr = use_tr();
    let dispatch = use_dispatch();
    let seconds = select(model, |model: &Model| left(model).0);
    let spoken = select(model, |model: &Model| {
        let left = left(model).0;
        SPOKEN.into_iter().find(|at| left <= *at).unwrap_or(left)
    });
    let clock = move || {
        let left = Duration::from_secs(u64::try_from(seconds.get()).unwrap_or(0));
        tr.text(&t::confirm_time_left_value(left))
    };
    // An alert inside: what stands outside an open dialog is not read.
    let said = live(move || {
        let left = Seconds(spoken.get());
        el("p").attr("role", "alert").words(t::idle_warning(words::span(left)))
    });
    let body = el("div")
        .class("stack")
        .child(said)
        .child(el("p").class("digits").attr("role", "timer").live_text(clock));
    let sign_out = Event::SignIn(sign_in::Event::SignOutChosen);
    let stay = || Event::SharedComputer(shared_computer::Event::StayChosen);
    let buttons = group([
        button(Weight::Plain, t::session_sign_out(), sign_out),
        button(Weight::Primary, t::idle_stay(), stay()),
    ]);
    dialog("idle", t::idle_heading(), move || dispatch(stay()), body.into(), buttons)
}

/// The way out of a borrowed screen. Filled, unless there is a passcode to be read first.
pub(crate) fn finish(has_passcode: bool) -> View {
    let weight = if has_passcode { Weight::Plain } else { Weight::Primary };
    let is_shared = select(use_model(), is_shared);
    live(move || {
        is_shared.get().then(|| {
            let sign_out = Event::SignIn(sign_in::Event::SignOutChosen);
            titled("card stack finish", "finish-heading", t::shared_computer_finish_heading())
                .child(el("p").words(t::shared_computer_finish_text()))
                .child(button_row(button(weight, t::session_sign_out(), sign_out)))
        })
    })
}

/// On a screen that may be somebody else's after all, a hint with the button.
pub(crate) fn sign_out_when_done() -> View {
    let is_shared = select(use_model(), is_shared);
    live(move || (!is_shared.get()).then(|| sign_out_hint(t::done_sign_out_hint())))
}
