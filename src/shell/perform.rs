//! Performs effects: the one place where a demand of the rules becomes a request, a timer or a navigation.

use super::{Inner, LoadScreens};
use crate::app::{AppEvent, Event};
use crate::auth::{SignInRandom, SignatureCheck, SignatureVerdict};
use crate::browser::broadcast::Tabs;
use crate::browser::crypto::{self, SignatureRefused};
use crate::browser::event_stream::Connection;
use crate::browser::timer::Timer;
use crate::browser::{
    clipboard, download, http, languages, location, print, random, selection, speech, storage,
    system_notification,
};
use crate::core::{Effect, HistoryEntry, STORAGE_PREFIX, TimerId};
use crate::domain::Milliseconds;
use crate::features::actions::SystemNotifications;
use crate::features::{actions, language, notifications, passcode, shared_computer, sign_in};
use crate::i18n::{Catalogue, Locale};
use leptos::prelude::request_animation_frame;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = debug)]
    fn console_debug(code: &str, context: &str);
}

/// Performs effects and feeds what comes of them back as events.
pub(super) struct Performer {
    shell: Weak<Inner>,
    timers: Rc<RefCell<Vec<(TimerId, Timer)>>>,
    stream: RefCell<Option<Connection>>,
    tabs: Tabs,
    reading: RefCell<Option<speech::Reading>>,
    languages: Rc<RefCell<Vec<Catalogue>>>,
    screens: LoadScreens,
}

/// Where the shown passcode stands (`components/code.rs`).
const SHOWN_PASSCODE: &str = "output.code";

impl Performer {
    /// `language`: the texts the page was opened with.
    pub(super) fn new(shell: Weak<Inner>, language: Catalogue, screens: LoadScreens) -> Self {
        let listener = shell.clone();
        let tabs = Tabs::join(move |message| {
            if let Some(event) = heard(message) {
                dispatch(&listener, event);
            }
        });
        let languages = Rc::new(RefCell::new(vec![language]));
        Self {
            shell,
            timers: Rc::default(),
            stream: RefCell::default(),
            tabs,
            languages,
            reading: RefCell::default(),
            screens,
        }
    }

    /// Performs a batch in order. A refused storage ends it: what would follow relies on what was stored.
    pub(super) fn perform(&self, effects: Vec<Effect>) {
        for effect in effects {
            if self.perform_one(effect).is_err() {
                dispatch(&self.shell, Event::App(AppEvent::StorageRefused));
                return;
            }
        }
    }

    fn perform_one(&self, effect: Effect) -> Result<(), storage::StorageRefused> {
        match effect {
            Effect::Fetch { id, request } => {
                let shell = self.shell.clone();
                spawn_local(async move {
                    let outcome = http::send(&request).await;
                    dispatch(&shell, Event::App(AppEvent::Fetched { id, outcome }));
                });
            }
            Effect::LoadLanguage { locale, is_whole } => self.load_language(locale, is_whole),
            Effect::VerifySignature(check) => {
                let shell = self.shell.clone();
                spawn_local(async move {
                    let verdict = verify(&check).await;
                    dispatch(&shell, Event::SignIn(sign_in::Event::SignatureChecked(verdict)));
                });
            }
            Effect::DrawRandom => {
                let drawn = random::bytes().map(SignInRandom::new);
                dispatch(&self.shell, Event::App(AppEvent::RandomDrawn(drawn)));
            }
            Effect::StorageSet { key, value } => storage::write(key.reveal(), value.reveal())?,
            Effect::StorageRemove(key) => storage::remove(key.reveal()),
            Effect::StorageClear => storage::remove_by_prefix(STORAGE_PREFIX),
            Effect::LeaveTo { url, history } => match history {
                HistoryEntry::Push => location::leave(url.reveal()),
                HistoryEntry::Replace => location::leave_replacing(url.reveal()),
            },
            Effect::PushAddress(route) => location::push(&route.path()),
            Effect::ReplaceAddress(route) => location::replace(&route.path()),
            Effect::Reload => location::reload(),
            Effect::BlankPage => blank_page(),
            Effect::SetTimer { id, after } => self.set_timer(id, after),
            Effect::StopTimer(id) => stop_timer(&self.timers, &id),
            Effect::OpenEventStream { id, request } => {
                let shell = self.shell.clone();
                let connection = Connection::open(id, request, move |event| dispatch(&shell, event));
                self.replace_stream(connection);
            }
            Effect::CloseEventStream => self.replace_stream(None),
            Effect::LoadLazyScreens(locale) => self.load_lazy_screens(locale),
            Effect::BroadcastSignedOut => self.tabs.say(SIGNED_OUT),
            Effect::BroadcastRead(id) => self.tabs.say(&[READ, &id].concat()),
            Effect::BroadcastActivity => self.tabs.say(ACTIVE),
            Effect::FindVoices => {
                let shell = self.shell.clone();
                speech::find_voices(move |found| {
                    dispatch(&shell, Event::Passcode(passcode::Event::VoicesFound(found)));
                });
            }
            Effect::StopReading => {
                speech::stop();
                self.reading.replace(None);
            }
            Effect::ReadAloud { reading, spoken } => {
                let shell = self.shell.clone();
                let ended =
                    move || dispatch(&shell, Event::Passcode(passcode::Event::ReadAloudEnded(reading)));
                self.reading.replace(speech::read(&spoken, ended));
            }
            Effect::CopyText(text) => {
                let shell = self.shell.clone();
                spawn_local(async move {
                    let copied = clipboard::copy(text.reveal()).await;
                    dispatch(&shell, Event::Passcode(passcode::Event::CopyFinished { copied }));
                });
            }
            Effect::SelectPasscode => selection::select(SHOWN_PASSCODE),
            Effect::ScrollTo(place) => {
                request_animation_frame(move || request_animation_frame(move || location::scroll_to(place)));
            }
            Effect::PrintPage => print::open_dialog(),
            Effect::SaveFile { name, content } => {
                if !download::save(&name, &content) {
                    console_debug("download.refused", "history");
                }
            }
            Effect::AskForSystemNotifications => {
                let shell = self.shell.clone();
                spawn_local(async move {
                    let answer = if system_notification::ask().await {
                        SystemNotifications::Allowed
                    } else {
                        SystemNotifications::Refused
                    };
                    dispatch(&shell, Event::Actions(actions::Event::SystemNotificationsAnswered(answer)));
                });
            }
            Effect::Log(entry) => console_debug(entry.code, entry.context),
        }
        Ok(())
    }

