//! A code a person reads off and types elsewhere: large, monospace, in groups; selectable and copied without the gaps.
//!
//! Gaps and marks are made by the style sheet between and around elements, so the text of the element is the code itself.
//! What kind a character is (digit, capital, small letter) is told by a mark of its own shape besides the colour, and in
//! words in the legend and the spelled list: `O` and `0`, `l` and `1` are different whatever the eyes and the font.
//! `translate="no"` keeps translation services from sending it away.

use super::super::{HIDDEN, Part, el};
use super::take_lost_focus;
use crate::domain::CharacterClass;
use crate::i18n::Text;
use crate::view::{class_name, passcode_groups};
use portal_contract::SecretText;

/// The code in groups. It takes a focus that was lost with the button that asked for it. `described_by` names the element
/// that says something about it, where there is one.
pub fn code(secret: &SecretText, label: Text, described_by: Option<&'static str>) -> Part {
    let groups = passcode_groups(secret.reveal()).into_iter().map(|group| {
        let characters = group.chars().map(|character| {
            el("span").class(mark(CharacterClass::of(character))).text(character.to_string()).into()
        });
        el("span").class("group").children(characters).into()
    });
    let code = el("output")
        .class("code")
        .attr("translate", "no")
        .attr("dir", "ltr")
        .attr("aria-live", "off")
        .attr("tabindex", "-1")
        .attr_words("aria-label", label)
        .mounted(|element| take_lost_focus(&element))
        .children(groups);
    match described_by {
        Some(id) => code.attr("aria-describedby", id).into(),
        None => code.into(),
    }
}

/// Dots in the place of a code that is not shown. Their number says nothing about the code.
pub fn concealed_code() -> Part {
    let group = || el("span").class("group").text("••••");
    el("p").class("code concealed").attr("aria-hidden", HIDDEN).child(group()).child(group()).into()
}

/// What the marks of the code mean, for the kinds that are in it.
pub fn code_legend(secret: &SecretText) -> Part {
    let is_there = |class: &CharacterClass| secret.reveal().chars().any(|c| CharacterClass::of(c) == *class);
    let item = |class| {
        el("li")
            .child(el("span").class(mark(class)).attr("aria-hidden", HIDDEN).text(sample(class)))
            .child(el("span").words(class_name(class)))
            .into()
    };
    el("ul").class("legend").children(CharacterClass::ALL.into_iter().filter(is_there).map(item)).into()
}

/// The class of the style sheet for a kind of character.
pub(super) const fn mark(class: CharacterClass) -> &'static str {
    match class {
        CharacterClass::Digit => "mark digit",
        CharacterClass::Capital => "mark capital",
        CharacterClass::Small => "mark small",
        CharacterClass::Symbol => "mark symbol",
    }
}

const fn sample(class: CharacterClass) -> &'static str {
    match class {
        CharacterClass::Digit => "1",
        CharacterClass::Capital => "A",
        CharacterClass::Small => "a",
        CharacterClass::Symbol => "#",
    }
}
