//! A device in the list: what the person recognises it by, and how things stand, at a glance. The whole row is one link.

use super::{Icon, icon, status_chip, tone_icon};
use crate::domain::{Device, ResetAvailability};
use crate::i18n::t;
use crate::route::Route;
use crate::shell::use_tr;
use crate::view::{self, Status, Tone};
use leptos::prelude::*;
use portal_contract::UtcTime;
use std::sync::Arc;

/// The row. `now` is the server's time, as well as it is known.
pub fn device_row(device: Arc<Device>, now: Signal<Option<UtcTime>>) -> AnyView {
    let tr = use_tr();
    let route = Route::Device(device.id.clone());
    let platform_icon = Icon::of_platform(device.platform);
    let reset = device.reset;
    let row = Memo::new(move |_| view::device_row(&device, now.get()));
    let status = move || row.with(|row| device_status(row.status.clone(), reset));
    let last_check_in = move || row.with(|row| tr.text(&t::pending_last_check_in(row.last_check_in.clone())));
    view! {
        <li class="device">
            <span class="device-icon">{icon(platform_icon)}</span>
            <div class="device-facts">
                <h2>
                    <a href=route.path()>{move || row.with(|row| tr.text(&row.name))}</a>
                </h2>
                <p class="device-meta">
                    <span>{move || row.with(|row| tr.text(&row.platform))}</span>
                    <span>{last_check_in}</span>
                </p>
                {status}
            </div>
            <span class="next">{icon(Icon::Next)}</span>
        </li>
    }
    .into_any()
}

/// The status as a chip; the icon tells "can be reset" from "cannot" where the tone does not.
pub fn device_status(status: Status, reset: ResetAvailability) -> AnyView {
    let symbol = match (status.tone, reset) {
        (Tone::Neutral, ResetAvailability::Allowed(_)) => Icon::Key,
        (Tone::Neutral, ResetAvailability::Refused(_) | ResetAvailability::NotOffered) => Icon::Lock,
        (tone @ (Tone::Info | Tone::Good | Tone::Warn | Tone::Bad), _) => tone_icon(tone),
    };
    status_chip(status.tone, symbol, status.text)
}