    fn replace_stream(&self, connection: Option<Connection>) {
        if let Some(before) = self.stream.replace(connection) {
            before.close();
        }
    }

    fn load_language(&self, locale: Locale, is_whole: bool) {
        let (shell, loading) = (self.shell.clone(), self.texts(locale, is_whole));
        spawn_local(async move {
            let event = loading.await.map_or(language::Event::Refused(locale), language::Event::Loaded);
            dispatch(&shell, Event::Language(event));
        });
    }

    /// The module and the texts at the same time; both are there or neither is.
    fn load_lazy_screens(&self, locale: Locale) {
        let (shell, loading, screens) = (self.shell.clone(), self.texts(locale, true), (self.screens)());
        spawn_local(async move {
            let screens = screens.await;
            let event = match loading.await.zip(screens.ok()) {
                Some((language, rules)) => AppEvent::LazyScreensLoaded { language, rules },
                None => AppEvent::LazyScreensFailed,
            };
            dispatch(&shell, Event::App(event));
        });
    }

    /// Loads the texts of a language once; what is there stays.
    fn texts(&self, locale: Locale, is_whole: bool) -> Pin<Box<dyn Future<Output = Option<Catalogue>>>> {
        let kept = self.languages.borrow().iter().find(|kept| kept.locale() == locale).cloned();
        let (loading, languages) = (languages::load(locale, kept, is_whole), Rc::clone(&self.languages));
        Box::pin(async move {
            let loaded = loading.await?;
            let mut languages = languages.borrow_mut();
            // What came by another request meanwhile may be more.
            languages.retain(|kept| kept.locale() != locale || (kept.is_whole() && !loaded.is_whole()));
            languages.push(loaded.clone());
            Some(loaded)
        })
    }

    fn set_timer(&self, id: TimerId, after: Milliseconds) {
        stop_timer(&self.timers, &id);
        let millis = i32::try_from(after.0).unwrap_or(i32::MAX);
        let (shell, timers, fired) = (self.shell.clone(), Rc::clone(&self.timers), id.clone());
        let timer = Timer::start(millis, move || {
            timers.borrow_mut().retain(|(id, _)| *id != fired);
            dispatch(&shell, Event::App(AppEvent::TimerFired(fired)));
        });
        self.timers.borrow_mut().push((id, timer));
    }
}

const SIGNED_OUT: &str = "signed-out";
const ACTIVE: &str = "active";
const READ: &str = "read:";

/// What a message of another tab means; an unknown one (of another version of the page) means nothing.
fn heard(message: &str) -> Option<Event> {
    match message {
        SIGNED_OUT => Some(Event::SignIn(sign_in::Event::SignedOutElsewhere)),
        ACTIVE => Some(Event::SharedComputer(shared_computer::Event::ActivityElsewhere)),
        _ => message
            .strip_prefix(READ)
            .map(|id| Event::Notifications(notifications::Event::ReadElsewhere(id.to_owned()))),
    }
}

fn stop_timer(timers: &RefCell<Vec<(TimerId, Timer)>>, id: &TimerId) {
    timers.borrow_mut().retain(|(known, timer)| {
        let is_other = known != id;
        if !is_other {
            timer.stop();
        }
        is_other
    });
}

fn dispatch(shell: &Weak<Inner>, event: Event) {
    if let Some(shell) = shell.upgrade() {
        shell.dispatch(event);
    }
}

async fn verify(check: &SignatureCheck) -> SignatureVerdict {
    match crypto::verify(check.algorithm, &check.jwk, &check.signed, &check.signature).await {
        Ok(()) => SignatureVerdict::Valid,
        Err(SignatureRefused::NoWebCrypto) => SignatureVerdict::Unavailable,
        Err(SignatureRefused::BadKey | SignatureRefused::BadSignature) => SignatureVerdict::Invalid,
    }
}

/// Empties the document, so that neither the back/forward cache nor a slow redirect shows what was on it.
fn blank_page() {
    if let Some(body) = body() {
        body.set_text_content(None);
    }
}

/// The element of `index.html` the page lives in, emptied of what it showed while the page was loading.
pub(super) fn take_root() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let root = document.get_element_by_id("portal")?;
    root.set_text_content(None);
    root.dyn_into().ok()
}

fn body() -> Option<web_sys::HtmlElement> {
    web_sys::window()?.document()?.body()
}
