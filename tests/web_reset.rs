//! The confirmation, the wait, the result and the temporary passcode in a browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod web_support;

use leptos::prelude::document;
use passcode_portal::app::{Event, Model};
use passcode_portal::domain::{ActionFlow, DeviceId, Ending, PendingPhase, SignInStep};
use passcode_portal::features::passcode::{PasscodeExtras, PasscodeView};
use passcode_portal::features::{actions, passcode};
use passcode_portal::i18n::{Catalogue, Locale};
use passcode_portal::route::Route;
use portal_contract::{CharacterSet, SecretText, TemporaryPasscode, UtcTime};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::{Page, at, at_reset, grant, run, settle};

wasm_bindgen_test_configure!(run_in_browser);

/// Makes a state of a device.
type StateOf = fn(DeviceId) -> ActionFlow;

const SECRET: &str = "Kd7mWx4q";

fn confirming(age: i64) -> Model {
    at_reset("d0", |_, device| ActionFlow::Confirm { device, grant: grant(age) })
}

fn done(id: &str) -> Model {
    at_reset(id, |device, proven| ActionFlow::Ended {
        device,
        run: run(),
        end: Ending::Done(proven.outcome()),
    })
}

fn shown(model: &mut Model) {
    model.features.passcode.view = PasscodeView::Shown {
        device: DeviceId::parse("d0").expect("an identifier"),
        passcode: TemporaryPasscode {
            passcode: SecretText::new(SECRET.to_owned()),
            character_set: CharacterSet::LettersAndDigits,
            expires_date_time: UtcTime::from_unix_seconds(1_795_600_000),
            result_id: "run-4711".to_owned(),
            is_confirmed: true,
        },
        since: at(0),
        extras: PasscodeExtras::default(),
    };
}

#[wasm_bindgen_test]
async fn the_countdown_shows_what_is_left_until_the_page_stops() {
    let page = Page::mount(confirming(18)).await;
    assert_eq!(page.text(".digits").trim(), "4:22");
    page.change(|model| model.page.now = at(212)).await;
    assert_eq!(page.text(".digits").trim(), "0:50");
    assert_eq!(page.count(".countdown.low"), 1);
}

#[wasm_bindgen_test]
async fn the_ticking_digits_are_hidden_from_screen_readers_and_in_no_live_region() {
    let page = Page::mount(confirming(0)).await;
    let digits = page.find(".digits").expect("digits");
    assert_eq!(digits.get_attribute("aria-hidden").as_deref(), Some("true"));
    let region =
        digits.closest("[aria-live], [role=status], [role=alert], [role=timer]").expect("a selector");
    assert!(region.is_none());
}

#[wasm_bindgen_test]
async fn the_countdown_can_be_hidden_and_shown_again() {
    let page = Page::mount(confirming(0)).await;
    page.press("Hide the time").await;
    assert_eq!(page.count(".digits"), 0);
    page.press("Show the time left").await;
    assert_eq!(page.count(".digits"), 1);
}

#[wasm_bindgen_test]
async fn only_the_last_button_warns_and_it_names_the_device() {
    let page = Page::mount(confirming(0)).await;
    assert_eq!(page.count(".button.danger"), 1);
    assert!(page.text(".button.danger").contains("Galaxy"));
    assert!(page.said().is_empty(), "nothing is submitted by itself");
    page.press("Reset passcode of Galaxy").await;
    assert_eq!(page.said(), [Event::Actions(actions::Event::ResetConfirmed)]);
}

#[wasm_bindgen_test]
async fn the_last_button_keeps_the_focus_while_the_request_is_on_its_way() {
    let page = Page::mount(confirming(0)).await;
    let button = page.pressable("Reset passcode of Galaxy");
    button.focus().expect("focusable");
    button.click();
    settle().await;
    assert!(page.all_text().contains("Sending the reset"));
    assert_eq!(page.focused_text().trim(), "Reset passcode of Galaxy");
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    assert!(!button.has_attribute("disabled"));
}

