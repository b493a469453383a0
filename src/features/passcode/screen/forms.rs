//! A code a person reads off and types elsewhere: large, monospace, in groups; selectable and copied without the gaps.
//!
//! Gaps and marks are made by the style sheet between and around elements, so the text of the element is the code itself.
//! What kind a character is (digit, capital, small letter) is told by a mark of its own shape besides the colour, and in
//! words in the legend and the spelled list: `O` and `0`, `l` and `1` are different whatever the eyes and the font.
//! `translate="no"` keeps translation services from sending it away.
//!
//! A QR code in the page itself: nothing is asked of a network. Black on white with its margin in every colour scheme, because
//! cameras read it, not people.
//!
//! A passcode in words, character by character, to be read or dictated.

use crate::components::{HIDDEN, View, el, live, nothing, take_lost_focus};
use crate::domain::CharacterClass;
use crate::features::passcode::words::{SpelledCharacter, class_name, passcode_groups, qr_drawing, spell};
use crate::i18n::{Text, t};
use crate::shell::use_tr;
use portal_contract::SecretText;

/// The code in groups. It takes a focus that was lost with the button that asked for it. `described_by` names the element
/// that says something about it, where there is one.
pub(crate) fn code(secret: &SecretText, label: Text, described_by: Option<&'static str>) -> View {
    let groups = passcode_groups(secret.reveal()).into_iter().map(|group| {
        let characters = group.chars().map(|character| {
            el("span").class(mark(CharacterClass::of(character))).text(character.to_string()).into()
        });
        el("span").class("group").children(characters).into()
    });
    let code = el("output")
        .class("code")
        .untranslated()
        .attr("dir", "ltr")
        .attr("aria-live", "off")
        .attr("tabindex", "-1")
        .attr_words("aria-label", label)
        .on_mount(|element| take_lost_focus(&element))
        .children(groups);
    match described_by {
        Some(id) => code.attr("aria-describedby", id).into(),
        None => code.into(),
    }
}

/// Dots in the place of a code that is not shown. Their number says nothing about the code.
pub(crate) fn concealed_code() -> View {
    let group = || el("span").class("group").text("••••");
    el("p").class("code concealed").attr("aria-hidden", HIDDEN).child(group()).child(group()).into()
}

/// What the marks of the code mean, for the kinds that are in it.
pub(crate) fn code_legend(secret: &SecretText) -> View {
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
pub(crate) const fn mark(class: CharacterClass) -> &'static str {
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

/// The code with what it holds told below it; nothing for a text that does not fit.
pub(crate) fn qr_code(secret: &SecretText, label: Text) -> View {
    let Some(drawing) = qr_drawing(secret) else { return nothing() };
    let side = drawing.side.to_string();
    let background = el("rect").attr("width", side.clone()).attr("height", side.clone()).attr("fill", "#fff");
    let squares = el("path").attr("d", drawing.path.reveal().to_owned()).attr("fill", "#000");
    let picture = el("svg")
        .class("qr")
        .attr("viewBox", ["0 0 ", &side, " ", &side].concat())
        .attr("role", "img")
        .attr("shape-rendering", "crispEdges")
        .attr_words("aria-label", label)
        .child(background)
        .child(squares);
    el("figure").class("secret").child(picture).child(el("figcaption").words(t::passcode_qr_note())).into()
}

/// The list, in the language of the page.
pub(crate) fn spelled_passcode(secret: SecretText) -> View {
    let tr = use_tr();
    let list = move || {
        let spelled = tr.written(|language, formatter| spell(&secret, language, formatter));
        el("ol")
            .class("spelled")
            .untranslated()
            .attr("aria-labelledby", HEADING)
            .children(spelled.characters().iter().map(item))
    };
    el("div")
        .class("stack tight secret")
        .child(el("h3").attr("id", HEADING).words(t::passcode_spelled_heading()))
        .child(live(list))
        .into()
}

const HEADING: &str = "spelled-heading";

fn item(spelled: &SpelledCharacter) -> View {
    let aid = spelled.aid.as_ref().map(|aid| el("span").class("aid").text(["(", aid.reveal(), ")"].concat()));
    el("li")
        .child(
            el("span")
                .class(mark(spelled.class))
                .attr("aria-hidden", HIDDEN)
                .text(spelled.character.reveal()),
        )
        .child(el("span").text(spelled.words.reveal()).child(aid))
        .into()
}
