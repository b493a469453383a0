//! `/notifications`: what happened, newest first.

use super::parts::load_failed;
use crate::app::{LoadState, Model};
use crate::components::{Icon, heading, icon, minute_now, notification_item, skeleton_rows};
use crate::i18n::t;
use crate::shell::{use_model, use_tr};
use crate::view;
use leptos::prelude::*;

/// The list of notifications with its states.
pub(super) fn notifications() -> AnyView {
    let model = use_model();
    let items = Memo::new(move |_| model.with(|model| model.notifications.items.clone()));
    let is_waiting = Memo::new(move |_| {
        model.with(|model| {
            matches!(model.notifications.state, LoadState::NotAsked | LoadState::Loading)
        })
    });
    let failed = Memo::new(move |_| model.with(failed_notice));
    let now = Memo::new(move |_| model.with(minute_now));
    let problem = move || failed.get().map(|notice| load_failed(t::notifications_error_heading(), notice));
    let list = move || {
        items.with(|items| {
            if !items.is_empty() {
                let now = now.get();
                let notes = items.iter().map(|item| notification_item(item, now)).collect_view();
                return view! { <ul class="notes">{notes}</ul> }.into_any();
            }
            if is_waiting.get() {
                return skeleton_rows(2);
            }
            if failed.with(Option::is_some) {
                return ().into_any();
            }
            empty()
        })
    };
    view! {
        {heading(Signal::stored(t::notifications_heading()))}
        {problem}
        {list}
    }
    .into_any()
}

fn failed_notice(model: &Model) -> Option<view::Notice> {
    match &model.notifications.state {
        LoadState::Failed(error) => Some(view::api_problem(error)),
        LoadState::NotAsked | LoadState::Loading | LoadState::Loaded => None,
    }
}

fn empty() -> AnyView {
    let tr = use_tr();
    view! {
        <div class="card empty">
            <div class="hero-icon">{icon(Icon::Flag)}</div>
            <h2>{tr.say(t::notifications_empty_heading())}</h2>
            <p>{tr.say(t::notifications_empty_text())}</p>
        </div>
    }
    .into_any()
}