#[wasm_bindgen_test]
async fn waiting_never_says_done() {
    let page = Page::mount(at_reset("d1", |device, _| ActionFlow::Pending {
        device,
        run: run(),
        phase: PendingPhase::Waiting,
    }))
    .await;
    assert!(page.all_text().contains("not done yet"));
    assert_eq!(page.text(".progress [aria-current]").trim(), "Waiting for the device to connect Now");
    page.change(|model| {
        if let ActionFlow::Pending { phase, .. } = &mut model.features.actions.reset {
            *phase = PendingPhase::Delivered;
        }
    })
    .await;
    assert_eq!(
        page.text(".progress [aria-current]").trim(),
        "Waiting for the device to report that it is done Now"
    );
    assert!(!page.has_pressable("Cancel this reset"));
}

#[wasm_bindgen_test]
async fn a_passcode_is_hidden_until_it_is_asked_for() {
    let page = Page::mount(done("d0")).await;
    assert_eq!(page.count("output.code"), 0);
    page.press("Show passcode").await;
    assert_eq!(
        page.said(),
        [Event::Passcode(passcode::Event::ShowChosen(DeviceId::parse("d0").expect("an identifier")))]
    );
}

#[wasm_bindgen_test]
async fn a_shown_passcode_stands_in_groups_is_not_translated_and_is_copied_whole() {
    let page = Page::mount(done("d0")).await;
    page.change(shown).await;
    let code = page.find("output.code").expect("the code");
    assert_eq!(code.text_content().as_deref(), Some(SECRET), "selecting it gives the code without gaps");
    assert_eq!(page.count("output.code .group"), 2);
    assert_eq!(page.count("output.code .capital"), 2, "K and W");
    assert_eq!(page.count("output.code .digit"), 2, "7 and 4");
    assert_eq!(page.count(".legend li"), 3);
    assert_eq!(code.get_attribute("translate").as_deref(), Some("no"));
    assert_eq!(code.get_attribute("aria-live").as_deref(), Some("off"));
    assert!(page.all_text().contains("Letters and digits"));
    page.press("Copy passcode").await;
    page.press("Hide passcode").await;
    assert_eq!(
        page.said(),
        [Event::Passcode(passcode::Event::CopyChosen), Event::Passcode(passcode::Event::HideChosen)]
    );
    assert!(!page.all_text().contains("Kd7m"));
    assert_eq!(page.count("output.code"), 0);
}

#[wasm_bindgen_test]
async fn a_passcode_never_gets_into_the_title_or_an_attribute() {
    let page = Page::mount(done("d0")).await;
    page.change(shown).await;
    assert!(!document().title().contains("Kd7m"));
    let html = page.find(".frame").expect("the page").outer_html();
    let outside_of_text =
        html.split('<').filter_map(|part| part.split_once('>')).any(|(tag, _)| tag.contains("Kd7m"));
    assert!(!outside_of_text);
}

#[wasm_bindgen_test]
async fn a_passcode_is_spelled_character_by_character_in_the_language_of_the_page() {
    let page = Page::mount(done("d0")).await;
    page.change(shown).await;
    assert_eq!(page.count(".spelled li"), 8);
    assert!(page.text(".spelled").contains("capital Kilo"), "{}", page.text(".spelled"));
    assert_eq!(page.find(".spelled").and_then(|list| list.get_attribute("translate")).as_deref(), Some("no"));
    page.change(|model| model.features.language.current = Catalogue::embedded(Locale::Ja)).await;
    assert!(page.text(".spelled").contains("大文字K"), "{}", page.text(".spelled"));
}

#[wasm_bindgen_test]
async fn the_qr_code_is_drawn_only_while_it_is_wanted_and_the_button_keeps_the_focus() {
    let page = Page::mount(done("d0")).await;
    page.change(shown).await;
    assert_eq!(page.count("svg.qr"), 0);
    page.pressable("Show as QR code").focus().expect("focusable");
    page.press("Show as QR code").await;
    assert_eq!(page.said(), [Event::Passcode(passcode::Event::QrCodeToggled)]);
    assert_eq!(page.focused_text(), "Hide QR code");
    let picture = page.find("svg.qr").expect("the code");
    assert_eq!(picture.get_attribute("viewBox").as_deref(), Some("0 0 29 29"), "version 1 and its margins");
    assert_eq!(picture.namespace_uri().as_deref(), Some("http://www.w3.org/2000/svg"));
    let path = page.find("svg.qr path").expect("squares");
    assert_eq!(path.namespace_uri().as_deref(), Some("http://www.w3.org/2000/svg"));
    page.change(|model| model.features.passcode.view = PasscodeView::Hidden).await;
    assert_eq!(page.count("svg.qr"), 0);
}

