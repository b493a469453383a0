//! A passcode in words, character by character, to be read or dictated.

use super::super::{HIDDEN, Part, el, live};
use super::code::mark;
use crate::i18n::t;
use crate::shell::use_tr;
use crate::view::{SpelledCharacter, spell};
use portal_contract::SecretText;

/// The list, in the language of the page.
pub fn spelled_passcode(secret: SecretText) -> Part {
    let tr = use_tr();
    let list = move || {
        let spelled = tr.written(|language, formatter| spell(&secret, language, formatter));
        el("ol")
            .class("spelled")
            .attr("translate", "no")
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

fn item(spelled: &SpelledCharacter) -> Part {
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
