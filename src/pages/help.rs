//! `/help`: whom to ask, what to tell them, and the questions people have.
//!
//! `/accessibility`: what the page aims for, how that was tested, and what is not known. It claims nothing the tests do
//! not look at: `e2e/tests/access.spec.mjs` and beside it `screens`, `open`, `looks-*`, `focus-order` and `motion`.

use crate::components::{
    Flow, View, Weight, branding, button_row, contact_card, contact_ways, el, group, heading, link_button,
    paragraph, print_mark, titled,
};
use crate::i18n::{Text, t};
use crate::route::Route;

/// The help page.
pub(crate) fn help() -> View {
    let questions: Vec<(Text, Text)> = vec![
        (t::help_data_question(), t::help_data_answer()),
        (t::help_missing_question(), t::help_missing_answer()),
        (t::help_wait_question(), t::help_wait_answer()),
        (t::help_sign_in_question(), t::help_sign_in_answer()),
        (t::help_factor_question(), t::help_factor_answer()),
        (t::help_find_question(), t::help_find_answer()),
        (t::help_borrowed_question(), t::help_borrowed_answer()),
    ];
    let question = |(question, answer)| {
        let summary = el("summary").words(question);
        el("details").child(summary).child(el("p").words(answer)).into()
    };
    let tell = [
        t::support_tell_device_general(),
        t::support_tell_when(),
        t::support_tell_seen(),
        t::support_tell_reference(),
    ];
    let tell = tell.map(|line| el("li").words(line).into());
    let tell = titled("card stack", "tell-heading", t::support_tell_heading())
        .child(el("ul").children(tell))
        .child(el("p").child(el("strong").words(t::support_never_tell())));
    group([
        el("div")
            .class("page-head")
            .child(heading(t::help_heading()))
            .child(print_mark())
            .child(paragraph("lede", t::help_lead()))
            .into(),
        el("div")
            .class("split")
            .child(
                titled("stack", "questions-heading", t::help_questions())
                    .children(questions.into_iter().map(question))
                    .child(button_row(group([
                        link_button(Weight::Quiet, t::history_page_all_link(), &Route::History),
                        link_button(Weight::Quiet, t::accessibility_heading(), &Route::Accessibility),
                    ]))),
            )
            .child(el("div").class("stack").child(contact_card(t::support_heading(), branding())).child(tell))
            .into(),
    ])
}

/// The statement.
pub(crate) fn accessibility() -> View {
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
