//! One notification in a list: what happened to which device, when, and whether it has been read.

use super::{Part, el, icon, tone_class, tone_icon};
use crate::app::Event;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::use_dispatch;
use crate::view::NotificationView;

/// The list item; `when` says how long ago it was. Following the link marks the notification as read.
pub fn note_item(
    note: NotificationView,
    when: Part,
    is_read: bool,
    route: Option<Route>,
    opened: Event,
) -> Part {
    let dispatch = use_dispatch();
    let class = ["note ", tone_class(note.tone), if is_read { "" } else { " unread" }].concat();
    let mark = (!is_read).then(|| el("span").class("sr").words(t::notifications_unread()).text(": "));
    let sentence = match route {
        Some(route) => {
            el("a").attr("href", route.path()).on_press(move || dispatch(opened.clone())).words(note.sentence)
        }
        None => el("span").words(note.sentence),
    };
    el("li")
        .attr("class", class)
        .child(icon(tone_icon(note.tone)))
        .child(el("p").child(mark).child(sentence))
        .child(note.detail.map(|detail| el("p").class("detail").words(detail)))
        .child(el("p").class("when").child(when))
        .into()
}
