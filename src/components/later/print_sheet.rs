//! Printing the steps. The style sheet leaves everything secret off the paper; a passcode that is on the screen is printed
//! only when the box for it is ticked on purpose.

use super::super::{Part, Weight, button, el, group, live, tick_box, words};
use crate::app::{AppEvent, Event, Model};
use crate::domain::DeviceId;
use crate::features::passcode;
use crate::features::passcode::{Aid, PasscodeView};
use crate::i18n::t;
use crate::shell::{select, use_dispatch, use_model};

/// The button that prints, and beside a shown passcode of this device the box.
pub fn print_steps(device: DeviceId) -> Part {
    let is_shown = select(use_model(), move |model| {
        let is_shown = matches!(model.features.passcode.view, PasscodeView::Shown { .. });
        is_shown && model.features.passcode.view.device() == Some(&device)
    });
    el("div")
        .class("print-tools")
        .live(move || is_shown.get().then(with_code))
        .child(el("p").class("actions").child(button(
            Weight::Plain,
            t::print_steps(),
            Event::App(AppEvent::PrintChosen),
        )))
        .into()
}

fn is_on_paper(model: &Model) -> bool {
    model.features.passcode.view.aids().paper == Aid::On
}

fn with_code() -> Part {
    let dispatch = use_dispatch();
    let is_on = select(use_model(), is_on_paper);
    let toggle = move || dispatch(Event::Passcode(passcode::Event::PaperToggled));
    let label = tick_box("with-code", move || is_on.get(), words(t::print_with_code()), toggle);
    let warning = move || is_on.get().then(|| el("p").class("reference").words(t::print_code_note()));
    group([label, live(warning)])
}

/// The class of a passcode's panel that is to be printed.
pub(super) fn paper_class(model: &Model) -> &'static str {
    if is_on_paper(model) { " on-paper" } else { "" }
}
