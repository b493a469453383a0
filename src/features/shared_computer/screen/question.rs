//! "This is not my device": the question before the sign-in.

use crate::app::{Event, Model};
use crate::components::{Part, el, tick_box, words};
use crate::domain::WhoseScreen;
use crate::features::shared_computer;
use crate::i18n::t;
use crate::shell::{select, use_dispatch, use_model};

/// "This is not my device", with what that means.
pub(crate) fn borrowed_question() -> Part {
    let dispatch = use_dispatch();
    let is_borrowed = select(use_model(), is_borrowed);
    let toggle = move || {
        let other = if is_borrowed.get_untracked() { WhoseScreen::Own } else { WhoseScreen::Borrowed };
        dispatch(Event::SharedComputer(shared_computer::Event::Declared(other)));
    };
    el("div")
        .class("stack tight")
        .child(tick_box("borrowed", move || is_borrowed.get(), words(t::borrowed_check()), toggle))
        .live(move || {
            is_borrowed.get().then(|| el("p").class("reference").words(shared_computer::words::idle_rule()))
        })
        .into()
}

pub(crate) fn is_borrowed(model: &Model) -> bool {
    model.features.shared_computer.screen == WhoseScreen::Borrowed
}
