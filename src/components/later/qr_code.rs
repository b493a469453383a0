//! A QR code in the page itself: nothing is asked of a network. Black on white with its margin in every colour scheme, because
//! cameras read it, not people.

use super::super::{Part, el, nothing};
use crate::i18n::{Text, t};
use crate::view::qr_drawing;
use portal_contract::SecretText;

/// The code with what it holds told below it; nothing for a text that does not fit.
pub fn qr_code(secret: &SecretText, label: Text) -> Part {
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
