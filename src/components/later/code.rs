//! A code a person reads off and types elsewhere: large, monospace, in groups; selectable and copied without the gaps.
//!
//! The gaps are made by the style sheet between elements, so the text of the element is the code itself. `translate="no"`
//! keeps translation services from sending it away.

use super::super::{HIDDEN, Part, el};
use crate::i18n::Text;
use crate::view::passcode_groups;
use portal_contract::SecretText;

/// The code in groups.
pub fn code(secret: &SecretText, label: Text) -> Part {
    let groups = passcode_groups(secret.reveal()).into_iter().map(|group| el("span").text(group).into());
    el("output")
        .class("code")
        .attr("translate", "no")
        .attr("dir", "ltr")
        .attr("aria-live", "off")
        .attr_words("aria-label", label)
        .children(groups)
        .into()
}

/// Dots in the place of a code that is not shown. Their number says nothing about the code.
pub fn concealed_code() -> Part {
    let group = || el("span").text("••••");
    el("p").class("code concealed").attr("aria-hidden", HIDDEN).child(group()).child(group()).into()
}