#[wasm_bindgen_test]
async fn the_rest_of_the_time_ticks_without_disturbing_the_buttons_or_a_live_region() {
    let page = Page::mount(done("d0")).await;
    page.change(shown).await;
    assert_eq!(page.text(".rest-time .digits"), "2:00");
    page.pressable("Copy passcode").focus().expect("focusable");
    page.change(|model| model.page.now = at(18)).await;
    assert_eq!(page.text(".rest-time .digits"), "1:42");
    assert_eq!(page.focused_text(), "Copy passcode");
    let region =
        page.find(".rest-time").expect("the rest").closest("[aria-live], [role=status], [role=timer]");
    assert!(region.expect("a selector").is_none());
    assert_eq!(page.count(".rest-time[aria-hidden=true]"), 1);
}

#[wasm_bindgen_test]
async fn reading_aloud_is_offered_only_with_a_voice_of_the_language() {
    let page = Page::mount(done("d0")).await;
    page.change(shown).await;
    assert!(!page.has_pressable("Read aloud slowly"));
    page.change(|model| model.features.passcode.voices = vec![Locale::Ja]).await;
    assert!(!page.has_pressable("Read aloud slowly"));
    page.change(|model| model.features.passcode.voices = vec![Locale::Ja, Locale::En]).await;
    page.press("Read aloud slowly").await;
    let said = page.said();
    let Some(Event::Passcode(passcode::Event::ReadAloudChosen(spoken))) = said.first() else {
        panic!("{said:?}")
    };
    let words: Vec<&str> = spoken.words.iter().map(SecretText::reveal).collect();
    assert_eq!(words.first(), Some(&"capital Kilo"));
    assert_eq!(words.len(), 8);
    page.press("Stop reading").await;
    assert_eq!(page.said().last(), Some(&Event::Passcode(passcode::Event::ReadAloudStopped)));
}

#[wasm_bindgen_test]
async fn the_passcode_is_put_on_paper_only_by_a_box_that_is_there_only_while_it_is_shown() {
    let page = Page::mount(done("d0")).await;
    assert_eq!(page.count(".print-tools input"), 0);
    page.change(shown).await;
    assert_eq!(page.count(".on-paper"), 0);
    // A click would be stopped by what keeps the browser in the test.
    let ticked = web_sys::Event::new("change").expect("an event");
    let field = page.find(".print-tools input[type=checkbox]").expect("the box");
    field.dispatch_event(&ticked).expect("dispatched");
    settle().await;
    assert_eq!(page.said(), [Event::Passcode(passcode::Event::PaperToggled)]);
    assert_eq!(page.count(".passcode.on-paper"), 1);
    page.change(|model| model.features.passcode.view = PasscodeView::Hidden).await;
    assert_eq!(page.count(".on-paper, .print-tools input"), 0);
}

#[wasm_bindgen_test]
async fn showing_and_hiding_hand_the_focus_on() {
    let page = Page::mount(done("d0")).await;
    page.pressable("Show passcode").focus().expect("focusable");
    page.change(shown).await;
    assert_eq!(page.focused_text(), SECRET);
    page.pressable("Hide passcode").focus().expect("focusable");
    page.press("Hide passcode").await;
    assert_eq!(page.focused_text(), "Show passcode");
}

#[wasm_bindgen_test]
async fn its_own_page_has_the_steps_and_the_help_for_who_cannot_type_it() {
    let mut model = web_support::at_device("d0", Route::Passcode);
    let before = model.features.devices.detail.device.clone().expect("a device");
    let mut device = (*before).clone();
    device.runs = vec![web_support::done_run()];
    model.features.devices.detail.device = Some(std::sync::Arc::new(device));
    shown(&mut model);
    let page = Page::mount(model).await;
    assert_eq!(page.count(".passcode.large output.code"), 1);
    assert!(page.text("h1").contains("Galaxy"));
    assert!(page.text("details").contains("ABC"), "the keyboard of Android");
    assert!(page.has_pressable("Print the steps"));
    assert!(!document().title().contains("Kd7m"));
}

