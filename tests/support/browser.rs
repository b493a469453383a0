//! A fake browser around `app::step`: it keeps storage and address, collects requests, and lets a test answer them.

use super::{SERVER, answer, at, device_json};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use passcode_portal::api::EventStream;
use passcode_portal::app::{AppEvent, Event, Model, Opening, step};
use passcode_portal::auth::{SignInError, SignInRandom, SignatureVerdict};
use passcode_portal::core::{Effect, Fetch, FetchId, HistoryEntry, Session, StreamId, TimerId};
use passcode_portal::domain::{ActionFlow, Milliseconds, Now};
use passcode_portal::features::live::StreamEnd;
use passcode_portal::features::{LazyRules, actions, language, live, passcode, sign_in};
use passcode_portal::http::{HttpAnswer, HttpRequest, NetworkFault};
use passcode_portal::i18n::{Catalogue, Locale};
use passcode_portal::route::Route;
use portal_contract::UtcTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ISSUER: &str = "https://id.example";
pub const ORIGIN: &str = "https://portal.example";

/// Secrets a test looks for wherever they must not be.
pub const ACCESS_TOKEN: &str = "SECRETACCESSTOKEN";
pub const CODE: &str = "SECRETCODE";
pub const PASSCODE: &str = "SECRETPASSCODE";

pub struct Browser {
    pub model: Model,
    pub storage: BTreeMap<String, String>,
    pub storage_works: bool,
    /// Whether the texts of another language can be had.
    pub languages_work: Option<bool>,
    pub now: Now,
    /// The path in the address bar.
    pub address: String,
    /// Where the page left for, in order.
    pub left_for: Vec<String>,
    /// Requests that wait for an answer.
    pub requests: Vec<(FetchId, HttpRequest)>,
    pub timers: Vec<(TimerId, i64)>,
    /// The event stream that is open or being opened, and what it was asked for with.
    pub stream: Option<(StreamId, HttpRequest)>,
    /// Every effect since the page was opened.
    pub log: Vec<Effect>,
    /// `Debug` of every model, event and effect so far.
    pub debugged: String,
    pub draws: u8,
    /// What Web Crypto says.
    pub verdict: SignatureVerdict,
    /// Whether the lazy screens can be loaded; `None`: they are on their way for as long as the test wants.
    pub lazy_works: Option<bool>,
    has_end_session: bool,
    /// What is different in `config.json` and in the provider's document.
    change_config: fn(&mut Value),
    change_discovery: fn(&mut Value),
    /// Members that are laid over those of the token answer.
    pub change_tokens: Value,
    /// The server is the provider's client; the page holds no token.
    is_session_mode: bool,
}

impl Browser {
    /// Why nobody is signed in, where a sign-in failed.
    pub fn failure(&self) -> Option<SignInError> {
        match &self.model.page.session {
            Session::SignInFailed { error, .. } => Some(*error),
            Session::Starting
            | Session::SignedOut
            | Session::Redirecting(_)
            | Session::CompletingCallback(_)
            | Session::SignedIn(_) => None,
        }
    }

    pub fn new() -> Self {
        Self {
            model: Model::new(at(0), Catalogue::embedded_first(Locale::En)).without_lazy_rules(),
            languages_work: Some(true),
            storage: BTreeMap::new(),
            storage_works: true,
            now: at(0),
            address: String::new(),
            left_for: Vec::new(),
            requests: Vec::new(),
            timers: Vec::new(),
            stream: None,
            log: Vec::new(),
            debugged: String::new(),
            draws: 0,
            verdict: SignatureVerdict::Valid,
            lazy_works: Some(true),
            has_end_session: true,
            change_config: |_| {},
            change_discovery: |_| {},
            change_tokens: json!({}),
            is_session_mode: false,
        }
    }

    pub fn in_session_mode() -> Self {
        Self { is_session_mode: true, ..Self::new() }
    }

    pub fn without_end_session(mut self) -> Self {
        self.has_end_session = false;
        self
    }

    pub fn with_config(self, change: fn(&mut Value)) -> Self {
        Self { change_config: change, ..self }
    }

    pub fn with_discovery(self, change: fn(&mut Value)) -> Self {
        Self { change_discovery: change, ..self }
    }

