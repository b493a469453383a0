//! The shell: holds the model in a signal, hands every event to the rules, performs what they demand.
//!
//! It decides nothing. Events that arise while an event is handled (a refused storage, a link inside a link) wait in a
//! queue, so that the rules never see a model half changed.

mod context;
mod listen;
mod perform;

pub use context::{Selected, Tr, provide_page, select, selected_from, use_dispatch, use_model, use_tr};

use crate::app::{AppEvent, Event, Model, Opening, step};
use crate::browser::intl::IntlFormatter;
use crate::browser::{clock, http, languages, location, storage};
use crate::core::STORAGE_PREFIX;
use crate::domain::{Milliseconds, Now};
use crate::features::LazyRules;
use crate::i18n::Catalogue;
use leptos::prelude::*;
use perform::Performer;
use portal_contract::UtcTime;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;

/// The lazily loaded screens could not be fetched, or are not those of this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLoaded;

/// Fetches the lazily loaded screens and gives their rules; after a failure it can be called again.
pub type LoadScreens = fn() -> Pin<Box<dyn Future<Output = Result<LazyRules, NotLoaded>>>>;

/// Takes events, one after the other.
#[derive(Clone)]
pub struct Shell(Rc<Inner>);

struct Inner {
    model: RwSignal<Model>,
    queue: RefCell<VecDeque<Event>>,
    is_working: Cell<bool>,
    performer: Performer,
}

impl Shell {
    fn new(model: RwSignal<Model>, language: Catalogue, screens: LoadScreens) -> Self {
        Self(Rc::new_cyclic(|weak| Inner {
            model,
            queue: RefCell::default(),
            is_working: Cell::new(false),
            performer: Performer::new(weak.clone(), language, screens),
        }))
    }

    /// Something happened.
    pub fn dispatch(&self, event: Event) {
        self.0.dispatch(event);
    }
}

impl Inner {
    fn dispatch(&self, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if self.is_working.replace(true) {
            return;
        }
        loop {
            // Not `while let`: the borrow must end before the event is handled.
            let next = self.queue.borrow_mut().pop_front();
            let Some(event) = next else { break };
            self.handle(event);
        }
        self.is_working.set(false);
    }

    fn handle(&self, event: Event) {
        let now = now();
        let mut demanded = Vec::new();
        // The model is moved through the rules, not copied. The views hear of it in a later task.
        self.model.update(|model| {
            let empty = Model::new(now, model.features.language.current.clone());
            let before = std::mem::replace(model, empty);
            (*model, demanded) = step(before, event, now);
        });
        self.performer.perform(demanded);
    }
}

/// This moment on both clocks.
fn now() -> Now {
    Now {
        monotonic: Milliseconds(clock::monotonic_millis()),
        wall: UtcTime::from_unix_millis(clock::wall_millis()),
    }
}

/// Starts the page as soon as the texts of a language are there; `boot.js` began to load them before this module was.
/// Without them nothing is mounted, and the explanation of `index.html` appears. `screens` is called when a screen is opened
/// that is loaded lazily.
pub fn start(screens: LoadScreens, show: impl FnOnce(&web_sys::HtmlElement) + 'static) {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async move {
        match languages::first().await {
            Some(language) => open(language, screens, show),
            None => languages::report_missing(),
        }
    });
}

/// Mounts the page in the element of `index.html` that is meant for it: `show` builds the screens there, with the contexts
/// of [`provide_page`]; then the rules hear where the page was opened.
fn open(language: Catalogue, screens: LoadScreens, show: impl FnOnce(&web_sys::HtmlElement) + 'static) {
    let opening = Opening {
        origin: location::home(),
        path: location::path(),
        query: location::query(),
        stored: storage::entries(STORAGE_PREFIX).ok(),
        languages: location::languages(),
        is_online: !http::is_offline(),
    };
    let Some(root) = perform::take_root() else { return };
    let page = mount_to(root.clone(), move || {
        let model = RwSignal::new(Model::new(now(), language.clone()));
        let shell = Shell::new(model, language, screens);
        listen::install(&shell);
        let sink = shell.clone();
        provide_page(model.read_only(), move |event| sink.dispatch(event), IntlFormatter::new());
        shell.dispatch(Event::App(AppEvent::PageOpened(opening)));
        show(&root);
    });
    page.forget();
}
