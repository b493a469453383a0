//! Mounts the whole page on a model of the test's own choosing, with the real rules behind it and no network, and reads it
//! the way a person does: by role, label and text.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use passcode_portal::app::{Event, Model, step};
use passcode_portal::auth::{AccessToken, Credential, IdToken, PageConfig};
use passcode_portal::components::attach;
use passcode_portal::core::{Config, Effect, LazyScreens, LoadState, Session, SignedIn};
use passcode_portal::domain::{
    ActionFlow, ActionRun, Device, DeviceId, FreshSignIn, Grant, IdempotencyKey, Milliseconds, Now,
    PermittedDevice, Proof, Seconds, SignInAge,
};
use passcode_portal::features::devices::{DeviceDetail, DeviceList};
use passcode_portal::features::{language, notifications};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter};
use passcode_portal::pages::app;
use passcode_portal::route::Route;
use passcode_portal::shell::provide_page;
use portal_contract::{Branding, ManagedDevice, Notification, UtcTime};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement};

/// The contact every screen has to show.
pub const IT_PHONE: &str = "+81 3 0000 0000";

/// A mounted page. It leaves the document when it is dropped.
pub struct Page {
    root: HtmlElement,
    model: RwSignal<Model>,
    said: Rc<RefCell<Vec<Event>>>,
    handle: Option<Box<dyn std::any::Any>>,
}

impl Page {
    /// Mounts the page and waits until it stands.
    pub async fn mount(model: Model) -> Self {
        let root = document().create_element("div").expect("an element").unchecked_into::<HtmlElement>();
        document().body().expect("a body").append_child(&root).expect("appended");
        keep_the_browser_here(&root);
        let said = Rc::new(RefCell::new(Vec::new()));
        let recorder = Rc::clone(&said);
        let slot: Rc<RefCell<Option<RwSignal<Model>>>> = Rc::default();
        let found = Rc::clone(&slot);
        let stands_in = root.clone();
        let handle: UnmountHandle<_> = mount_to(root.clone(), move || {
            let signal = RwSignal::new(model);
            *found.borrow_mut() = Some(signal);
            let dispatch = move |event: Event| {
                recorder.borrow_mut().push(event.clone());
                let before = signal.get_untracked();
                let now = before.page.now;
                let (mut model, effects) = step(before, event, now);
                // The one effect that is performed here: a language is chosen, and its texts are there.
                for effect in effects {
                    if let Effect::LoadLanguage { locale, .. } = effect {
                        model = step(
                            model,
                            Event::Language(language::Event::Loaded(Catalogue::embedded(locale))),
                            now,
                        )
                        .0;
                    }
                }
                signal.set(model);
            };
            provide_page(signal.read_only(), dispatch, PlainFormatter);
            attach(app(), &stands_in);
        });
        let model = slot.borrow_mut().take().expect("a model");
        let page = Self { root, model, said, handle: Some(Box::new(handle)) };
        settle().await;
        page
    }

    /// Changes the model as the shell would and waits until the page shows it.
    pub async fn change(&self, change: impl FnOnce(&mut Model)) {
        self.model.update(change);
        settle().await;
    }

    /// What the person did, as events.
    pub fn said(&self) -> Vec<Event> {
        self.said.borrow().clone()
    }

