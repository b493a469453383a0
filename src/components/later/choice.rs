//! A question with two answers as radio buttons, and what to do after the answer that makes a difference. Nothing is
//! chosen beforehand and nothing is demanded: who does not answer goes on all the same.

use super::super::{Part, el, live};
use crate::app::Event;
use crate::i18n::Text;
use crate::shell::{Selected, use_dispatch};

/// An answer and what it means.
pub(super) type Answer = (Text, Event);

/// The question. `is_advised`: the answer was given that `advice` belongs to. The advice is a status that stands there from
/// the beginning, so that it is read when it comes.
pub fn choice(
    name: &'static str,
    question: Text,
    answers: [Answer; 2],
    is_advised: Selected<bool>,
    advice: impl Fn() -> Part + 'static,
) -> Part {
    let dispatch = use_dispatch();
    let radio = |(words, event): Answer| {
        let field = el("input")
            .attr("type", "radio")
            .attr("name", name)
            .on("change", move |_| dispatch(event.clone()));
        el("label").child(field).child(el("span").words(words)).into()
    };
    el("fieldset")
        .class("choice")
        .child(el("legend").words(question))
        .child(el("div").class("answers").children(answers.map(radio)))
        .child(el("div").attr("role", "status").child(live(move || is_advised.get().then(&advice))))
        .into()
}
