//! Placeholders while something loads. They appear only after half a second (by the style sheet, so that no timer has to
//! be kept): a quick answer shows no flicker.

use super::{HIDDEN, Part, el};

/// Rows of the device list before there are any.
pub fn skeleton_rows(count: usize) -> Part {
    let row = |_| {
        let row = el("div").class("skeleton-row").attr("aria-hidden", HIDDEN);
        row.child(el("i")).child(el("b")).child(el("s")).into()
    };
    el("div").class("skeletons late").children((0..count).map(row)).into()
}
