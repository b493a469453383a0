//! A code a person reads off and types elsewhere: large, monospace, in groups; selectable and copied without the gaps.
//!
//! The gaps are made by the style sheet between elements, so the text of the element is the code itself. `translate="no"`
//! keeps translation services from sending it away.

use super::HIDDEN;
use crate::i18n::Text;
use crate::shell::use_tr;
use crate::view::passcode_groups;
use leptos::prelude::*;
use portal_contract::SecretText;

/// The code in groups.
pub fn code(secret: &SecretText, label: Text) -> AnyView {
    let tr = use_tr();
    let groups = passcode_groups(secret.reveal());
    let groups = groups.into_iter().map(|group| view! { <span>{group}</span> }).collect_view();
    view! {
        <output class="code" translate="no" dir="ltr" aria-live="off" aria-label=tr.say(label)>
            {groups}
        </output>
    }
    .into_any()
}

/// Dots in the place of a code that is not shown. Their number says nothing about the code.
pub fn concealed_code() -> AnyView {
    let group = || view! { <span>{"••••"}</span> };
    view! {
        <p class="code concealed" aria-hidden=HIDDEN>
            {group()}
            {group()}
        </p>
    }
    .into_any()
}
