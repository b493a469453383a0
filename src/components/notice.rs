//! A boxed message: what is the matter, what comes next, the reference to give to IT, and one way on.

use super::{Part, el, group, icon, tone_class, tone_icon};
use crate::i18n::{Text, t};
use crate::view::{Notice, Tone};

/// A boxed message: its title, its paragraphs, and below them whatever goes on (buttons, ways to reach IT).
#[inline(never)]
pub fn message(tone: Tone, title: Option<Text>, lines: Vec<Text>, rest: Option<Part>) -> Part {
    el("div")
        .attr("class", ["notice ", tone_class(tone)].concat())
        .child(icon(tone_icon(tone)))
        .child(title.map(|title| el("p").class("title").words(title)))
        .children(lines.into_iter().map(|line| el("p").words(line).into()))
        .child(rest)
        .into()
}

/// A [`Notice`] below its own heading: paragraphs and reference in the box; the heading belongs to the screen.
pub fn notice_body(notice: Notice) -> Part {
    message(notice.tone, None, notice.lines, notice.reference.map(reference))
}

/// The reference a person gives to IT: selectable as a whole, never translated.
pub fn reference(reference: String) -> Part {
    let code = el("code").attr("translate", "no").text(reference);
    el("p").class("reference").words(t::app_reference_label()).text(": ").child(code).into()
}

/// Something that went wrong while the person was here: spoken at once, wherever the focus is.
pub fn alert(notice: Notice, rest: Option<Part>) -> Part {
    let rest = group([notice.reference.map(reference).into(), rest.into()]);
    let body = message(notice.tone, Some(notice.heading), notice.lines, Some(rest));
    el("div").attr("role", "alert").child(body).into()
}
