//! Numbered things: what to do on the device, and how far the person has come.

use crate::i18n::Text;
use crate::shell::use_tr;
use leptos::prelude::*;

/// Numbered instructions.
pub fn steps(lines: Vec<Text>) -> AnyView {
    let tr = use_tr();
    let items = lines.into_iter().map(|line| view! { <li><span>{tr.say(line)}</span></li> }).collect_view();
    view! { <ol class="steps">{items}</ol> }.into_any()
}

/// Where the person is among the steps of the whole: `current` counts from 0.
pub fn trail(names: Vec<Text>, current: usize) -> AnyView {
    let tr = use_tr();
    let items = names
        .into_iter()
        .enumerate()
        .map(|(place, name)| {
            let mark = (place == current).then_some("step");
            view! { <li aria-current=mark>{tr.say(name)}</li> }
        })
        .collect_view();
    view! { <ol class="trail">{items}</ol> }.into_any()
}
