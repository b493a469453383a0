//! The screens around signing in and out, and the one that says the page is not set up.
//!
//! `/`: what the page is for, for somebody who has not signed in.

use crate::app::{AppEvent, Event, Model};
use crate::components::{
    HIDDEN, Icon, View, Weight, ask_it, button, button_row, el, group, heading, hero, hero_icon, icon,
    link_button, live, notice_screen, paragraph, steps,
};
use crate::core::{Config, Session};
use crate::features::shared_computer::screen::shared_computer_question;
use crate::features::sign_in;
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{select, use_model};
use crate::words;
use crate::words::{Notice, Tone};

/// Something goes on by itself in a moment. The mark appears only when the moment is long.
pub(crate) fn waiting(words: Text) -> View {
    el("div")
        .class("hero late")
        .child(el("span").class("working").attr("aria-hidden", HIDDEN))
        .child(heading(words))
        .into()
}

/// A screen that needs a sign-in, for somebody who has none.
pub(crate) fn required() -> View {
    el("div")
        .class("landing")
        .child(hero_icon(Icon::Lock))
        .child(heading(t::sign_in_required_heading()))
        .child(paragraph("lede", t::sign_in_required_text()))
        .child(shared_computer_question())
        .child(button(Weight::Primary, t::sign_in_button(), Event::SignIn(sign_in::Event::SignInChosen)))
        .into()
}

/// `/signed-out`, when nothing follows.
pub(crate) fn signed_out() -> View {
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
        .child(button_row(group([
            button(Weight::Primary, t::signed_out_sign_in(), Event::SignIn(sign_in::Event::SignInChosen)),
            link_button(Weight::Plain, t::help_heading(), &Route::Help),
        ])))
        .into()
}

/// A sign-in that did not come about.
pub(crate) fn failed() -> View {
    explained(
        |model| match &model.page.session {
            Session::SignInFailed { error, .. } => {
                let said = model.features.sign_in.provider_error.as_deref();
                Some(words::sign_in_problem(*error).with_detail(said))
            }
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
pub(crate) fn not_set_up() -> View {
    explained(
        |model| match &model.page.config {
            Config::Failed(error) => Some(words::config_problem(*error)),
            Config::Loading | Config::Ready(_) => None,
        },
        Event::App(AppEvent::RetryChosen),
    )
}

fn explained(problem: fn(&Model) -> Option<Notice>, go_on: Event) -> View {
    let problem = select(use_model(), problem);
    let body = live(move || problem.get().map(|notice| notice_screen(notice, go_on.clone())));
    group([body, ask_it()])
}

/// The welcome.
pub(crate) fn landing() -> View {
    el("div")
        .class("landing")
        .child(el("div").class("hero-icon").attr("aria-hidden", HIDDEN).child(icon(Icon::Key)))
        .child(heading(t::landing_heading()))
        .child(paragraph("lede", t::landing_lead()))
        .child(shared_computer_question())
        .child(button(Weight::Primary, t::landing_button(), Event::SignIn(sign_in::Event::SignInChosen)))
        .child(el("section").class("card").child(steps(vec![
            t::landing_step_sign_in(),
            t::landing_step_choose(),
            t::landing_step_confirm(),
        ])))
        .child(paragraph("reference", t::landing_borrowed()))
        .into()
}
