//! The device list and the device's own screen in a browser: thousands of devices, the search, what cannot be reset, and
//! dialog A.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod web_support;

use leptos::prelude::document;
use passcode_portal::app::{AppEvent, Event};
use passcode_portal::domain::{ActionFlow, DeviceId, WhyExplain};
use passcode_portal::features::devices::DeviceList;
use passcode_portal::features::{actions, devices};
use passcode_portal::route::Route;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::{LETTERS, Page, at, at_device, device, settle, signed_in, three_devices};

wasm_bindgen_test_configure!(run_in_browser);

async fn depot() -> Page {
    let devices =
        (0..5000).map(|i| device(&format!("id{i}"), &format!("Depot {i:04}"), "Android", "6", LETTERS));
    Page::mount(signed_in(Route::Devices, devices.collect())).await
}

fn change_search(page: &Page, text: &str) {
    let input = page.find("#device-search").expect("a search field");
    js_sys::Reflect::set(&input, &"value".into(), &text.into()).expect("a value");
    let event = web_sys::Event::new("input").expect("an event");
    input.dispatch_event(&event).expect("dispatched");
}

async fn type_into_search(page: &Page, text: &str) {
    change_search(page, text);
    settle().await;
}

#[wasm_bindgen_test]
async fn keys_are_painted_before_the_list_follows_the_last_of_them() {
    let page = depot().await;
    change_search(&page, "depot 4");
    change_search(&page, "depot 4321");
    assert_eq!(page.said(), Vec::new(), "in the key's own task nothing is searched");
    settle().await;
    let changed = Event::Devices(devices::Event::FilterChanged("depot 4321".to_owned()));
    assert_eq!(page.said(), vec![changed]);
    assert_eq!(page.count(".device"), 1);
}

#[wasm_bindgen_test]
async fn of_five_thousand_devices_a_hundred_are_in_the_document() {
    let page = depot().await;
    assert_eq!(page.count(".device"), 100);
    assert_eq!(page.text(".count").trim(), "100 of 5,000 devices");
}

#[wasm_bindgen_test]
async fn typing_searches_all_of_them() {
    let page = depot().await;
    type_into_search(&page, "depot 4321").await;
    assert_eq!(page.count(".device"), 1);
    assert_eq!(page.text(".device h2"), "Depot 4321");
    type_into_search(&page, "nothing like that").await;
    assert_eq!(page.count(".device"), 0);
    assert!(page.all_text().contains("nothing like that"));
    page.press("Clear search").await;
    assert_eq!(page.count(".device"), 100);
}

#[wasm_bindgen_test]
async fn enter_in_the_search_submits_nothing() {
    let page = depot().await;
    assert_eq!(page.count("form"), 0);
}

#[wasm_bindgen_test]
async fn show_more_adds_a_hundred_and_moves_the_focus_to_the_first_new_row() {
    let page = depot().await;
    page.press("Show 100 more").await;
    assert_eq!(page.count(".device"), 200);
    assert_eq!(page.focused_text(), "Depot 0100");
}

#[wasm_bindgen_test]
async fn a_row_is_one_link_with_name_platform_and_status() {
    let page = Page::mount(signed_in(Route::Devices, three_devices())).await;
    let link = page.find(".device a").and_then(|link| link.get_attribute("href"));
    assert_eq!(link.as_deref(), Some("/devices/d0"));
    let row = page.text(".device");
    for part in ["Galaxy", "Android 6.0", "Can access company resources", "Last check-in"] {
        assert!(row.contains(part), "{part} in {row}");
    }
    assert_eq!(page.count("#device-search"), 0, "three devices need no search");
}

#[wasm_bindgen_test]
async fn a_service_that_is_down_is_said_above_the_list_and_never_as_no_devices() {
    for (devices, rows) in [(three_devices(), 3), (Vec::new(), 0)] {
        let mut model = signed_in(Route::Devices, devices);
        model.features.devices.list = model.features.devices.list.partial();
        let page = Page::mount(model).await;
        assert_eq!(page.count(".device"), rows);
        assert_eq!(page.count("main .notice"), 1);
        assert!(!page.all_text().contains("No devices yet"));
        page.press("Try again").await;
        assert_eq!(page.said(), [Event::App(AppEvent::RetryChosen)]);
        page.change(|model| model.features.devices.list = DeviceList::complete(three_devices(), at(1))).await;
        assert_eq!(page.count("main .notice"), 0);
        assert_eq!(page.count(".device"), 3);
    }
}

