//! Buttons and links that look like them, named by what they do.
//!
//! A tick box with its words. The whole line is the target.

use crate::app::Event;
use crate::components::{View, el};
use crate::i18n::Text;
use crate::route::Route;
use crate::shell::use_dispatch;

/// The weight of a button. Only the last step of a reset is `Danger`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// One among equals.
    Plain,
    /// What most people want next.
    Primary,
    /// Does something that cannot be taken back.
    Danger,
    /// Looks like a link.
    Quiet,
}

impl Weight {
    /// The classes of the style sheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button primary",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        }
    }
}

/// A button that says what the person did.
#[inline(never)]
pub fn button(weight: Weight, words: Text, event: Event) -> View {
    let dispatch = use_dispatch();
    pressable(weight, words, Box::new(move || dispatch(event.clone())))
}

/// A button whose effect stays inside its component.
#[inline(never)]
pub fn pressable(weight: Weight, words: Text, press: Box<dyn Fn()>) -> View {
    el("button").attr("type", "button").class(weight.class()).on_press(press).words(words).into()
}

/// A link to a screen of the page that looks like a button.
#[inline(never)]
pub fn link_button(weight: Weight, words: Text, route: &Route) -> View {
    el("a").class(weight.class()).attr("href", route.path()).words(words).into()
}

/// The line. `toggled` runs on every change; what is ticked is the model's, not the element's.
pub fn tick_box(
    id: &'static str,
    is_ticked: impl Fn() -> bool + 'static,
    words: View,
    toggled: impl Fn() + 'static,
) -> View {
    let input = el("input")
        .attr("type", "checkbox")
        .attr("id", id)
        .prop_live("checked", move || if is_ticked() { "1".to_owned() } else { String::new() })
        .on("change", move |_| toggled());
    el("label").class("tick").attr("for", id).child(input).child(el("span").child(words)).into()
}
