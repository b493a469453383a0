//! A tick box with its words. The whole line is the target.

use super::{Part, el};

/// The line. `toggled` runs on every change; what is ticked is the model's, not the element's.
pub fn tick_box(
    id: &'static str,
    is_ticked: impl Fn() -> bool + 'static,
    words: Part,
    toggled: impl Fn() + 'static,
) -> Part {
    let input = el("input")
        .attr("type", "checkbox")
        .attr("id", id)
        .prop_live("checked", move || if is_ticked() { "1".to_owned() } else { String::new() })
        .on("change", move |_| toggled());
    el("label").class("tick").attr("for", id).child(input).child(el("span").child(words)).into()
}
