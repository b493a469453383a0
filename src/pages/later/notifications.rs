//! `/notifications`: what happened, newest first.

use super::super::parts::{Stage, empty_card, load_failed, load_problem};
use crate::app::{LoadState, Model};
use crate::components::{
    Icon, Part, el, group, heading, live, minute_now, nothing, notification_item, skeleton_rows,
};
use crate::i18n::t;
use crate::shell::{select, use_model};

fn stage(model: &Model) -> Stage {
    match (&model.notifications.state, model.notifications.items.is_empty()) {
        (_, false) => Stage::Shown,
        (LoadState::NotAsked | LoadState::Loading, true) => Stage::Loading,
        (LoadState::Failed(_), true) => Stage::Failed,
        (LoadState::Loaded, true) => Stage::Absent,
    }
}

/// The list of notifications with its states.
pub(super) fn notifications() -> Part {
    let model = use_model();
    let stage = select(model, stage);
    let problem = select(model, move |model| {
        load_problem(&model.notifications.state, t::notifications_error_heading())
    });
    let body = live(move || match stage.get() {
        Stage::Loading => skeleton_rows(2),
        Stage::Absent => {
            empty_card(Icon::Flag, t::notifications_empty_heading(), t::notifications_empty_text()).into()
        }
        Stage::Failed => nothing(),
        Stage::Shown => list(),
    });
    group([heading(t::notifications_heading()), load_failed(problem), body])
}

fn list() -> Part {
    let model = use_model();
    let items = select(model, move |model| model.notifications.items.clone());
    let now = select(model, minute_now);
    el("ul")
        .class("notes")
        .live(move || {
            items.with(|items| items.iter().map(|item| notification_item(item, now)).collect::<Part>())
        })
        .into()
}
