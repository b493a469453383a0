//! The screens around signing in and out, and the one that says the page is not set up.

use super::parts::{ask_it, notice_screen};
use crate::app::{Config, Event, Session};
use crate::components::{HIDDEN, Icon, Weight, button, heading, icon, link_button};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{use_model, use_tr};
use crate::view;
use leptos::prelude::*;

/// Something goes on by itself in a moment. The mark appears only when the moment is long.
pub(super) fn waiting(words: Text) -> AnyView {
    view! {
        <div class="hero late">
            <span class="working" aria-hidden=HIDDEN></span>
            {heading(Signal::stored(words))}
        </div>
    }
    .into_any()
}

/// A screen that needs a sign-in, for somebody who has none.
pub(super) fn required() -> AnyView {
    let tr = use_tr();
    view! {
        <div class="landing">
            <div class="hero-icon">{icon(Icon::Lock)}</div>
            {heading(Signal::stored(t::sign_in_required_heading()))}
            <p class="lede">{tr.say(t::sign_in_required_text())}</p>
            {button(Weight::Primary, t::sign_in_button(), Event::SignInChosen)}
        </div>
    }
    .into_any()
}

/// `/signed-out`, when nothing follows.
pub(super) fn signed_out() -> AnyView {
    let tr = use_tr();
    view! {
        <div class="landing">
            <div class="hero good">
                <div class="hero-icon">{icon(Icon::Check)}</div>
                {heading(Signal::stored(t::signed_out_heading()))}
            </div>
            <div class="stack tight">
                <p>{tr.say(t::signed_out_text())}</p>
                <p>{tr.say(t::signed_out_provider_note())}</p>
            </div>
            <p class="actions">
                {button(Weight::Primary, t::signed_out_sign_in(), Event::SignInChosen)}
                {link_button(Weight::Plain, t::help_heading(), &Route::Help)}
            </p>
        </div>
    }
    .into_any()
}

/// A sign-in that did not come about.
pub(super) fn failed() -> AnyView {
    let model = use_model();
    let error = Memo::new(move |_| {
        model.with(|model| match &model.session {
            Session::SignInFailed { error, .. } => Some(*error),
            Session::Starting
            | Session::SignedOut
            | Session::Redirecting(_)
            | Session::CompletingCallback(_)
            | Session::SignedIn(_) => None,
        })
    });
    let body = move || {
        error.get().map(|error| notice_screen(view::sign_in_problem(error), Event::SignInChosen))
    };
    view! {
        {body}
        {ask_it()}
    }
    .into_any()
}

/// The page cannot start: `config.json` is missing or wrong.
pub(super) fn not_set_up() -> AnyView {
    let model = use_model();
    let error = Memo::new(move |_| {
        model.with(|model| match &model.config {
            Config::Failed(error) => Some(*error),
            Config::Loading | Config::Ready(_) => None,
        })
    });
    let body =
        move || error.get().map(|error| notice_screen(view::config_problem(error), Event::RetryChosen));
    view! {
        {body}
        {ask_it()}
    }
    .into_any()
}
