//! The screens around signing in and out, and the one that says the page is not set up.

use super::borrowed::borrowed_question;
use super::parts::{actions, ask_it, hero, hero_icon, notice_screen, paragraph};
use crate::app::{AppEvent, Event, Model};
use crate::components::{HIDDEN, Icon, Part, Weight, button, el, group, heading, link_button, live};
use crate::core::{Config, Session};
use crate::features::sign_in;
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{select, use_model};
use crate::view::{self, Notice, Tone};

/// Something goes on by itself in a moment. The mark appears only when the moment is long.
pub(super) fn waiting(words: Text) -> Part {
    el("div")
        .class("hero late")
        .child(el("span").class("working").attr("aria-hidden", HIDDEN))
        .child(heading(words))
        .into()
}

/// A screen that needs a sign-in, for somebody who has none.
pub(super) fn required() -> Part {
    el("div")
        .class("landing")
        .child(hero_icon(Icon::Lock))
        .child(heading(t::sign_in_required_heading()))
        .child(paragraph("lede", t::sign_in_required_text()))
        .child(borrowed_question())
        .child(button(Weight::Primary, t::sign_in_button(), Event::SignIn(sign_in::Event::SignInChosen)))
        .into()
}

/// `/signed-out`, when nothing follows.
pub(super) fn signed_out() -> Part {
    let by_clock = select(use_model(), move |model| model.features.shared_computer.ended_by_idleness);
    let words = el("div")
        .class("stack tight")
        .live(move || by_clock.get().then(|| el("p").words(t::idle_ended())))
        .child(el("p").words(t::signed_out_text()))
        .child(el("p").words(t::signed_out_provider_note()));
    el("div")
        .class("landing")
        .child(hero(Tone::Good, Icon::Check, t::signed_out_heading()))
        .child(words)
        .child(actions(group([
            button(Weight::Primary, t::signed_out_sign_in(), Event::SignIn(sign_in::Event::SignInChosen)),
            link_button(Weight::Plain, t::help_heading(), &Route::Help),
        ])))
        .into()
}

/// A sign-in that did not come about.
pub(super) fn failed() -> Part {
    explained(
        |model| match &model.page.session {
            Session::SignInFailed { error, .. } => Some(view::sign_in_problem(*error)),
            Session::Starting
            | Session::SignedOut
            | Session::Redirecting(_)
            | Session::CompletingCallback(_)
            | Session::SignedIn(_) => None,
        },
        Event::SignIn(sign_in::Event::SignInChosen),
    )
}

/// The page cannot start: `config.json` is missing or wrong.
pub(super) fn not_set_up() -> Part {
    explained(
        |model| match &model.page.config {
            Config::Failed(error) => Some(view::config_problem(*error)),
            Config::Loading | Config::Ready(_) => None,
        },
        Event::App(AppEvent::RetryChosen),
    )
}

fn explained(problem: fn(&Model) -> Option<Notice>, go_on: Event) -> Part {
    let problem = select(use_model(), problem);
    let body = live(move || problem.get().map(|notice| notice_screen(notice, go_on.clone())));
    group([body, ask_it()])
}
