//! A boxed message: what is the matter, what comes next, the reference to give to IT, and one way on.

use super::{icon, tone_class, tone_icon};
use crate::i18n::{Text, t};
use crate::shell::use_tr;
use crate::view::{Notice, Tone};
use leptos::prelude::*;

/// A boxed message: its title, its paragraphs, and below them whatever goes on (buttons, ways to reach IT).
pub fn message(tone: Tone, title: Option<Text>, lines: Vec<Text>, rest: Option<AnyView>) -> AnyView {
    let tr = use_tr();
    let title = title.map(|title| view! { <p class="title">{tr.say(title)}</p> });
    let lines = lines.into_iter().map(|line| view! { <p>{tr.say(line)}</p> }).collect_view();
    view! { <div class=format!("notice {}", tone_class(tone))>{icon(tone_icon(tone))} {title} {lines} {rest}</div> }
        .into_any()
}

/// A [`Notice`] below its own heading: paragraphs and reference in the box; the heading belongs to the screen.
pub fn notice_body(notice: Notice) -> AnyView {
    let reference_line = notice.reference.map(reference);
    message(notice.tone, None, notice.lines, reference_line)
}

/// The reference a person gives to IT: selectable as a whole, never translated.
pub fn reference(reference: String) -> AnyView {
    let tr = use_tr();
    view! {
        <p class="reference">
            {tr.say(t::app_reference_label())} ": " <code translate="no">{reference}</code>
        </p>
    }
    .into_any()
}

/// Something that went wrong while the person was here: spoken at once, wherever the focus is.
pub fn alert(notice: Notice, rest: Option<AnyView>) -> AnyView {
    let reference_line = notice.reference.map(reference);
    let rest = view! {
        {reference_line}
        {rest}
    };
    let body = message(notice.tone, Some(notice.heading), notice.lines, Some(rest.into_any()));
    view! { <div role=ALERT>{body}</div> }.into_any()
}

const ALERT: &str = "alert";
