//! What `index.html` shows instead of the page when the page cannot run.

use leptos::prelude::document;

/// Hides the static explanation, should a fault of somebody else's script have shown it before the page stood.
pub(super) fn hide_static_explanation() {
    if let Some(failed) = document().get_element_by_id("failed") {
        // Setting this attribute cannot fail: the name is valid.
        let _hidden = failed.set_attribute("hidden", "");
    }
}
