//! Every screen, mounted in a browser under the Trusted Types policy of production: it stands, has one heading, the IT
//! contact and a title; language, focus and the polite status follow.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod web_support;

use leptos::prelude::document;
use passcode_portal::api::ApiError;
use passcode_portal::app::{Event, Model};
use passcode_portal::auth::{ConfigError, SignInError};
use passcode_portal::core::{
    Announced, Announcement, Config, Connectivity, HistoryScope, LazyScreens, LoadState, Session,
};
use passcode_portal::domain::{
    ActionFlow, Computer, DeviceId, Ending, HistoryEntry, Idleness, Milliseconds, PendingPhase, ResultId,
    Seconds, SignInStep, StopReason, SubmitStep, WhyExplain,
};
use passcode_portal::features::{history, language, notifications};
use passcode_portal::i18n::{Catalogue, Locale};
use passcode_portal::route::Route;
use portal_contract::{FailureCode, HistoryActivity, RefusalReason, UtcTime};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::{IT_PHONE, Page, at_device, at_reset, grant, notification, run, signed_in, three_devices};

wasm_bindgen_test_configure!(run_in_browser);

/// From here on the document refuses HTML from strings, as the real policy does.
fn enforce_trusted_types() {
    let meta = document().create_element("meta").expect("an element");
    meta.set_attribute("http-equiv", "Content-Security-Policy").expect("an attribute");
    meta.set_attribute("content", "require-trusted-types-for 'script'; trusted-types 'none'")
        .expect("an attribute");
    document().head().expect("a head").append_child(&meta).expect("appended");
}

fn signed_out(route: Route) -> Model {
    let mut model = signed_in(route, Vec::new());
    model.page.session = Session::SignedOut;
    model
}

