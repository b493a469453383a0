//! `/help`: whom to ask, what to tell them, and the questions people have.

use super::super::parts::{actions, branding, paragraph, titled};
use crate::components::{Part, Weight, contact_card, el, group, heading, link_button};
use crate::i18n::{Text, t};
use crate::route::Route;

/// The help page.
pub(super) fn help() -> Part {
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
            .child(paragraph("lede", t::help_lead()))
            .into(),
        el("div")
            .class("split")
            .child(
                titled("stack", "questions-heading", t::help_questions())
                    .children(questions.into_iter().map(question))
                    .child(actions(group([
                        link_button(Weight::Quiet, t::history_page_all_link(), &Route::History),
                        link_button(Weight::Quiet, t::accessibility_heading(), &Route::Accessibility),
                    ]))),
            )
            .child(el("div").class("stack").child(contact_card(t::support_heading(), branding())).child(tell))
            .into(),
    ])
}
