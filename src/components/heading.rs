//! The one `h1` of a screen. It gets the focus when the screen changes, so that a keyboard goes on from the top and a
//! screen reader reads where the person is (WCAG 2.4.3).

use super::{Part, el, live_text, words};
use crate::i18n::Text;
use crate::shell::{Selected, use_tr};
use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::JsCast;

const HEADING: &str = "page-heading";

/// The heading of the screen.
pub fn heading(text: Text) -> Part {
    heading_of(words(text))
}

/// A heading with something in it that changes, the name of a device for instance.
pub fn heading_live(text: Selected<Text>) -> Part {
    heading_of(live_text(use_tr().follow(text)))
}

fn heading_of(words: Part) -> Part {
    el("h1").attr("id", HEADING).attr("tabindex", "-1").child(words).into()
}

/// Puts the focus on the heading, once what is being rendered has been. With `only_if_lost` it stays where it is unless
/// the element that had it is gone.
pub fn focus_heading(only_if_lost: bool) {
    request_animation_frame(move || {
        let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        // Behind an open dialog nothing can have it.
        let heading = document().query_selector("dialog[open] h2").ok().flatten();
        let heading = heading.or_else(|| document().get_element_by_id(HEADING));
        let heading = heading.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        if let (Some(heading), true) = (heading, is_lost || !only_if_lost) {
            let _focused = heading.focus();
        }
    });
}
