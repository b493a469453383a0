//! `/accessibility`: what the page aims for, how that was tested, and what is not known. It claims nothing the tests do
//! not look at: `e2e/tests/access.spec.mjs` and beside it `screens`, `open`, `looks-*`, `focus-order` and `motion`.

use super::super::parts::{branding, paragraph, titled};
use crate::components::{Flow, Part, contact_ways, el, group, heading};
use crate::i18n::{Text, t};

/// The statement.
pub(super) fn accessibility() -> Part {
    let list =
        |lines: Vec<Text>| el("ul").children(lines.into_iter().map(|line| el("li").words(line).into()));
    group([
        el("div")
            .class("page-head")
            .child(heading(t::accessibility_heading()))
            .child(paragraph("lede", t::accessibility_lead()))
            .into(),
        titled("card", "target-heading", t::accessibility_target_heading())
            .child(el("p").words(t::accessibility_target()))
            .into(),
        titled("card", "tested-heading", t::accessibility_tested_heading())
            .child(list(vec![
                t::accessibility_tested_rules(),
                t::accessibility_tested_keyboard(),
                t::accessibility_tested_tree(),
                t::accessibility_tested_sizes(),
                t::accessibility_tested_colours(),
            ]))
            .into(),
        titled("card", "unknown-heading", t::accessibility_unknown_heading())
            .child(list(vec![
                t::accessibility_unknown_people(),
                t::accessibility_unknown_readers(),
                t::accessibility_unknown_provider(),
                t::accessibility_unknown_languages(),
            ]))
            .into(),
        titled("card stack tight", "feedback-heading", t::accessibility_feedback_heading())
            .child(el("p").words(t::accessibility_feedback()))
            .child(contact_ways(branding(), Flow::Row))
            .into(),
    ])
}