fn every_screen() -> Vec<(&'static str, Model)> {
    let with = |mut model: Model, change: fn(&mut Model)| {
        change(&mut model);
        model
    };
    let failed = || LoadState::Failed(ApiError::ServerFault { reference: "req-1".to_owned() });
    let mut many_failed = signed_in(Route::Devices, Vec::new());
    many_failed.features.devices.list.state = failed();
    let mut unreadable = at_device("d9", Route::Device);
    unreadable.features.devices.detail.state = failed();
    let mut notified = signed_in(Route::Notifications, three_devices());
    notified.features.notifications.items = Arc::new(vec![notification("n1")]);
    let mut past = signed_in(Route::History, Vec::new());
    past.features.history =
        history::Model::complete(HistoryScope::Person, vec![past_entry("e1"), past_entry("e2")]);
    let mut no_past = signed_in(Route::History, Vec::new());
    no_past.features.history = history::Model::complete(HistoryScope::Person, Vec::new());
    let mut past_failed = signed_in(Route::History, Vec::new());
    past_failed.features.history.state = failed();
    let result = ResultId::parse("r1").expect("an identifier");
    let mut unrecognized_activity = at_device("d0", Route::Device);
    unrecognized_activity.page.route =
        Route::UnrecognizedActivity(DeviceId::parse("d0").expect("an identifier"), result);
    let mut warned = signed_in(Route::Devices, three_devices());
    warned.features.shared_computer.screen = Computer::Shared;
    warned.features.shared_computer.idleness = Idleness::Warning(Milliseconds(60_000));
    let mut dialog = at_device("d0", Route::Device);
    let id = DeviceId::parse("d0").expect("an identifier");
    dialog.features.actions.reset = ActionFlow::Explain { device: id, why: WhyExplain::FirstTime };
    vec![
        (
            "later_loading",
            with(signed_in(Route::Help, Vec::new()), |model| model.page.lazy_screens = LazyScreens::Loading),
        ),
        (
            "later_failed",
            with(signed_in(Route::Help, Vec::new()), |model| model.page.lazy_screens = LazyScreens::Failed),
        ),
        ("loading", with(signed_out(Route::Home), |model| model.page.config = Config::Loading)),
        (
            "not set up",
            with(signed_out(Route::Home), |model| model.page.config = Config::Failed(ConfigError::Missing)),
        ),
        ("landing", signed_out(Route::Home)),
        ("sign-in screen", signed_out(Route::Devices)),
        ("signed out", signed_out(Route::SignedOut)),
        ("help", signed_out(Route::Help)),
        ("not found", signed_out(Route::NotFound)),
        ("starting", with(signed_out(Route::Devices), |model| model.page.session = Session::Starting)),
        (
            "sign-in failed",
            with(signed_out(Route::Devices), |model| {
                model.page.session =
                    Session::SignInFailed { error: SignInError::StateMismatch, return_to: Route::Devices };
            }),
        ),
        ("devices", signed_in(Route::Devices, three_devices())),
        ("no devices", signed_in(Route::Devices, Vec::new())),
        ("devices failed", many_failed),
        ("device", at_device("d0", Route::Device)),
        ("passcode page", at_device("d0", Route::Passcode)),
        ("erase page", at_device("d0", Route::Erase)),
        ("remove page", at_device("d0", Route::Remove)),
        ("device that cannot", at_device("d2", Route::Device)),
        ("device unreadable", unreadable),
        ("dialog A", dialog),
        ("notifications", notified),
        ("history", past),
        ("no history", no_past),
        ("history failed", past_failed),
        ("not me", unrecognized_activity),
        ("accessibility", signed_out(Route::Accessibility)),
        ("idle warning", warned),
        (
            "signed out by the clock",
            with(signed_out(Route::SignedOut), |model| {
                model.features.shared_computer.ended_by_idleness = true;
            }),
        ),
        ("no notifications", signed_in(Route::Notifications, three_devices())),
        ("page A", at_reset("d1", |device, _| ActionFlow::Explain { device, why: WhyExplain::Challenged })),
        ("reading", at_reset("d0", |device, _| ActionFlow::Reading { device, grant: None })),
        ("page B", at_reset("d0", |_, device| ActionFlow::Confirm { device, grant: grant(0) })),
        (
            "submitting",
            at_reset("d0", |_, device| ActionFlow::Submit {
                device,
                grant: grant(0),
                step: SubmitStep::Sending,
            }),
        ),
        (
            "rereading",
            at_reset("d0", |_, device| ActionFlow::Submit {
                device,
                grant: grant(0),
                step: SubmitStep::Rereading,
            }),
        ),
        (
            "unknown",
            at_reset("d0", |_, device| ActionFlow::Submit {
                device,
                grant: grant(0),
                step: SubmitStep::Unknown,
            }),
        ),
        (
            "busy",
            at_reset("d0", |_, device| ActionFlow::Submit {
                device,
                grant: grant(0),
                step: SubmitStep::Busy { since: web_support::at(0), wait: Seconds(5).to_milliseconds() },
            }),
        ),
        (
            "pending",
            at_reset("d1", |device, _| ActionFlow::Pending {
                device,
                run: run(),
                phase: PendingPhase::Waiting,
            }),
        ),
        (
            "done",
            at_reset("d0", |device, proven| ActionFlow::Ended {
                device,
                run: run(),
                end: Ending::Done(proven.outcome()),
            }),
        ),
        (
            "failed",
            at_reset("d0", |device, _| ActionFlow::Ended {
                device,
                run: run(),
                end: Ending::Failed(FailureCode::NoPasscodePolicy),
            }),
        ),
        (
            "superseded",
            at_reset("d0", |device, _| ActionFlow::Ended { device, run: run(), end: Ending::Superseded }),
        ),
        (
            "canceled",
            at_reset("d0", |device, _| ActionFlow::Ended { device, run: run(), end: Ending::Canceled }),
        ),
        ("expired", at_reset("d0", |device, _| ActionFlow::SignIn { device, step: SignInStep::Expired })),
        (
            "wrong person",
            at_reset("d0", |device, _| ActionFlow::SignIn { device, step: SignInStep::WrongPerson }),
        ),
        (
            "sign-in cancelled",
            at_reset("d0", |device, _| ActionFlow::SignIn { device, step: SignInStep::Cancelled }),
        ),
        (
            "step-up failed",
            at_reset("d0", |device, _| ActionFlow::SignIn { device, step: SignInStep::Failed }),
        ),
        (
            "not allowed",
            at_reset("d0", |device, _| ActionFlow::Stopped {
                device,
                why: StopReason::NotAllowed(RefusalReason::OrganizationPolicy),
            }),
        ),
        ("gone", at_reset("d0", |device, _| ActionFlow::Stopped { device, why: StopReason::Gone })),
        (
            "rejected",
            at_reset("d0", |device, _| ActionFlow::Stopped {
                device,
                why: StopReason::Rejected("req-2".to_owned()),
            }),
        ),
    ]
}

fn past_entry(id: &str) -> HistoryEntry {
    HistoryEntry {
        id: id.to_owned(),
        when: UtcTime::from_unix_seconds(1_800_000_000),
        activity: HistoryActivity::ResetRequested,
        action: None,
        cause: None,
        person: Some("Hanako".to_owned()),
        device: DeviceId::parse("d0"),
        device_name: "Galaxy".to_owned(),
        result: Some("r1".to_owned()),
        origin: None,
        reference: Some(["req-", id].concat()),
    }
}

