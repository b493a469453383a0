//! One notification in a list: what happened to which device, when, and whether it has been read.

use super::{icon, tone_class, tone_icon};
use crate::app::Event;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{use_dispatch, use_tr};
use crate::view::NotificationView;
use leptos::prelude::*;

/// The list item. Following the link marks the notification as read.
pub fn note_item(note: NotificationView, is_read: bool, route: Option<Route>, opened: Event) -> AnyView {
    let tr = use_tr();
    let dispatch = use_dispatch();
    let reading = if is_read { "" } else { " unread" };
    let class = format!("note {}{reading}", tone_class(note.tone));
    let mark = (!is_read).then(|| view! { <span class="sr">{tr.say(t::notifications_unread())} ": "</span> });
    let words = match route {
        Some(route) => view! {
            <a href=route.path() on:click=move |_| dispatch(opened.clone())>
                {tr.say(note.sentence)}
            </a>
        }
        .into_any(),
        None => view! { <span>{tr.say(note.sentence)}</span> }.into_any(),
    };
    let detail = note.detail.map(|detail| view! { <p class="detail">{tr.say(detail)}</p> });
    view! {
        <li class=class>
            {icon(tone_icon(note.tone))} <p>{mark} {words}</p> {detail} <p class="when">{tr.say(note.when)}</p>
        </li>
    }
    .into_any()
}