#[wasm_bindgen_test]
async fn a_device_without_a_finished_reset_has_no_passcode_page() {
    let page = Page::mount(web_support::at_device("d0", Route::Passcode)).await;
    assert!(page.text("main").contains("no temporary passcode"));
    assert!(!page.has_pressable("Show passcode"));
}

#[wasm_bindgen_test]
async fn an_iphone_gets_no_passcode_panel_but_the_steps_on_the_device() {
    let page = Page::mount(done("d1")).await;
    assert_eq!(page.count(".passcode"), 0);
    assert!(page.all_text().contains("Face ID or Touch ID"), "its model is not known");
    assert_eq!(page.count(".steps li"), 3);
}

#[wasm_bindgen_test]
async fn every_explanation_has_one_button_that_goes_on() {
    let explanations: Vec<(StateOf, &str, Event)> = vec![
        (
            |device| ActionFlow::SignIn { device, step: SignInStep::Expired },
            "Start again",
            Event::Actions(actions::Event::SignOutForResetChosen),
        ),
        (
            |device| ActionFlow::SignIn { device, step: SignInStep::WrongPerson },
            "Start again",
            Event::Actions(actions::Event::SignOutForResetChosen),
        ),
        (
            |device| ActionFlow::SignIn { device, step: SignInStep::Cancelled },
            "Start again",
            Event::Actions(actions::Event::SignOutForResetChosen),
        ),
        (
            |device| ActionFlow::SignIn { device, step: SignInStep::Failed },
            "Start again",
            Event::Actions(actions::Event::SignOutForResetChosen),
        ),
        (
            |device| ActionFlow::Ended { device, run: run(), end: Ending::Canceled },
            "Start again",
            Event::Actions(actions::Event::ResetRestarted),
        ),
    ];
    for (state, words, event) in explanations {
        let page = Page::mount(at_reset("d0", |device, _| state(device))).await;
        assert_eq!(page.count("main .button.primary"), 1);
        page.press(words).await;
        assert_eq!(page.said(), [event]);
    }
}

#[wasm_bindgen_test]
async fn a_failure_says_why_what_next_and_gives_a_reference() {
    let page = Page::mount(at_reset("d0", |device, _| ActionFlow::Ended {
        device,
        run: run(),
        end: Ending::Failed(portal_contract::FailureCode::UnlockTokenInvalid),
    }))
    .await;
    let text = page.text("main");
    for part in ["was not reset", "erasing", "run-4711", web_support::IT_PHONE] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(page.count("code[translate=no]"), 1);
}

#[wasm_bindgen_test]
async fn an_uncertain_end_offers_the_passcode_to_try_and_claims_nothing_of_it() {
    let uncertain = |device, _| ActionFlow::Ended {
        device,
        run: run(),
        end: Ending::Failed(portal_contract::FailureCode::OutcomeUnknown),
    };
    let page = Page::mount(at_reset("d0", uncertain)).await;
    assert!(page.text("#passcode-unconfirmed").contains("if your old one no longer works"));
    page.press("Show passcode").await;
    assert_eq!(
        page.said(),
        [Event::Passcode(passcode::Event::ShowChosen(DeviceId::parse("d0").expect("an identifier")))]
    );
    page.change(|model| {
        shown(model);
        if let PasscodeView::Shown { passcode, .. } = &mut model.features.passcode.view {
            passcode.is_confirmed = false;
        }
    })
    .await;
    let code = page.find("output.code").expect("the code");
    assert_eq!(code.get_attribute("aria-describedby").as_deref(), Some("passcode-unconfirmed"));
    assert_eq!(page.count("#passcode-unconfirmed"), 1);
    assert!(page.has_pressable("Try again"));

    let page = Page::mount(at_reset("d1", uncertain)).await;
    assert_eq!(page.count(".passcode"), 0, "an iPhone has none");

    let page = Page::mount(done("d0")).await;
    page.change(shown).await;
    assert_eq!(page.count("#passcode-unconfirmed, output.code[aria-describedby]"), 0);
}

#[wasm_bindgen_test]
async fn the_passcode_of_another_device_is_not_shown_here() {
    let mut model = web_support::at_device("d1", Route::Device);
    shown(&mut model);
    let page = Page::mount(model).await;
    assert!(!page.all_text().contains("Kd7m"));
}
