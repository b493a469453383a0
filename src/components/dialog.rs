//! A modal question: the native `<dialog>`, which keeps the focus inside and the page behind it inert.
//!
//! It is named by its heading, which gets the focus first so that a screen reader reads from the top. Esc cancels, a
//! click beside it does nothing (a question about a reset must not vanish by accident), and when it goes the focus
//! returns to what opened it.

use crate::components::{View, el, focus_heading};
use crate::i18n::Text;
use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

/// Shows a modal dialog for as long as it is mounted. `on_cancel` runs on Esc. `buttons` stand below
/// what scrolls, so that they are always in sight.
pub fn dialog(
    id: &'static str,
    heading: Text,
    on_cancel: impl Fn() + Copy + 'static,
    body: View,
    buttons: View,
) -> View {
    let give_focus_back = focus_return();
    let heading_id = [id, "-heading"].concat();
    let labelled_by = heading_id.clone();
    let heading = el("h2").attr("id", heading_id).attr("tabindex", "-1").attr("autofocus", "").words(heading);
    el("dialog")
        .attr("id", id)
        .attr("aria-labelledby", labelled_by)
        .on("cancel", move |event| {
            event.prevent_default();
            on_cancel();
        })
        // A browser may close it without asking when Esc is pressed twice.
        .on("close", move |_| on_cancel())
        .child(el("div").class("dialog-body").child(heading).child(body))
        .child(el("div").class("actions").child(buttons))
        .on_mount(show)
        .on_cleanup(give_focus_back)
        .into()
}

fn show(dialog: HtmlElement) {
    if let Ok(dialog) = dialog.dyn_into::<HtmlDialogElement>() {
        // It fails only when the dialog is open already or has left the document; both need nothing.
        let _shown = dialog.show_modal();
    }
}

/// For what takes the focus while it is there: returns it afterwards to what has it now, or to the heading of the screen when
/// that has gone too (a question that took the place of another). Not when something else has taken it in the meantime.
pub fn focus_return() -> impl FnOnce() + 'static {
    let opener: Option<HtmlElement> = document().active_element().and_then(|element| element.dyn_into().ok());
    move || {
        request_animation_frame(move || {
            let is_free = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
            if let (true, Some(opener)) = (is_free, &opener) {
                let _focused = opener.focus();
            }
            focus_heading(true);
        });
    }
}