#[wasm_bindgen_test]
async fn a_row_of_the_history_keeps_its_roles_and_leads_to_this_was_not_me() {
    let mut model = signed_in(Route::History, Vec::new());
    model.features.history = history::Model::complete(HistoryScope::Person, vec![past_entry("e1")]);
    let page = Page::mount(model).await;
    assert_eq!((page.count("[role=columnheader]"), page.count("[role=row]")), (6, 2));
    // One number for all that belongs to a run.
    assert_eq!(page.text("tbody code"), "r1");
    let link = page.find("tbody a[href=\"/devices/d0/not-me/r1\"]").expect("the link");
    assert_eq!(link.text_content().as_deref(), Some("Wasn't you?"));
    page.press("Download as CSV").await;
    assert!(
        page.said()
            .iter()
            .any(|event| matches!(event, Event::History(history::Event::TableWritten { content, .. })
        if content.contains("r1")))
    );
}

#[wasm_bindgen_test]
async fn what_was_said_on_the_result_is_shown_with_its_next_step() {
    let done = at_reset("d0", |device, proven| ActionFlow::Ended {
        device,
        run: run(),
        end: Ending::Done(proven.outcome()),
    });
    let page = Page::mount(done).await;
    assert_eq!(page.count(".question h3"), 0);
    page.press("It worked").await;
    assert_eq!(page.text(".question [aria-pressed=true]"), "It worked");
    assert_eq!(page.count(".question h3"), 1);
    page.press("Still locked").await;
    assert!(page.text(".question").contains(IT_PHONE));
}