    /// The first element that matches.
    pub fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).expect("a selector")
    }

    /// The text of the first element that matches; empty when there is none.
    pub fn text(&self, selector: &str) -> String {
        self.find(selector).and_then(|element| element.text_content()).unwrap_or_default()
    }

    /// The whole text.
    pub fn all_text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    /// How many elements match.
    pub fn count(&self, selector: &str) -> u32 {
        js_sys::Array::from(&self.all(selector)).length()
    }

    fn all(&self, selector: &str) -> wasm_bindgen::JsValue {
        let find: js_sys::Function =
            js_sys::Reflect::get(&self.root, &"querySelectorAll".into()).expect("a method").unchecked_into();
        find.call1(&self.root, &selector.into()).expect("a list")
    }

    /// The button or link with this text.
    pub fn pressable(&self, words: &str) -> HtmlElement {
        js_sys::Array::from(&self.all("button, a, summary"))
            .iter()
            .map(JsCast::unchecked_into::<HtmlElement>)
            .find(|element| element.text_content().is_some_and(|text| text.trim() == words))
            .unwrap_or_else(|| panic!("no button or link \"{words}\""))
    }

    /// Whether there is a button or link with this text.
    pub fn has_pressable(&self, words: &str) -> bool {
        js_sys::Array::from(&self.all("button, a, summary"))
            .iter()
            .map(JsCast::unchecked_into::<HtmlElement>)
            .any(|element| element.text_content().is_some_and(|text| text.trim() == words))
    }

    /// Presses it and waits.
    pub async fn press(&self, words: &str) {
        self.pressable(words).click();
        settle().await;
    }

    /// Chooses a language in the header and waits.
    pub async fn choose_language(&self, tag: &str) {
        let select = self.find(".language select").expect("a choice of languages");
        js_sys::Reflect::set(&select, &"value".into(), &tag.into()).expect("settable");
        select.dispatch_event(&web_sys::Event::new("change").expect("an event")).expect("dispatched");
        settle().await;
    }

    /// The text of the element that has the focus.
    pub fn focused_text(&self) -> String {
        document().active_element().and_then(|element| element.text_content()).unwrap_or_default()
    }
}

/// Following a link is the shell's business, which is not here; the browser must not leave the test.
fn keep_the_browser_here(root: &HtmlElement) {
    // Only links lead away; a tick box whose click is prevented would not change.
    let stay = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if element.is_some_and(|element| element.closest("a").ok().flatten().is_some()) {
            event.prevent_default();
        }
    });
    root.add_event_listener_with_callback("click", stay.as_ref().unchecked_ref()).expect("a listener");
    stay.forget();
}

impl Drop for Page {
    fn drop(&mut self) {
        drop(self.handle.take());
        self.root.remove();
    }
}

/// Waits until effects have run and two frames have been drawn.
pub async fn settle() {
    pause(60).await;
}

/// Waits so many milliseconds.
pub async fn pause(milliseconds: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let window = web_sys::window().expect("a window");
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .expect("a timer");
    });
    wasm_bindgen_futures::JsFuture::from(promise).await.expect("resolved");
}

/// A moment of the test's own clock, so many seconds after its beginning.
pub const fn at(seconds: i64) -> Now {
    Now { monotonic: Milliseconds(seconds * 1000), wall: UtcTime::from_unix_seconds(1_795_000_000 + seconds) }
}

/// A device by its wire form: identifier, name, operating system, version and the `resetPasscode` action.
pub fn device(id: &str, name: &str, system: &str, version: &str, action: &str) -> Arc<Device> {
    let action: serde_json::Value = serde_json::from_str(action).expect("an action");
    let wire: ManagedDevice = serde_json::from_value(serde_json::json!({
        "id": id, "deviceName": name, "managedDeviceName": "", "operatingSystem": system, "osVersion": version,
        "manufacturer": "", "model": "", "serialNumber": format!("SN-{id}"), "managedDeviceOwnerType": "company",
        "deviceEnrollmentType": "userEnrollment", "managementAgent": "mdm", "complianceState": "compliant",
        "complianceGracePeriodExpirationDateTime": "0001-01-01T00:00:00Z",
        "lastSyncDateTime": "2026-11-18T15:00:00Z", "enrolledDateTime": "2025-01-01T00:00:00Z",
        "actions": { "resetPasscode": action }
    }))
    .expect("a device");
    Arc::new(Device::from_contract(wire).expect("an identifier"))
}

/// Allowed, with a temporary passcode of letters and digits.
pub const LETTERS: &str =
    r#"{"allowed":true,"outcome":{"kind":"temporaryPasscode","characterSet":"lettersAndDigits"}}"#;
/// Allowed, nothing issued.
pub const REMOVED: &str = r#"{"allowed":true,"outcome":{"kind":"passcodeRemoved"}}"#;
/// Refused: a Windows PC.
pub const WINDOWS_PC: &str = r#"{"allowed":false,"reason":"windowsPc"}"#;

