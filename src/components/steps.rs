//! Numbered things: what to do on the device, and how far the person has come.

use super::{Part, el};
use crate::i18n::Text;

/// Numbered instructions.
pub fn steps(lines: Vec<Text>) -> Part {
    let items = lines.into_iter().map(|line| el("li").child(el("span").words(line)).into());
    el("ol").class("steps").children(items).into()
}

/// Where the person is among the steps of the whole: `current` counts from 0.
pub fn trail(names: Vec<Text>, current: usize) -> Part {
    let items = names.into_iter().enumerate().map(|(place, name)| {
        let item = el("li").words(name);
        (if place == current { item.attr("aria-current", "step") } else { item }).into()
    });
    el("ol").class("trail").children(items).into()
}
