//! The screens: one file each, laid out from components. [`App`] is the root: the frame around every screen, which
//! screen stands in it, and what happens when it changes (title, focus to the heading, what is spoken).

mod device;
mod devices;
mod help;
mod landing;
mod not_found;
mod notifications;
mod parts;
mod reset;
mod reset_confirm;
mod reset_done;
mod reset_explain;
mod reset_pending;
mod screen;
mod sign_in;
mod static_shell;
mod words;

use crate::app::Connectivity;
use crate::components::{
    Spoken, focus_heading, footer, header, live_region, offline_banner,
};
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{use_model, use_tr};
use leptos::prelude::*;
use screen::Screen;
use static_shell::hide_static_explanation;
use wasm_bindgen::JsCast;

const MAIN: &str = "content";

/// The root of the page. Needs the contexts of [`crate::shell`].
#[component]
pub fn App() -> impl IntoView {
    let model = use_model();
    let tr = use_tr();
    let screen = Memo::new(move |_| model.with(Screen::of));
    let is_offline = Memo::new(move |_| model.with(|model| model.connectivity == Connectivity::Offline));
    let brand_colour = Memo::new(move |_| model.with(|model| words::brand_colour(&model.branding.theme_color)));
    let spoken = Memo::new(move |_| {
        model.with(|model| Spoken { sequence: model.announcement.sequence, text: words::announced(model) })
    });
    hide_static_explanation();
    keep_title();
    move_focus(screen);
    keep_language();
    let skip = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        focus_main();
    };
    view! {
        <div class="frame" style=("--brand", move || brand_colour.get())>
            <a class="skip" href=format!("#{MAIN}") on:click=skip>
                {tr.say(t::app_skip_to_content())}
            </a>
            {header()}
            {offline_banner(is_offline.into())}
            <main class="content" id=MAIN tabindex="-1">
                {move || screen.get().show()}
            </main>
            {footer()}
            {live_region(spoken.into())}
        </div>
    }
}

/// The title follows the screen, the step of the reset and the language.
fn keep_title() {
    let model = use_model();
    let tr = use_tr();
    let title = Memo::new(move |_| model.with(words::title));
    Effect::new(move |_| document().set_title(&title.with(|title| tr.text(title))));
}

/// `lang` follows the language of the interface (WCAG 3.1.1).
fn keep_language() {
    let tr = use_tr();
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            // Setting this attribute cannot fail: the name is valid.
            let _set = root.set_attribute("lang", tr.locale().tag());
        }
    });
}

/// A new screen takes the focus to its heading. Inside a screen (the steps of a reset) only a focus that was lost with
/// the element that had it is moved.
fn move_focus(screen: Memo<Screen>) {
    let model = use_model();
    let arrival = Memo::new(move |_| model.with(|model| model.arrivals));
    let step = Memo::new(move |_| {
        model.with(|model| {
            let is_here = matches!(model.route, Route::ResetPasscode(_));
            is_here.then(|| std::mem::discriminant(&model.reset))
        })
    });
    Effect::new(move |before: Option<(Screen, u32)>| {
        let here = (screen.get(), arrival.get());
        step.track();
        match before {
            // The first screen after loading: the browser's own focus (the top of the page) is right.
            None => {}
            Some(before) => focus_heading(before == here),
        }
        here
    });
}

fn focus_main() {
    let main = document().get_element_by_id(MAIN);
    if let Some(main) = main.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _focused = main.focus();
    }
}