#[wasm_bindgen_test]
async fn on_every_other_screen_a_line_across_the_page_says_that_a_service_is_down() {
    let mut model = at_device("d0", Route::Device);
    model.features.devices.list = model.features.devices.list.partial();
    let page = Page::mount(model).await;
    assert!(page.text(".banner").contains("does not answer"));
    page.change(|model| model.page.route = Route::Devices).await;
    assert_eq!((page.count(".banner"), page.count("main .notice")), (0, 1), "said once");
    page.change(|model| model.page.route = Route::Help).await;
    assert_eq!(page.count(".banner"), 1);
    page.change(|model| model.features.devices.list = DeviceList::complete(three_devices(), at(1))).await;
    assert_eq!(page.count(".banner"), 0);
}

#[wasm_bindgen_test]
async fn what_cannot_be_reset_has_no_dead_button_but_says_why_and_what_helps() {
    let page = Page::mount(at_device("d2", Route::Device)).await;
    assert_eq!(page.count("main [aria-disabled]"), 0);
    assert_eq!(page.count("main .notice"), 1, "said once");
    let reason = page.text("main .notice");
    assert!(reason.contains("Windows PC") && reason.contains(web_support::IT_PHONE), "{reason}");
}

#[wasm_bindgen_test]
async fn reset_passcode_is_neutral_on_the_device_and_names_the_device() {
    let page = Page::mount(at_device("d0", Route::Device)).await;
    assert_eq!(page.count(".button.danger"), 0);
    page.press("Reset passcode").await;
    assert_eq!(
        page.said(),
        [Event::Actions(actions::Event::ResetChosen(DeviceId::parse("d0").expect("an identifier")))]
    );
}

#[wasm_bindgen_test]
async fn dialog_a_is_named_by_its_heading_takes_the_focus_and_gives_it_back() {
    let page = Page::mount(at_device("d0", Route::Device)).await;
    let opener = page.pressable("Reset passcode");
    opener.focus().expect("focusable");
    opener.click();
    settle().await;
    page.change(|model| {
        let device = DeviceId::parse("d0").expect("an identifier");
        model.features.actions.reset = ActionFlow::Explain { device, why: WhyExplain::FirstTime };
    })
    .await;
    let dialog = page.find("dialog[open]").expect("a dialog");
    let label = dialog.get_attribute("aria-labelledby").expect("a label");
    assert!(page.text(&format!("#{label}")).contains("Galaxy"));
    let inside = document().active_element().expect("a focus");
    assert!(dialog.contains(Some(inside.unchecked_ref())));
    assert!(page.text("dialog").contains("4½ minutes"));
    page.press("Cancel").await;
    settle().await;
    assert_eq!(page.count("dialog"), 0);
    assert_eq!(page.focused_text(), "Reset passcode");
}

#[wasm_bindgen_test]
async fn esc_cancels_dialog_a_and_a_click_beside_it_does_not() {
    let mut model = at_device("d0", Route::Device);
    let device = DeviceId::parse("d0").expect("an identifier");
    model.features.actions.reset = ActionFlow::Explain { device, why: WhyExplain::FirstTime };
    let page = Page::mount(model).await;
    let dialog = page.find("dialog").expect("a dialog");
    dialog.dispatch_event(&web_sys::MouseEvent::new("click").expect("an event")).expect("dispatched");
    settle().await;
    assert_eq!(page.count("dialog[open]"), 1);
    // What the browser sends for Esc; a key made by a script is not trusted with closing a dialog.
    dialog.dispatch_event(&web_sys::Event::new("cancel").expect("an event")).expect("dispatched");
    settle().await;
    assert_eq!(page.said(), [Event::Actions(actions::Event::ResetCancelled)]);
    assert_eq!(page.count("dialog"), 0);
}
