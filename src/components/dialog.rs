//! A modal question: the native `<dialog>`, which keeps the focus inside and the page behind it inert.
//!
//! It is named by its heading, which gets the focus first so that a screen reader reads from the top. Esc cancels, a
//! click beside it does nothing (a question about a reset must not vanish by accident), and when it goes the focus
//! returns to what opened it.

use crate::shell::use_tr;
use crate::i18n::Text;
use leptos::{html::Dialog, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Shows a modal dialog for as long as it is mounted. `on_cancel` runs on Esc; the buttons belong to `body`.
pub fn dialog(
    id: &'static str,
    heading: Text,
    on_cancel: impl Fn() + Copy + 'static,
    body: AnyView,
) -> impl IntoView {
    let tr = use_tr();
    let node = NodeRef::<Dialog>::new();
    let opener = StoredValue::new_local(focused_element());
    let is_going = StoredValue::new(false);
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            // It fails only when the dialog is open already or has left the document; both need nothing.
            let _shown = dialog.show_modal();
        }
    });
    on_cleanup(move || {
        is_going.set_value(true);
        let opener = opener.try_get_value().flatten();
        request_animation_frame(move || give_focus_back(opener.as_ref()));
    });
    let heading_id = format!("{id}-heading");
    let labelled_by = heading_id.clone();
    view! {
        <dialog
            id=id
            node_ref=node
            aria-labelledby=labelled_by
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_cancel();
            }
            // A browser may close it without asking when Esc is pressed twice.
            on:close=move |_| {
                if !is_going.try_get_value().unwrap_or(true) {
                    on_cancel();
                }
            }
        >
            <div class="dialog-body">
                <h2 id=heading_id tabindex="-1" autofocus=true>{tr.say(heading)}</h2>
                {body}
            </div>
        </dialog>
    }
}

fn focused_element() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Returns the focus unless something else has taken it in the meantime (a new page takes it to its heading).
fn give_focus_back(opener: Option<&HtmlElement>) {
    let is_free = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if let (true, Some(opener)) = (is_free, opener) {
        let _focused = opener.focus();
    }
}