#[wasm_bindgen_test]
async fn every_screen_stands_under_trusted_types_with_one_heading_and_the_it_contact() {
    enforce_trusted_types();
    for locale in [Locale::En, Locale::Ja] {
        for (name, mut model) in every_screen() {
            model.features.language.current = Catalogue::embedded(locale);
            let page = Page::mount(model).await;
            assert_eq!(page.count("h1"), 1, "{name}");
            assert!(!page.text("h1").trim().is_empty(), "{name}");
            assert!(page.text("footer").contains(IT_PHONE), "{name}");
            assert!(!document().title().trim().is_empty(), "{name}");
            assert_eq!(page.count("[style]") - page.count(".frame[style]"), 0, "{name}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_change_of_language_keeps_the_step_and_says_so_in_lang() {
    let page = Page::mount(at_reset("d0", |_, device| ActionFlow::Confirm { device, grant: grant(0) })).await;
    let english = page.text(".button.danger");
    page.choose_language("ja").await;
    assert_eq!(page.said(), [Event::Language(language::Event::Chosen(Locale::Ja))]);
    let japanese = page.text(".button.danger");
    assert!(japanese.contains("Galaxy") && japanese != english);
    let lang = document().document_element().and_then(|root| root.get_attribute("lang"));
    assert_eq!(lang.as_deref(), Some("ja"));
    let dir = document().document_element().and_then(|root| root.get_attribute("dir"));
    assert_eq!(dir.as_deref(), Some("ltr"));
    assert_eq!(page.count(".countdown"), 1);
}

#[wasm_bindgen_test]
async fn the_choice_of_languages_has_a_name_and_follows_what_is_wanted_and_what_failed() {
    let page = Page::mount(signed_in(Route::Devices, three_devices())).await;
    let select = page.find(".language select").expect("a choice of languages");
    let value = || js_sys::Reflect::get(&select, &"value".into()).ok().and_then(|value| value.as_string());
    assert_eq!(select.get_attribute("aria-label").as_deref(), Some("Language"));
    assert_eq!(page.count(".language option"), u32::try_from(Locale::ALL.len()).unwrap_or(0));
    assert_eq!(page.text(".language option[value=ja][lang=ja]"), "日本語");
    assert_eq!(value().as_deref(), Some("en"));
    page.change(|model| model.features.language.wanted = Some(Locale::Ja)).await;
    assert_eq!(value().as_deref(), Some("ja"));
    page.change(|model| {
        model.features.language.wanted = None;
        model.features.language.missing = Some(Locale::Ja);
    })
    .await;
    assert_eq!(value().as_deref(), Some("en"));
    assert!(page.text(".banner").starts_with("日本語 could not be loaded"), "{}", page.text(".banner"));
}

#[wasm_bindgen_test]
async fn a_new_screen_takes_the_focus_to_its_heading_and_changes_the_title() {
    let page = Page::mount(signed_in(Route::Devices, three_devices())).await;
    page.change(|model| {
        model.page.route = Route::Help;
        model.page.arrivals += 1;
    })
    .await;
    assert_eq!(page.focused_text(), "Help");
    assert!(document().title().starts_with("Help"));
}

#[wasm_bindgen_test]
async fn pending_becomes_done_without_moving_the_focus() {
    let page = Page::mount(at_reset("d0", |device, _| ActionFlow::Pending {
        device,
        run: run(),
        phase: PendingPhase::Waiting,
    }))
    .await;
    let flag = page.find(".flag").expect("the flag");
    let flag = flag.unchecked_into::<web_sys::HtmlElement>();
    flag.focus().expect("focusable");
    page.change(|model| {
        let device = DeviceId::parse("d0").expect("an identifier");
        let outcome = model.features.devices.detail.device.as_ref().expect("a device").told_outcome();
        model.features.actions.reset = ActionFlow::Ended { device, run: run(), end: Ending::Done(outcome) };
    })
    .await;
    assert_eq!(page.focused_text(), flag.text_content().unwrap_or_default());
    assert!(page.text("h1").contains("was reset"));
    assert!(document().title().starts_with("Done"));
}

#[wasm_bindgen_test]
async fn what_is_announced_stays_for_a_second_and_the_same_words_twice_are_two_changes() {
    let page = Page::mount(signed_in(Route::Devices, three_devices())).await;
    let say = |sequence| {
        move |model: &mut Model| {
            model.page.announcement = Announced { sequence, latest: Some(Announcement::WentOffline) };
        }
    };
    page.change(say(1)).await;
    let first = page.text("#announcements span:nth-child(2)");
    assert!(first.contains("offline"));
    page.change(say(2)).await;
    assert_eq!(page.text("#announcements span:nth-child(2)"), first, "a message stays for a second");
    assert_eq!(page.text("#announcements span:nth-child(1)"), "");
    while page.text("#announcements span:nth-child(1)").is_empty() {
        page.change(|_| {}).await;
    }
    assert_eq!(page.text("#announcements span:nth-child(1)"), first);
    assert_eq!(page.text("#announcements span:nth-child(2)"), "");
}

#[wasm_bindgen_test]
async fn names_from_the_api_are_text() {
    let devices = vec![web_support::device("x", "<img src=x id=evil>", "Android", "6", web_support::LETTERS)];
    let page = Page::mount(signed_in(Route::Devices, devices)).await;
    assert_eq!(page.text(".device h2"), "<img src=x id=evil>");
    assert_eq!(page.count("#evil"), 0);
}

#[wasm_bindgen_test]
async fn the_skip_link_comes_first_and_leads_to_the_content() {
    let page = Page::mount(signed_in(Route::Devices, three_devices())).await;
    let first = page.find("a, button").expect("something to reach by keyboard");
    assert_eq!(first.text_content().as_deref(), Some("Skip to main content"));
    page.press("Skip to main content").await;
    assert_eq!(document().active_element().map(|element| element.tag_name()).as_deref(), Some("MAIN"));
}

#[wasm_bindgen_test]
async fn offline_is_said_across_the_page_for_as_long_as_it_lasts() {
    let page = Page::mount(signed_in(Route::Devices, three_devices())).await;
    assert_eq!(page.count(".banner"), 0);
    page.change(|model| model.page.connectivity = Connectivity::Offline).await;
    assert!(page.text(".banner").contains("offline"));
    page.change(|model| model.page.connectivity = Connectivity::Online).await;
    assert_eq!(page.count(".banner"), 0);
}

#[wasm_bindgen_test]
async fn the_flag_counts_what_is_unread_and_opening_one_says_so() {
    let mut model = signed_in(Route::Devices, three_devices());
    model.features.notifications.items = Arc::new(vec![notification("n1"), notification("n2")]);
    let page = Page::mount(model).await;
    let name = page.find(".flag").and_then(|flag| flag.get_attribute("aria-label"));
    assert_eq!(name.as_deref(), Some("Notifications, 2 unread"));
    assert_eq!(page.text(".badge"), "2");
    page.press("The passcode of Galaxy was reset.").await;
    assert_eq!(page.said(), [Event::Notifications(notifications::Event::Opened("n1".to_owned()))]);
}

#[wasm_bindgen_test]
async fn branding_leads_only_to_addresses_of_the_web() {
    let mut model = signed_in(Route::Help, Vec::new());
    let mut branding = model.page.branding.as_ref().clone();
    branding.online_support_site_url = "javascript:alert(1)".to_owned();
    branding.privacy_url = "data:text/html,x".to_owned();
    model.page.branding = Arc::new(branding);
    let page = Page::mount(model).await;
    assert_eq!(page.count("a[href^='javascript'], a[href^='data']"), 0);
}
