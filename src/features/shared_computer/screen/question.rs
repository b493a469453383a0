//! "This is not my device": the question before the sign-in.

use crate::app::{Event, Model};
use crate::components::{View, el, tick_box, words};
use crate::domain::Computer;
use crate::features::shared_computer;
use crate::i18n::t;
use crate::shell::{select, use_dispatch, use_model};

/// "This is not my device", with what that means.
pub(crate) fn shared_computer_question() -> View {
    let dispatch = use_dispatch();
    let is_shared = select(use_model(), is_shared);
    let toggle = move || {
        let other = if is_shared.get_untracked() { Computer::Own } else { Computer::Shared };
        dispatch(Event::SharedComputer(shared_computer::Event::Declared(other)));
    };
    el("div")
        .class("stack tight")
        .child(tick_box("borrowed", move || is_shared.get(), words(t::shared_computer_check()), toggle))
        .live(move || {
            is_shared.get().then(|| el("p").class("reference").words(shared_computer::words::idle_rule()))
        })
        .into()
}

pub(crate) fn is_shared(model: &Model) -> bool {
    model.features.shared_computer.screen == Computer::Shared
}
