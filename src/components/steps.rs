//! Numbered things: what to do on the device, and how far the person has come.
//!
//! Placeholders while something loads. They appear only after half a second (by the style sheet, so that no timer has to
//! be kept): a quick answer shows no flicker.

use crate::components::{HIDDEN, View, el};
use crate::i18n::Text;

/// Numbered instructions.
pub fn steps(lines: Vec<Text>) -> View {
    let items = lines.into_iter().map(|line| el("li").child(el("span").words(line)).into());
    el("ol").class("steps").children(items).into()
}

/// Where the person is among the steps of the whole: `current` counts from 0.
pub fn trail(names: Vec<Text>, current: usize) -> View {
    let items = names.into_iter().enumerate().map(|(place, name)| {
        let item = el("li").words(name);
        (if place == current { item.attr("aria-current", "step") } else { item }).into()
    });
    el("ol").class("trail").children(items).into()
}

/// Rows of the device list before there are any.
pub fn skeleton_rows(count: usize) -> View {
    let row = |_| {
        let row = el("div").class("skeleton-row").attr("aria-hidden", HIDDEN);
        row.child(el("i")).child(el("b")).child(el("s")).into()
    };
    el("div").class("skeletons late").children((0..count).map(row)).into()
}
