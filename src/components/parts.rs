//! What several screens share.

use super::live;
use crate::app::{AppEvent, Event, Model};
use crate::components::{
    Element, Flow, Icon, View, Weight, alert, button, contact_ways, el, group, heading, icon, link_button,
    minute_now, notice_body, tone_class, tone_icon,
};
use crate::core::LoadState;
use crate::domain::{Device, DeviceId};
use crate::features::sign_in;
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{Selected, select, use_model, use_tr};
use crate::words;
use crate::words::{Notice, Tone};
use portal_contract::Branding;
use std::sync::Arc;

/// How far something that is loaded can be shown. One type for every screen: each type that is selected costs code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// On its way.
    Loading,
    /// There is none.
    Absent,
    /// Not to be had.
    Failed,
    /// Here, at least as it was the last time.
    Shown,
}

/// A device as far as it is known: read for its own screen, or from the list.
pub(crate) fn known_device(model: &Model, id: &DeviceId) -> Option<Arc<Device>> {
    let detail = model.features.devices.detail.device.as_ref().filter(|device| device.id == *id);
    detail.or_else(|| model.features.devices.list.find(id)).cloned()
}

/// The name of a device; empty while it is not known.
pub(crate) fn device_name(model: &Model, id: &DeviceId) -> String {
    let known = known_device(model, id).map(|device| device.name.clone());
    let kept = || model.page.name_kept_of(id).or_else(|| model.features.actions.name_kept_of(id));
    known.or_else(|| kept().map(str::to_owned)).unwrap_or_default()
}

/// Words with the name of a device in them.
pub(crate) fn named(id: &DeviceId, words: fn(Text) -> Text) -> Selected<Text> {
    let id = id.clone();
    select(use_model(), move |model| {
        let known = known_device(model, &id);
        words(known.map_or_else(t::device_yours, |device| words::device_name(&device.name)))
    })
}

/// The organisation, for the ways to reach its IT.
pub(crate) fn branding() -> Selected<Arc<Branding>> {
    select(use_model(), move |model| model.page.branding.clone())
}

/// A paragraph of a class.
pub(crate) fn paragraph(class: &'static str, words: Text) -> Element {
    el("p").class(class).words(words)
}

/// The line of buttons.
pub(crate) fn button_row(buttons: impl Into<View>) -> View {
    el("p").class("actions").child(buttons).into()
}

/// A section that is named by its heading.
pub(crate) fn titled(class: &'static str, id: &'static str, title: Text) -> Element {
    el("section").class(class).attr("aria-labelledby", id).child(el("h2").attr("id", id).words(title))
}

/// Facts about what happens, each with its icon.
pub(crate) fn outcome_list(lines: Vec<(Icon, Text)>) -> Element {
    let item = |(symbol, words)| el("li").child(icon(symbol)).child(el("span").words(words)).into();
    el("ul").class("outcome").children(lines.into_iter().map(item))
}

/// The icon and the heading.
pub(crate) fn hero(tone: Tone, symbol: Icon, words: Text) -> View {
    el("div")
        .attr("class", ["hero ", tone_class(tone)].concat())
        .child(hero_icon(symbol))
        .child(heading(words))
        .into()
}

/// An icon large enough to say what the screen is about.
pub(crate) fn hero_icon(symbol: Icon) -> Element {
    el("div").class("hero-icon").child(icon(symbol))
}

/// Nothing is there, and that is no fault: an icon and two lines.
pub(crate) fn empty_card(symbol: Icon, title: Text, words: Text) -> Element {
    el("div")
        .class("card empty")
        .child(hero_icon(symbol))
        .child(el("h2").words(title))
        .child(el("p").words(words))
}

/// A whole screen that explains something: heading, box, and the one button that goes on.
pub(crate) fn notice_screen(notice: Notice, go_on: Event) -> View {
    let button = notice.button.clone().map(|words| button(Weight::Primary, words, go_on));
    group([
        hero(notice.tone, tone_icon(notice.tone), notice.heading.clone()),
        notice_body(notice),
        button_row(button),
    ])
}

/// Why something could not be loaded, if it could not.
pub(crate) fn load_problem(state: &LoadState, title: Text) -> Option<Notice> {
    let error = match state {
        LoadState::Failed(error) => error,
        LoadState::NotAsked | LoadState::Loading | LoadState::Loaded => return None,
    };
    Some(Notice { heading: title, ..words::read_problem(error) })
}

/// Something could not be loaded: why, and "Try again"; nothing while there is no such problem.
pub(crate) fn load_failed(problem: Selected<Option<Notice>>) -> View {
    live(move || {
        problem.get().map(|notice| {
            let again = notice.button.clone().unwrap_or_else(t::app_retry);
            alert(notice, Some(button_row(button(Weight::Primary, again, Event::App(AppEvent::RetryChosen)))))
        })
    })
}

/// How to reach IT, where something did not work out.
pub(crate) fn ask_it() -> View {
    titled("card stack tight", "ask-it-heading", t::support_contact())
        .child(contact_ways(branding(), Flow::Row))
        .child(paragraph("reference", t::support_never_tell()))
        .into()
}

/// Whose sheet it is, from where and of when: on paper nothing else says so.
pub(crate) fn print_mark() -> View {
    let tr = use_tr();
    let sheet = select(use_model(), |model| {
        let printed = minute_now(model).unwrap_or(model.page.now.wall);
        ([model.page.branding.display_name.clone(), model.page.origin.clone()], printed)
    });
    let sheet = move || {
        let ([organisation, address], printed) = sheet.get();
        [tr.text(&Text::verbatim(&organisation)), address, tr.text(&t::time_date(printed))].join(" · ")
    };
    el("p").class("print-only").live_text(sheet).into()
}

/// The way back to the list.
pub(crate) fn back_to_devices() -> View {
    back(&Route::Devices, el("span").words(t::app_back_to_devices()))
}

/// The way back to a device.
pub(crate) fn back_to_device(id: &DeviceId) -> View {
    let wanted = id.clone();
    // "Back to your device" has a space before the particle in Japanese: without a name the sentence is another one.
    let label = select(use_model(), move |model| match known_device(model, &wanted) {
        Some(device) => t::app_back_to_device(words::device_name(&device.name)),
        None => t::done_back(),
    });
    back(&Route::Device(id.clone()), el("span").untranslated().live_text(use_tr().follow(label)))
}

fn back(route: &Route, words: Element) -> View {
    el("a").class("back").attr("href", route.path()).child(icon(Icon::Back)).child(words).into()
}

/// "Not your own computer?" with the way out.
pub(crate) fn sign_out_hint(words: Text) -> View {
    el("div")
        .class("actions")
        .child(el("p").words(words))
        .child(button(Weight::Plain, t::session_sign_out(), Event::SignIn(sign_in::Event::SignOutChosen)))
        .into()
}

/// A link to the device's page.
pub(crate) fn device_link(words: Text, id: &DeviceId) -> View {
    link_button(Weight::Plain, words, &Route::Device(id.clone()))
}
