//! `/notifications`: what happened, newest first.

use super::{mark_all, notification_item};
use crate::app::{Event, Model};
use crate::components::{
    Element, Icon, Stage, View, el, empty_card, group, heading, live, live_text, load_failed, load_problem,
    minute_now, nothing, skeleton_rows, status_chip, tone_icon,
};
use crate::core::LoadState;
use crate::domain::{DeviceId, ResultId};
use crate::features::notifications;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{Selected, select, use_dispatch, use_model, use_tr};
use crate::words;
use portal_contract::{Notification, NotificationKind, UtcTime};

fn stage(model: &Model) -> Stage {
    match (&model.features.notifications.state, model.features.notifications.items.is_empty()) {
        (_, false) => Stage::Shown,
        (LoadState::NotAsked | LoadState::Loading, true) => Stage::Loading,
        (LoadState::Failed(_), true) => Stage::Failed,
        (LoadState::Loaded, true) => Stage::Absent,
    }
}

/// The list of notifications with its states.
pub(crate) fn notifications() -> View {
    let model = use_model();
    let stage = select(model, stage);
    let problem = select(model, move |model| {
        load_problem(&model.features.notifications.state, t::notifications_error_heading())
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

fn list() -> View {
    let model = use_model();
    let items = select(model, move |model| model.features.notifications.items.clone());
    let now = select(model, minute_now);
    let is_unread = select(model, move |model| model.features.notifications.unread() > 0);
    let shared_names = select(model, move |model| model.features.devices.list.shared_names().clone());
    let list = el("ul").class("notes").live(move || {
        let _followed = shared_names.get();
        items.with(|items| items.iter().map(|item| entry(item, now)).collect::<View>())
    });
    group([live(move || is_unread.get().then(mark_all)), list.into()])
}

/// What the flyout shows, and for reading in peace: the date, the state in a word, and the way on if it was not the person.
fn entry(item: &Notification, now: Selected<Option<UtcTime>>) -> View {
    let tr = use_tr();
    let created = item.created_date_time;
    let when = live_text(move || tr.text(&words::moment(created, now.get())));
    let (tone, state) = words::action_state(item.action_state, item.error_code);
    let rest = group([
        el("span").child(when).into(),
        status_chip(tone, tone_icon(tone), state),
        not_me_link(item).into(),
    ]);
    notification_item(item, rest)
}

fn not_me_link(item: &Notification) -> Option<Element> {
    let dispatch = use_dispatch();
    let device = DeviceId::parse(&item.device_id)?;
    let result = ResultId::parse(&item.result_id).filter(|_| item.kind == NotificationKind::PasscodeReset)?;
    let seen = Event::Notifications(notifications::Event::Read(item.id.clone()));
    let link = el("a").attr("href", Route::UnrecognizedActivity(device, result).path());
    Some(link.on_press(move || dispatch(seen.clone())).words(t::unrecognized_link()))
}
