//! What several screens share.

use crate::app::{Event, Model};
use crate::components::{
    Flow, Icon, Weight, alert, button, contact_ways, heading, icon, link_button, notice_body, tone_class, tone_icon,
};
use crate::domain::{Device, DeviceId, Platform};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{use_model, use_tr};
use crate::view::{self, Notice, Tone};
use leptos::prelude::*;
use std::sync::Arc;

/// A device as far as it is known: read for its own screen, or from the list.
pub(super) fn known_device(model: &Model, id: &DeviceId) -> Option<Arc<Device>> {
    let detail = model.device.device.as_ref().filter(|device| device.id == *id);
    detail.or_else(|| model.devices.find(id)).cloned()
}

/// The name of a device; empty while it is not known.
pub(super) fn device_name(model: &Model, id: &DeviceId) -> String {
    known_device(model, id).map(|device| device.name.clone()).unwrap_or_default()
}

/// The icon, the heading and one line below it.
pub(super) fn hero(tone: Tone, symbol: Icon, words: Signal<Text>) -> AnyView {
    view! {
        <div class=format!("hero {}", tone_class(tone))>
            <div class="hero-icon">{icon(symbol)}</div>
            {heading(words)}
        </div>
    }
    .into_any()
}

/// A whole screen that explains something: heading, box, and the one button that goes on.
pub(super) fn notice_screen(notice: Notice, go_on: Event) -> AnyView {
    let button = notice.button.clone().map(|words| button(Weight::Primary, words, go_on));
    let words = notice.heading.clone();
    view! {
        {hero(notice.tone, tone_icon(notice.tone), Signal::stored(words))}
        {notice_body(notice)}
        <p class="actions">{button}</p>
    }
    .into_any()
}

/// Something could not be loaded: why, and "Try again".
pub(super) fn load_failed(title: Text, notice: Notice) -> AnyView {
    let again = notice.button.clone().unwrap_or_else(t::app_retry);
    let rest = view! { <p class="actions">{button(Weight::Primary, again, Event::RetryChosen)}</p> };
    alert(Notice { heading: title, ..notice }, Some(rest.into_any()))
}

/// How to reach IT, where something did not work out.
pub(super) fn ask_it() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let branding = Memo::new(move |_| model.with(|model| model.branding.clone()));
    view! {
        <section class="card stack tight" aria-labelledby="ask-it-heading">
            <h2 id="ask-it-heading">{tr.say(t::support_contact())}</h2>
            {contact_ways(branding.into(), Flow::Row)}
            <p class="reference">{tr.say(t::support_never_tell())}</p>
        </section>
    }
    .into_any()
}

/// The way back to the list.
pub(super) fn back_to_devices() -> AnyView {
    let tr = use_tr();
    view! {
        <a class="back" href=Route::Devices.path()>
            {icon(Icon::Back)}
            <span>{tr.say(t::app_back_to_devices())}</span>
        </a>
    }
    .into_any()
}

/// The way back to a device.
pub(super) fn back_to_device(id: &DeviceId) -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let href = Route::Device(id.clone()).path();
    let id = id.clone();
    let name = Memo::new(move |_| model.with(|model| device_name(model, &id)));
    let words = move || tr.text(&t::app_back_to_device(view::device_name(&name.get())));
    view! {
        <a class="back" href=href>
            {icon(Icon::Back)}
            <span>{words}</span>
        </a>
    }
    .into_any()
}

/// Which device this is about, at a glance: shape, name, platform.
pub(super) fn device_banner(name: Text, platform: Platform, detail: Option<Text>) -> AnyView {
    let tr = use_tr();
    let detail = detail.map(|detail| view! { <p class="device-meta">{tr.say(detail)}</p> });
    view! {
        <div class="device-title">
            <span class="device-icon">{icon(Icon::of_platform(platform))}</span>
            <div>
                <p class="device-name">
                    <strong>{tr.say(name)}</strong>
                </p>
                {detail}
            </div>
        </div>
    }
    .into_any()
}

/// "Not your own computer?" with the way out.
pub(super) fn sign_out_hint(words: Text) -> AnyView {
    let tr = use_tr();
    view! {
        <section class="card actions">
            <p>{tr.say(words)}</p>
            {button(Weight::Plain, t::session_sign_out(), Event::SignOutChosen)}
        </section>
    }
    .into_any()
}

/// A link to the device's page.
pub(super) fn device_link(words: Text, id: &DeviceId) -> AnyView {
    link_button(Weight::Plain, words, &Route::Device(id.clone()))
}
