//! `/help`: whom to ask, what to tell them, and the questions people have.

use crate::components::{contact_card, heading};
use crate::i18n::{Text, t};
use crate::shell::{use_model, use_tr};
use leptos::prelude::*;

/// The help page.
pub(super) fn help() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let branding = Memo::new(move |_| model.with(|model| model.branding.clone()));
    let questions: Vec<(Text, Text)> = vec![
        (t::help_data_question(), t::help_data_answer()),
        (t::help_missing_question(), t::help_missing_answer()),
        (t::help_wait_question(), t::help_wait_answer()),
        (t::help_sign_in_question(), t::help_sign_in_answer()),
        (t::help_factor_question(), t::help_factor_answer()),
        (t::help_find_question(), t::help_find_answer()),
        (t::help_borrowed_question(), t::help_borrowed_answer()),
    ];
    let questions = questions
        .into_iter()
        .map(|(question, answer)| {
            view! {
                <details>
                    <summary>{tr.say(question)}</summary>
                    <p>{tr.say(answer)}</p>
                </details>
            }
        })
        .collect_view();
    let tell = [t::support_tell_device_general(), t::support_tell_when(), t::support_tell_seen(), t::support_tell_reference()];
    let tell = tell.into_iter().map(|line| view! { <li>{tr.say(line)}</li> }).collect_view();
    view! {
        <div class="page-head">
            {heading(Signal::stored(t::help_heading()))} <p class="lede">{tr.say(t::help_lead())}</p>
        </div>
        <div class="split">
            <section class="stack" aria-labelledby="questions-heading">
                <h2 id="questions-heading">{tr.say(t::help_questions())}</h2>
                {questions}
            </section>
            <div class="stack">
                {contact_card(t::support_heading(), branding.into())}
                <section class="card stack" aria-labelledby="tell-heading">
                    <h2 id="tell-heading">{tr.say(t::support_tell_heading())}</h2>
                    <ul>{tell}</ul>
                    <p>
                        <strong>{tr.say(t::support_never_tell())}</strong>
                    </p>
                </section>
            </div>
        </div>
    }
    .into_any()
}