/// Three devices: an Android phone `d0`, an iPhone `d1`, a PC `d2`.
pub fn three_devices() -> Vec<Arc<Device>> {
    vec![
        device("d0", "Galaxy", "Android", "6.0", LETTERS),
        device("d1", "iPhone of Aiko", "iOS", "18.1", REMOVED),
        device("d2", "DESKTOP-1", "Windows", "10.0.22631", WINDOWS_PC),
    ]
}

/// Somebody is signed in and at a screen, with these devices.
pub fn signed_in(route: Route, devices: Vec<Arc<Device>>) -> Model {
    let mut model = Model::new(at(0), Catalogue::embedded(Locale::En));
    model.page.route = route;
    model.page.config = Config::Ready(Arc::new(config()));
    // A browser test is built in one piece.
    model.page.lazy_screens = LazyScreens::Ready;
    model.page.branding = Arc::new(Branding {
        display_name: "Example Ltd.".to_owned(),
        contact_it_phone_number: IT_PHONE.to_owned(),
        ..Branding::default()
    });
    model.page.session = Session::SignedIn(Box::new(SignedIn {
        sub: "p-aiko".to_owned(),
        name: "Aiko".to_owned(),
        user_name: "aiko@example.test".to_owned(),
        login_hint: None,
        age: None,
        since: at(0),
        skips_second_within: None,
        credential: Credential::Tokens {
            access: AccessToken::new("access".to_owned()),
            id: IdToken::new("id".to_owned()),
        },
    }));
    model.features.devices.list = DeviceList::complete(devices, at(0));
    model.features.notifications = notifications::Model { state: LoadState::Loaded, items: Arc::default() };
    model
}

fn config() -> PageConfig {
    let text = r#"{"apiBase":"/api/v1.0","authority":"http://127.0.0.1:8081","clientId":"passcode-portal",
        "scopes":"openid profile email devices","resource":"urn:passcode-portal:api","defaultLocale":null}"#;
    PageConfig::parse(text).expect("a configuration")
}

/// Signed in, at a screen of one of the three devices.
pub fn at_device(id: &str, route: fn(DeviceId) -> Route) -> Model {
    let id = DeviceId::parse(id).expect("an identifier");
    let mut model = signed_in(route(id.clone()), three_devices());
    let device = model.features.devices.list.find(&id).cloned();
    model.features.devices.detail = DeviceDetail { id: Some(id), device, state: LoadState::Loaded };
    model
}

/// At the reset's own screen, in a state made from the device.
pub fn at_reset(id: &str, state: impl FnOnce(DeviceId, PermittedDevice) -> ActionFlow) -> Model {
    let mut model = at_device(id, Route::ResetPasscode);
    let device = model.features.devices.detail.device.clone().expect("a device");
    let proven = PermittedDevice::of(&device).expect("resettable");
    model.features.actions.reset = state(device.id.clone(), proven);
    model
}

/// A grant of a sign-in that was this old at the beginning of the test's clock.
pub fn grant(age: i64) -> Grant {
    let sign_in = SignInAge { at_receipt: Seconds(age), received: at(0) };
    let proof = FreshSignIn::prove(sign_in, at(0)).expect("fresh");
    Grant { proof: Proof::Fresh(proof), key: IdempotencyKey::from_random([7; 16]) }
}

/// An accepted reset.
pub fn run() -> ActionRun {
    let moment = UtcTime::from_unix_seconds(1_795_000_000);
    ActionRun { id: "run-4711".to_owned(), started: moment, updated: moment, expires: None }
}

/// The same as the device tells it: done.
pub fn done_run() -> portal_contract::DeviceActionResult {
    serde_json::from_value(serde_json::json!({
        "id": "run-4711", "actionName": "resetPasscode", "actionState": "done",
        "startDateTime": "2026-11-18T15:00:00Z", "lastUpdatedDateTime": "2026-11-18T15:01:00Z"
    }))
    .expect("a run")
}

/// An unread notification about `d0`.
pub fn notification(id: &str) -> Notification {
    serde_json::from_value(serde_json::json!({
        "id": id, "kind": "passcodeReset", "deviceId": "d0", "deviceName": "Galaxy", "resultId": "run-4711",
        "actionState": "done", "createdDateTime": "2026-11-18T15:00:00Z", "isRead": false
    }))
    .expect("a notification")
}
