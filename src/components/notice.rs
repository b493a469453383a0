//! A boxed message: what is the matter, what comes next, the reference to give to IT, and one way on.
//!
//! One notification in a list: what happened to which device, when, and whether it has been read.
//!
//! A status at a glance: an icon and words; the colour only repeats them.

use crate::app::Event;
use crate::components::{Icon, View, el, group, icon};
use crate::features::notifications::words::NotificationView;
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::use_dispatch;
use crate::words::{Notice, Tone};

/// A boxed message: its title, its paragraphs, and below them whatever goes on (buttons, ways to reach IT).
#[inline(never)]
pub fn message(tone: Tone, title: Option<Text>, lines: Vec<Text>, rest: Option<View>) -> View {
    el("div")
        .attr("class", ["notice ", tone_class(tone)].concat())
        .child(icon(tone_icon(tone)))
        .child(title.map(|title| el("p").class("title").words(title)))
        .children(lines.into_iter().map(|line| el("p").words(line).into()))
        .child(rest)
        .into()
}

/// A [`Notice`] below its own heading: paragraphs and reference in the box; the heading belongs to the screen.
pub fn notice_body(notice: Notice) -> View {
    message(notice.tone, None, notice.lines, notice.reference.map(reference))
}

/// The reference a person gives to IT: selectable as a whole, never translated.
pub fn reference(reference: String) -> View {
    let code = el("code").untranslated().text(reference);
    el("p").class("reference").words(t::app_reference_label()).text(": ").child(code).into()
}

/// Something that went wrong while the person was here: spoken at once, wherever the focus is.
pub fn alert(notice: Notice, rest: Option<View>) -> View {
    let rest = group([notice.reference.map(reference).into(), rest.into()]);
    let body = message(notice.tone, Some(notice.heading), notice.lines, Some(rest));
    el("div").attr("role", "alert").child(body).into()
}

/// The list item; `when` says how long ago it was. Following the link marks the notification as read.
pub fn note_item(
    note: NotificationView,
    when: View,
    is_read: bool,
    route: Option<Route>,
    opened: Event,
) -> View {
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

/// The class of the style sheet for a tone.
#[must_use]
pub const fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "neutral",
        Tone::Info => "info",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    }
}

/// The icon that says the same as the colour.
#[must_use]
pub const fn tone_icon(tone: Tone) -> Icon {
    match tone {
        Tone::Neutral => Icon::Info,
        Tone::Info => Icon::Clock,
        Tone::Good => Icon::Check,
        Tone::Warn => Icon::Warning,
        Tone::Bad => Icon::Error,
    }
}

pub fn status_chip(tone: Tone, symbol: Icon, words: Text) -> View {
    let class = ["chip ", tone_class(tone)].concat();
    el("span").attr("class", class).child(icon(symbol)).child(el("span").words(words)).into()
}
