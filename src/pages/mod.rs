//! The page as a whole: [`app`] is the root, the frame around every screen, which screen stands in it, and what happens when
//! it changes (title, focus to the heading, what is spoken). A feature's screens are in its folder; here are those of none.

mod frame;
mod help;
pub mod lazy;
mod missing;
mod screen;
mod words;

use crate::browser::system_notification;
use crate::components::{Spoken, View, effect, el, focus_heading, live_region};
use crate::core::{Announcement, Connectivity};
use crate::domain::ActionFlow;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{Selected, select, use_model, use_tr};
use crate::words::BrandColour;
use frame::{footer, header, language_banner, offline_banner, service_banner};
use leptos::prelude::document;
use screen::Screen;
use wasm_bindgen::JsCast;

const MAIN: &str = "content";
const TO_MAIN: &str = "#content";

/// The root of the page. Needs the contexts of [`crate::shell`].
#[must_use]
pub fn app() -> View {
    let model = use_model();
    let screen = select(model, Screen::of);
    let is_offline = select(model, move |model| model.page.connectivity == Connectivity::Offline);
    let unsent = select(model, move |model| model.page.unsent);
    // The list itself says so, with a way on.
    let is_service_down = select(model, move |model| {
        model.features.devices.list.is_partial() && model.page.route != Route::Devices
    });
    let missing_language = select(model, move |model| model.features.language.missing);
    let spoken = select(model, move |model| Spoken {
        sequence: model.page.announcement.sequence,
        text: words::announced(model),
        is_alert: model.page.announcement.latest.as_ref().is_some_and(Announcement::is_alert),
    });
    hide_static_explanation();
    let skip = |event: web_sys::Event| {
        event.prevent_default();
        focus_main();
    };
    el("div")
        .class("frame")
        .child(el("a").class("skip").attr("href", TO_MAIN).on("click", skip).words(t::app_skip_to_content()))
        .child(header())
        .child(offline_banner(is_offline, unsent))
        .child(service_banner(is_service_down))
        .child(language_banner(missing_language))
        .child(
            el("main")
                .class("content")
                .attr("id", MAIN)
                .attr("tabindex", "-1")
                .live(move || screen.get().show()),
        )
        .child(footer())
        .child(screen::idle_warning())
        .child(live_region(spoken))
        .child(keep_title())
        .child(alert_by_system())
        .child(move_focus(screen))
        .child(keep_root())
        .into()
}

/// The title follows the screen, the step of the reset and the language.
fn keep_title() -> View {
    let tr = use_tr();
    let title = select(use_model(), words::title);
    let words = tr.follow(title);
    effect(move || document().set_title(&words()))
}

/// What the person asked to be told by their system, once each; a change of the language tells nothing again.
fn alert_by_system() -> View {
    let tr = use_tr();
    let told = select(use_model(), words::told);
    let mut last = 0;
    effect(move || {
        if let Some(Spoken { sequence, text: Some(text), .. }) = told.get()
            && sequence != std::mem::replace(&mut last, sequence)
        {
            system_notification::show(&tr.text(&t::app_name()), &tr.text(&text));
        }
    })
}

/// At the root element: `lang` and `dir` follow the language of the interface (WCAG 3.1.1), the style sheet's `--brand` and
/// `--on-brand` the organisation's colour and that of the words on it. The latter through the CSSOM, because the content security policy allows no `style` attribute.
fn keep_root() -> View {
    let tr = use_tr();
    let brand = select(use_model(), move |model| {
        let colour = &model.page.branding.theme_color;
        BrandColour::parse(colour).map(|brand| (colour.clone(), brand.words()))
    });
    effect(move || {
        let locale = tr.locale();
        let (colour, words) = brand.get().unwrap_or_default();
        let root = document().document_element();
        if let Some(root) = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
            // None can fail: the names are valid, and an empty value takes the property away.
            let _set = root.set_attribute("lang", locale.tag());
            let _set = root.set_attribute("dir", locale.direction().as_str());
            let _set = root.style().set_property("--brand", &colour);
            let _set = root.style().set_property("--on-brand", words);
        }
    })
}

/// A new screen takes the focus to its heading. Inside a screen (the steps of a reset, a skeleton that the screen itself
/// follows) only a focus that was lost with the element that had it is moved.
fn move_focus(screen: Selected<Screen>) -> View {
    let place = select(use_model(), move |model| {
        let shown = model.features.actions.shown(&model.page.route);
        (model.page.arrivals, shown.map(ActionFlow::screen))
    });
    let mut before: Option<(Screen, u32)> = None;
    effect(move || {
        let (arrival, _step) = place.get();
        let here = (screen.get(), arrival);
        // At the first screen after loading the browser's own focus (the top of the page) is right.
        if let Some(before) = before.replace(here.clone()) {
            let is_awaited = before.0.is_lazy() && here.0.is_lazy() && before.1 == arrival;
            focus_heading(before == here || is_awaited);
        }
    })
}

fn focus_main() {
    let main = document().get_element_by_id(MAIN);
    if let Some(main) = main.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _focused = main.focus();
    }
}

/// Hides what `index.html` shows when the page cannot run, should a fault of somebody else's script have shown it before the
/// page stood.
fn hide_static_explanation() {
    if let Some(failed) = document().get_element_by_id("failed") {
        // Setting this attribute cannot fail: the name is valid.
        let _hidden = failed.set_attribute("hidden", "");
    }
}
