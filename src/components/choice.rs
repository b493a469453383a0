//! A choice of one among several, with its label.

use crate::components::{View, el};
use crate::i18n::Text;
use leptos::prelude::event_target_value;

/// The field. `options` are values and their words, `chosen` is the value that stands there; `changed` gets the new one.
pub(crate) fn choice(
    id: &'static str,
    label: Text,
    options: Vec<(String, Text)>,
    chosen: &str,
    changed: impl Fn(String) + 'static,
) -> View {
    let option = |(value, words): (String, Text)| {
        let is_chosen = value == chosen;
        let option = el("option").attr("value", value).words(words);
        if is_chosen { option.attr("selected", "") } else { option }.into()
    };
    let field = el("select")
        .attr("id", id)
        .attr("autocomplete", "off")
        .on("change", move |event| changed(event_target_value(&event)))
        .children(options.into_iter().map(option));
    el("p").class("choice").child(el("label").attr("for", id).words(label)).child(field).into()
}
