//! A focus that would be lost: when the element that had it is replaced by its successor (the button that showed something
//! by what it showed), the successor takes it, so that a keyboard goes on from there.

use leptos::prelude::document;
use web_sys::HtmlElement;

/// Gives the element the focus, if nothing has it.
pub fn take_lost_focus(element: &HtmlElement) {
    let is_lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if is_lost {
        let _focused = element.focus();
    }
}
