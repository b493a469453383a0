//! A device in the list: what the person recognises it by, and how things stand, at a glance. The whole row is one link.

use super::{Icon, Part, el, icon, status_chip, tone_icon};
use crate::domain::{Device, ResetAvailability};
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{Selected, use_tr};
use crate::view::{self, Status, Tone};
use portal_contract::UtcTime;
use std::sync::Arc;

/// The row. `now` is the server's time, as well as it is known; when it moves on, only what tells of it changes.
pub fn device_row(device: Arc<Device>, now: Selected<Option<UtcTime>>) -> Part {
    let tr = use_tr();
    let row = view::device_row(&device, now.get_untracked());
    let address = Route::Device(device.id.clone()).path();
    let symbol = icon(Icon::of_platform(device.platform));
    let seen = device.clone();
    let last_check_in =
        move || tr.text(&t::pending_last_check_in(view::device_row(&seen, now.get()).last_check_in));
    let meta = el("p")
        .class("device-meta")
        .child(el("span").words(row.platform))
        .child(el("span").live_text(last_check_in));
    let facts = el("div")
        .class("device-facts")
        .child(el("h2").child(el("a").attr("href", address).words(row.name)))
        .child(meta)
        .live(move || device_status(view::status(&device, now.get()), device.reset));
    el("li")
        .class("device")
        .child(el("span").class("device-icon").child(symbol))
        .child(facts)
        .child(el("span").class("next").child(icon(Icon::Next)))
        .into()
}

/// The status as a chip; the icon tells "can be reset" from "cannot" where the tone does not.
pub fn device_status(status: Status, reset: ResetAvailability) -> Part {
    let symbol = match (status.tone, reset) {
        (Tone::Neutral, ResetAvailability::Allowed(_)) => Icon::Key,
        (Tone::Neutral, ResetAvailability::Refused(_) | ResetAvailability::NotOffered) => Icon::Lock,
        (tone @ (Tone::Info | Tone::Good | Tone::Warn | Tone::Bad), _) => tone_icon(tone),
    };
    status_chip(status.tone, symbol, status.text)
}
