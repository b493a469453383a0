//! A choice of one among several: the field by itself, and with its label.

use crate::components::{Element, View, el};
use crate::i18n::Text;

/// The field. `options` are values, each with the element of its words; `chosen` is the value that stands there, and is
/// followed; `changed` gets the new one.
pub(crate) fn select_field(
    options: Vec<(String, Element)>,
    chosen: impl Fn() -> String + Clone + 'static,
    changed: impl Fn(String) + 'static,
) -> Element {
    let option = |(value, words): (String, Element)| {
        let (chosen, own) = (chosen.clone(), value.clone());
        let is_chosen = move || if chosen() == own { "selected".to_owned() } else { String::new() };
        words.attr("value", value).prop_live("selected", is_chosen).into()
    };
    let change = move |event: web_sys::Event| {
        if let Some(value) = value_of(&event) {
            changed(value);
        }
    };
    let options: Vec<View> = options.into_iter().map(option).collect();
    el("select").attr("autocomplete", "off").on("change", change).children(options)
}

fn value_of(event: &web_sys::Event) -> Option<String> {
    js_sys::Reflect::get(&event.target()?.into(), &"value".into()).ok()?.as_string()
}

/// The field with its label. `options` are values and their words, `chosen` is the value that stands there at first.
pub(crate) fn choice(
    id: &'static str,
    label: Text,
    options: Vec<(String, Text)>,
    chosen: &str,
    changed: impl Fn(String) + 'static,
) -> View {
    let option = |(value, words): (String, Text)| (value, el("option").words(words));
    let chosen = chosen.to_owned();
    let field = select_field(options.into_iter().map(option).collect(), move || chosen.clone(), changed);
    el("p").class("choice").child(el("label").attr("for", id).words(label)).child(field.attr("id", id)).into()
}