    /// Time passes on both clocks; due timers fire.
    pub fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.set_clocks(1_000, 1_000);
            let now = self.now.monotonic.0;
            let due: Vec<_> = self.timers.iter().filter(|(_, when)| *when <= now).cloned().collect();
            self.timers.retain(|(_, when)| *when > now);
            for (timer, _) in due {
                self.dispatch(Event::App(AppEvent::TimerFired(timer)));
            }
        }
    }

    pub fn set_clocks(&mut self, monotonic: i64, wall: i64) {
        self.now = Now {
            monotonic: self.now.monotonic.plus(Milliseconds(monotonic)),
            wall: UtcTime::from_unix_millis(self.now.wall.unix_millis() + wall),
        };
    }

    pub fn dispatch(&mut self, event: Event) {
        self.debugged += &format!("{event:?}\n");
        let (model, effects) = step(self.model.clone(), event, self.now);
        self.model = model;
        self.debugged += &format!("{:?}\n{effects:?}\n", self.model);
        for effect in effects {
            self.log.push(effect.clone());
            match effect {
                Effect::Fetch { id, request } => self.requests.push((id, request)),
                Effect::LoadLanguage { locale, is_whole } => match self.languages_work {
                    Some(true) if is_whole => {
                        self.dispatch(Event::Language(language::Event::Loaded(Catalogue::embedded(locale))));
                    }
                    Some(true) => self.dispatch(Event::Language(language::Event::Loaded(
                        Catalogue::embedded_first(locale),
                    ))),
                    Some(false) => self.dispatch(Event::Language(language::Event::Refused(locale))),
                    None => {}
                },
                Effect::VerifySignature(_) => {
                    self.dispatch(Event::SignIn(sign_in::Event::SignatureChecked(self.verdict)));
                }
                Effect::DrawRandom => {
                    self.draws += 1;
                    let mut bytes = [0; SignInRandom::LENGTH];
                    for (index, byte) in bytes.iter_mut().enumerate() {
                        *byte = (index as u8).wrapping_mul(37).wrapping_add(self.draws.wrapping_mul(101));
                    }
                    self.dispatch(Event::App(AppEvent::RandomDrawn(Some(SignInRandom::new(bytes)))));
                }
                Effect::StorageSet { key, value } => {
                    if !self.storage_works {
                        return self.dispatch(Event::App(AppEvent::StorageRefused));
                    }
                    self.storage.insert(key.reveal().to_owned(), value.reveal().to_owned());
                }
                Effect::StorageRemove(key) => {
                    self.storage.remove(key.reveal());
                }
                Effect::StorageClear => self.storage.clear(),
                Effect::LeaveTo { url, .. } => {
                    self.left_for.push(url.reveal().to_owned());
                }
                Effect::PushAddress(route) | Effect::ReplaceAddress(route) => self.address = route.path(),
                Effect::SetTimer { id, after } => {
                    self.timers.retain(|(known, _)| *known != id);
                    self.timers.push((id, self.now.monotonic.0 + after.0));
                }
                Effect::StopTimer(id) => self.timers.retain(|(known, _)| *known != id),
                Effect::AskForSystemNotifications => {}
                Effect::OpenEventStream { id, request } => self.stream = Some((id, request)),
                Effect::CloseEventStream => self.stream = None,
                Effect::LoadLazyScreens(locale) => match self.lazy_works {
                    Some(true) => {
                        self.dispatch(Event::App(AppEvent::LazyScreensLoaded {
                            language: Catalogue::embedded(locale),
                            rules: LazyRules::ALL,
                        }));
                    }
                    Some(false) => self.dispatch(Event::App(AppEvent::LazyScreensFailed)),
                    None => {}
                },
                Effect::CopyText(_) => {
                    self.dispatch(Event::Passcode(passcode::Event::CopyFinished { copied: true }));
                }
                Effect::SelectPasscode
                | Effect::FindVoices
                | Effect::ReadAloud { .. }
                | Effect::StopReading
                | Effect::ScrollTo(_)
                | Effect::PrintPage => {}
                Effect::Reload | Effect::BlankPage | Effect::BroadcastSignedOut | Effect::Log(_) => {}
                Effect::BroadcastRead(_) | Effect::BroadcastActivity | Effect::SaveFile { .. } => {}
            }
        }
    }

    /// Loads the page at this address: memory is lost, `sessionStorage` is not.
    pub fn open(&mut self, address: &str) {
        self.open_without_configuration(address);
        self.answer_config();
    }

    /// The same; the test answers for `config.json`.
    pub fn open_without_configuration(&mut self, address: &str) {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        self.now.monotonic = Milliseconds(0);
        let chosen = self.storage.get("portal.locale").and_then(|tag| Locale::from_tag(tag));
        self.model = Model::new(self.now, Catalogue::embedded_first(chosen.unwrap_or(Locale::En)))
            .without_lazy_rules();
        self.requests.clear();
        self.timers.clear();
        self.stream = None;
        self.log.clear();
        self.address = address.to_owned();
        let stored = self.storage.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        self.dispatch(Event::App(AppEvent::PageOpened(Opening {
            origin: ORIGIN.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            stored: self.storage_works.then_some(stored),
            languages: vec!["en".to_owned()],
            is_online: true,
        })));
    }

    pub fn reload(&mut self) {
        let address = self.address.clone();
        self.open(&address);
    }

    fn answer_config(&mut self) {
        if self.is_session_mode {
            let mut config =
                json!({ "apiBase": "/api/v1.0", "mode": "session", "support": { "name": "Config IT" } });
            (self.change_config)(&mut config);
            self.answer("/config.json", Ok(answer(200, &config)));
            return;
        }
        let mut config = json!({ "apiBase": "/api/v1.0", "authority": ISSUER, "clientId": "client",
            "scopes": "openid devices", "support": { "name": "Config IT" } });
        (self.change_config)(&mut config);
        self.answer("/config.json", Ok(answer(200, &config)));
    }

    /// Answers the waiting request whose address ends so.
    pub fn answer(&mut self, end: &str, outcome: Result<HttpAnswer, NetworkFault>) -> HttpRequest {
        let at = self
            .requests
            .iter()
            .position(|(_, request)| request.url.ends_with(end))
            .unwrap_or_else(|| panic!("no request for {end} among {:?}", self.requests));
        let (id, request) = self.requests.remove(at);
        self.dispatch(Event::App(AppEvent::Fetched { id, outcome }));
        request
    }

    /// The event stream stands.
    pub fn stream_opens(&mut self) {
        let (id, _) = self.stream.clone().expect("a stream that is asked for");
        self.dispatch(Event::Live(live::Event::Opened(id)));
        // The server's first word, with the head of its answer.
        self.stream_brings("retry: 2000\n\n");
    }

    /// The head of the answer arrives, and something on the way holds back the rest.
    pub fn stream_opens_and_is_held_back(&mut self) {
        let (id, _) = self.stream.clone().expect("a stream that is asked for");
        self.dispatch(Event::Live(live::Event::Opened(id)));
    }

    /// The event stream brings this, as the server writes it.
    pub fn stream_brings(&mut self, written: &str) {
        let (id, _) = self.stream.clone().expect("a stream");
        let (mut stream, mut events) = (EventStream::default(), Vec::new());
        stream.feed(written.as_bytes(), &mut events).expect("events");
        let last_event = stream.last_event_id().to_owned();
        self.dispatch(Event::Live(live::Event::Read { id, events, last_event, retry: stream.retry() }));
    }

    /// The event stream ends.
    pub fn stream_ends(&mut self, end: StreamEnd) {
        let (id, _) = self.stream.take().expect("a stream");
        self.dispatch(Event::Live(live::Event::Ended { id, end }));
    }

    pub fn is_waiting_for(&self, end: &str) -> bool {
        self.requests.iter().any(|(_, request)| request.url.ends_with(end))
    }

    /// How often this was asked for since the page was opened.
    pub fn count(&self, method_and_end: &str) -> usize {
        let (method, end) = method_and_end.split_once(' ').unwrap();
        let is_it = |effect: &&Effect| match effect {
            Effect::Fetch { request, .. } => request.method.as_str() == method && request.url.ends_with(end),
            _ => false,
        };
        self.log.iter().filter(is_it).count()
    }

    pub fn has_effect(&self, wanted: &Effect) -> bool {
        self.log.contains(wanted)
    }

    pub fn answer_discovery(&mut self) {
        let mut document = json!({ "issuer": ISSUER, "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/jwks",
            "authorization_response_iss_parameter_supported": true });
        if self.has_end_session {
            document["end_session_endpoint"] = "https://id.example/logout".into();
        }
        (self.change_discovery)(&mut document);
        self.answer("/openid-configuration", Ok(answer(200, &document)));
    }

    /// The query of the last address the page left for.
    pub fn asked(&self) -> BTreeMap<String, String> {
        let url = self.left_for.last().expect("the page left");
        let query = url.split_once('?').unwrap().1;
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The provider sends the person back with a code; the tokens say what `change` makes of them.
    pub fn return_with(&mut self, change: impl FnOnce(&mut Value)) {
        let asked = self.asked();
        self.open(&format!("/callback?code={CODE}&state={}&iss=https%3A%2F%2Fid.example", asked["state"]));
        self.answer_discovery();
        self.answer_tokens(&asked["nonce"], change);
    }

    pub fn answer_tokens(&mut self, nonce: &str, change: impl FnOnce(&mut Value)) {
        let mut claims = json!({ "iss": ISSUER, "sub": "ann", "aud": "client", "iat": SERVER, "exp": SERVER + 600,
            "nonce": nonce, "auth_time": SERVER, "name": "Ann", "preferred_username": "ann@example" });
        change(&mut claims);
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let header = json!({ "alg": "ES256", "kid": "k" });
        let token = format!("{}.{}.{}", part(&header), part(&claims), "AAAA");
        let mut tokens = json!({ "access_token": ACCESS_TOKEN, "id_token": token, "token_type": "Bearer" });
        for (name, value) in self.change_tokens.as_object().unwrap() {
            tokens[name] = value.clone();
        }
        self.answer("/token", Ok(answer(200, &tokens)));
        if self.is_waiting_for("/jwks") {
            let key = json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": "AA", "y": "AA" });
            self.answer("/jwks", Ok(answer(200, &json!({ "keys": [key] }))));
        }
    }

    pub fn return_with_error(&mut self, error: &str) {
        let state = self.asked()["state"].clone();
        self.open(&format!("/callback?error={error}&state={state}&iss=https%3A%2F%2Fid.example"));
        self.answer_discovery();
    }

    /// Opens the page and signs in, through the silent attempt the provider refuses.
    pub fn sign_in_at(path: &str) -> Self {
        Self::new().signed_in_at(path)
    }

    /// The same at the list, with an ID token that says what `change` makes of it.
    pub fn sign_in_with(change: impl FnOnce(&mut Value)) -> Self {
        let mut browser = Self::new();
        browser.open("/devices");
        browser.answer_discovery();
        browser.return_with(change);
        browser
    }

    pub fn signed_in_at(mut self, path: &str) -> Self {
        self.open(path);
        self.answer_discovery();
        self.return_with(|_| {});
        self
    }

    /// From a signed-in page at a device through the explanation, sign-out and the fresh sign-in, up to the confirmation's device being read.
    pub fn step_up(&mut self, device: &str) {
        self.leave_for_step_up(device);
        self.return_with(|_| {});
    }

    /// At the confirmation of the device `a`, with a fresh sign-in and the device read.
    pub fn at_confirmation() -> Self {
        const DEVICE: &str = "/managedDevices/a";
        let mut browser = Self::sign_in_at("/devices/a");
        browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        browser.step_up("a");
        browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        assert!(
            matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }),
            "{:?}",
            browser.model.features.actions.reset
        );
        browser
    }

    pub fn leave_for_step_up(&mut self, device: &str) {
        self.dispatch(Event::Actions(actions::Event::ResetChosen(super::id(device))));
        self.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        let state = self.asked()["state"].clone();
        self.open(&format!("/signed-out?state={state}"));
        self.answer_discovery();
    }

    pub fn route(&self) -> &Route {
        &self.model.page.route
    }

    pub fn last_history(&self) -> Option<HistoryEntry> {
        self.log.iter().rev().find_map(|effect| match effect {
            Effect::LeaveTo { history, .. } => Some(*history),
            _ => None,
        })
    }

    pub fn waits_for_tokens(&self) -> bool {
        self.requests.iter().any(|(id, _)| id.what == Fetch::Tokens)
    }
}
