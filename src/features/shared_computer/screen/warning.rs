//! A borrowed screen: the warning before the sign-out by the clock, and the way out at the end.

use super::is_shared;
use crate::app::{Event, Model};
use crate::components::{View, Weight, button, button_row, dialog, el, live, sign_out_hint, titled};
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
        .child(el("p").class("digits").attr("role", "timer").live_text(clock))
        .child(
            el("p")
                .class("actions")
                .child(button(
                    Weight::Plain,
                    t::session_sign_out(),
                    Event::SignIn(sign_in::Event::SignOutChosen),
                ))
                .child(button(
                    Weight::Primary,
                    t::idle_stay(),
                    Event::SharedComputer(shared_computer::Event::StayChosen),
                )),
        );
    dialog(
        "idle",
        t::idle_heading(),
        move || dispatch(Event::SharedComputer(shared_computer::Event::StayChosen)),
        body.into(),
    )
}

/// The way out at the end: prominent on a borrowed screen, a hint on one's own.
pub(crate) fn finish() -> View {
    let is_shared = select(use_model(), is_shared);
    live(move || {
        if is_shared.get() {
            titled("card stack finish", "finish-heading", t::shared_computer_finish_heading())
                .child(el("p").words(t::shared_computer_finish_text()))
                .child(button_row(button(
                    Weight::Primary,
                    t::session_sign_out(),
                    Event::SignIn(sign_in::Event::SignOutChosen),
                )))
                .into()
        } else {
            sign_out_hint(t::done_sign_out_hint())
        }
    })
}
