//! The temporary passcode on the screen: how long it stays, everything that takes it away, and what is made of it on request.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event, Visibility};
use passcode_portal::core::{Announcement, Effect, Reading, SpokenPasscode, TimerId};
use passcode_portal::domain::{ActionFlow, Ending, Milliseconds, PasscodeCertainty, Seconds};
use passcode_portal::features::actions::Verdict;
use passcode_portal::features::passcode::{PasscodeExtra, PasscodeView};
use passcode_portal::features::{actions, language, passcode, sign_in};
use passcode_portal::i18n::Locale;
use passcode_portal::route::Route;
use portal_contract::{FailureCode, SecretText};
use serde_json::json;
use support::browser::{Browser, PASSCODE};
use support::{SERVER, answer, device_json_with, device_of, id, problem, rfc3339, with_header};

const DAY: i64 = 86_400;

fn at(path: &str) -> Browser {
    let mut browser = Browser::sign_in_at(path);
    browser.dispatch(Event::Passcode(passcode::Event::VoicesFound(vec![Locale::En])));
    browser
}

fn show(browser: &mut Browser, expires: i64) {
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    let body = json!({ "passcode": PASSCODE, "characterSet": "lettersAndDigits", "resultId": "r1",
        "expiresDateTime": rfc3339(expires) });
    browser.answer("/temporaryPasscode", Ok(answer(200, &body)));
}

/// Shown on the details of the device, valid for another day.
fn shown() -> Browser {
    let mut browser = at("/devices/a");
    show(&mut browser, SERVER + DAY);
    assert!(is_shown(&browser));
    browser
}

fn is_shown(browser: &Browser) -> bool {
    matches!(browser.model.features.passcode.view, PasscodeView::Shown { .. })
}

fn spoken() -> SpokenPasscode {
    let words = ["small kilo", "digit seven"].map(|word| SecretText::new(word.to_owned()));
    SpokenPasscode { locale: Locale::En, words: words.into() }
}

fn said(browser: &Browser) -> Option<&Announcement> {
    browser.model.page.announcement.latest.as_ref()
}

fn readings(browser: &Browser) -> Vec<Reading> {
    let reading = |effect: &Effect| {
        if let Effect::ReadAloud { reading, .. } = effect { Some(*reading) } else { None }
    };
    browser.log.iter().filter_map(reading).collect()
}

#[test]
fn the_rest_of_the_time_is_told_every_second_and_at_its_end_the_passcode_goes() {
    let mut browser = shown();
    assert_eq!(browser.model.passcode_hides_in(), Some(Seconds(120).to_milliseconds()));
    browser.pass(1);
    assert_eq!(browser.model.passcode_hides_in(), Some(Seconds(119).to_milliseconds()));
    browser.set_clocks(400, 400);
    browser.dispatch(Event::App(AppEvent::TimerFired(TimerId::HidePasscode)));
    let next = browser.timers.iter().find(|(timer, _)| *timer == TimerId::HidePasscode).unwrap().1;
    assert_eq!(next - browser.now.monotonic.0, 600, "the next second of the rest, not a second from now");
    browser.pass(118);
    assert!(is_shown(&browser));
    browser.pass(1);
    assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden);
    assert_eq!(said(&browser), Some(&Announcement::PasscodeHidden));
    assert!(browser.timers.iter().all(|(timer, _)| *timer != TimerId::HidePasscode));
}

#[test]
fn sleep_ends_it_at_the_first_look_whichever_clock_stood_still() {
    for (monotonic, wall) in [(50, 121_000), (121_000, -DAY * 1000)] {
        let mut browser = shown();
        browser.set_clocks(monotonic, wall);
        browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
        assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden, "{monotonic} {wall}");
    }
}

#[test]
fn it_can_be_shown_again_and_the_page_knows_until_when() {
    let mut browser = shown();
    browser.pass(120);
    let validity = browser.model.features.passcode.validity.clone().unwrap();
    assert_eq!(validity.until.unix_millis(), (SERVER + DAY) * 1000);
    assert_eq!(validity.device, id("a"));
    show(&mut browser, SERVER + DAY);
    assert!(is_shown(&browser));
    assert_eq!(browser.model.passcode_hides_in(), Some(Seconds(120).to_milliseconds()), "from the beginning");
}

#[test]
fn an_expired_passcode_goes_before_its_time_on_the_screen_and_is_not_offered_again() {
    let mut browser = at("/devices/a");
    show(&mut browser, SERVER + 40);
    browser.pass(39);
    assert!(is_shown(&browser));
    browser.pass(1);
    assert_eq!(browser.model.features.passcode.view, PasscodeView::NoneThere { device: id("a") });
    assert_eq!(said(&browser), Some(&Announcement::PasscodeExpired));
    assert_eq!(browser.model.features.passcode.validity, None);
}

#[test]
fn one_that_arrives_expired_is_never_on_the_screen() {
    let mut browser = at("/devices/a");
    show(&mut browser, SERVER - 1);
    assert_eq!(browser.model.features.passcode.view, PasscodeView::NoneThere { device: id("a") });
}

#[test]
fn half_a_minute_in_the_background_takes_it_away_and_a_glance_elsewhere_does_not() {
    let mut away = shown();
    away.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    away.pass(29);
    assert!(is_shown(&away));
    away.pass(1);
    assert_eq!(away.model.features.passcode.view, PasscodeView::Hidden);

    let mut glance = shown();
    for _ in 0..3 {
        glance.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
        glance.pass(20);
        glance.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    }
    assert!(is_shown(&glance));
    assert_eq!(glance.model.passcode_hides_in(), Some(Seconds(60).to_milliseconds()));
}

#[test]
fn a_background_tab_whose_timers_stood_still_shows_nothing_when_it_comes_back() {
    let mut browser = shown();
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    browser.set_clocks(31_000, 31_000);
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden);
}

#[test]
fn one_that_arrives_long_after_the_page_went_to_the_background_does_not_stay() {
    let mut browser = at("/devices/a");
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    browser.pass(60);
    show(&mut browser, SERVER + DAY);
    assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden);
}

#[test]
fn leaving_the_screen_the_session_or_the_page_takes_it_away_and_silences_the_voice() {
    let leave = [
        Event::App(AppEvent::LinkFollowed(Route::Devices)),
        Event::App(AppEvent::LinkFollowed(Route::Passcode(id("a")))),
        Event::App(AppEvent::AddressChanged(Route::Device(id("b")))),
        Event::SignIn(sign_in::Event::SignOutChosen),
        Event::SignIn(sign_in::Event::SignedOutElsewhere),
        Event::App(AppEvent::PageHidden),
        Event::Passcode(passcode::Event::HideChosen),
        Event::SignIn(sign_in::Event::RevealSignInChosen(id("a"))),
    ];
    for event in leave {
        let mut browser = shown();
        browser.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
        browser.dispatch(Event::Passcode(passcode::Event::QrCodeToggled));
        browser.log.clear();
        browser.dispatch(event.clone());
        assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden, "{event:?}");
        assert!(browser.has_effect(&Effect::StopReading), "{event:?}");
        let about_person = format!("{:?}", browser.storage) + &browser.address;
        assert!(!about_person.contains(PASSCODE));
    }
}

#[test]
fn a_page_that_was_left_while_the_passcode_was_on_its_way_never_shows_it() {
    let mut browser = at("/devices/a");
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    browser.dispatch(Event::App(AppEvent::PageHidden));
    let body = json!({ "passcode": PASSCODE, "characterSet": "digits", "resultId": "r1",
        "expiresDateTime": rfc3339(SERVER + DAY) });
    browser.answer("/temporaryPasscode", Ok(answer(200, &body)));
    assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden);
}

#[test]
fn until_when_it_is_valid_is_forgotten_with_the_person() {
    let mut browser = shown();
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    assert_eq!(browser.model.features.passcode.validity, None);
}

#[test]
fn its_own_page_needs_a_sign_in_reads_the_device_and_shows_nothing_by_itself() {
    let browser = Browser::sign_in_at("/devices/a/passcode");
    assert_eq!(*browser.route(), Route::Passcode(id("a")));
    assert!(browser.is_waiting_for("/managedDevices/a"));
    assert_eq!(browser.count("GET /temporaryPasscode"), 0);
}

#[test]
fn the_qr_code_and_the_paper_are_chosen_on_purpose_and_end_with_the_passcode() {
    let mut browser = shown();
    assert_eq!(
        (
            browser.model.features.passcode.view.extras().qr_code,
            browser.model.features.passcode.view.extras().paper
        ),
        (PasscodeExtra::Off, PasscodeExtra::Off)
    );
    browser.dispatch(Event::Passcode(passcode::Event::QrCodeToggled));
    assert_eq!(said(&browser), Some(&Announcement::QrCodeShown));
    browser.dispatch(Event::Passcode(passcode::Event::PaperToggled));
    assert_eq!(
        (
            browser.model.features.passcode.view.extras().qr_code,
            browser.model.features.passcode.view.extras().paper
        ),
        (PasscodeExtra::On, PasscodeExtra::On)
    );
    browser.dispatch(Event::App(AppEvent::PrintChosen));
    assert!(browser.has_effect(&Effect::PrintPage));
    browser.pass(120);
    show(&mut browser, SERVER + DAY);
    assert_eq!(
        (
            browser.model.features.passcode.view.extras().qr_code,
            browser.model.features.passcode.view.extras().paper
        ),
        (PasscodeExtra::Off, PasscodeExtra::Off)
    );
    browser.dispatch(Event::Passcode(passcode::Event::QrCodeToggled));
    browser.dispatch(Event::Passcode(passcode::Event::QrCodeToggled));
    assert_eq!(said(&browser), Some(&Announcement::QrCodeHidden));
}

#[test]
fn it_is_read_aloud_as_often_as_asked_and_stops_when_told() {
    let mut browser = shown();
    for _ in 0..2 {
        browser.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
        let reading = browser.model.features.passcode.view.extras().reading.unwrap();
        browser.dispatch(Event::Passcode(passcode::Event::ReadAloudEnded(reading)));
        assert_eq!(browser.model.features.passcode.view.extras().reading, None);
    }
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudStopped));
    assert_eq!(browser.model.features.passcode.view.extras().reading, None);
    assert_eq!(readings(&browser).len(), 3);
    let stops = browser.log.iter().filter(|effect| **effect == Effect::StopReading).count();
    assert_eq!(stops, 3, "what was read is dropped at its end too");
}

#[test]
fn the_end_of_a_stopped_reading_does_not_end_the_next_one() {
    let mut browser = shown();
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
    let first = readings(&browser).pop().unwrap();
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudStopped));
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudEnded(first)));
    assert_eq!(browser.model.features.passcode.view.extras().reading, readings(&browser).pop());
}

#[test]
fn nothing_is_read_without_a_voice_of_the_language_or_without_a_passcode() {
    let mut mute = shown();
    mute.dispatch(Event::Passcode(passcode::Event::VoicesFound(vec![Locale::Ja])));
    mute.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
    let mut hidden = at("/devices/a");
    hidden.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
    for browser in [mute, hidden] {
        assert!(readings(&browser).is_empty());
        assert_eq!(browser.model.features.passcode.view.extras().reading, None);
    }
}

#[test]
fn another_language_silences_the_words_of_the_old_one() {
    let mut browser = shown();
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(spoken())));
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert!(browser.has_effect(&Effect::StopReading));
    assert!(is_shown(&browser));
}

#[test]
fn voices_are_looked_for_when_there_is_something_to_read() {
    let mut browser = at("/devices/a");
    assert!(!browser.has_effect(&Effect::FindVoices));
    show(&mut browser, SERVER + DAY);
    assert!(browser.has_effect(&Effect::FindVoices));
}

#[test]
fn without_a_clipboard_the_passcode_is_selected_and_that_is_said() {
    let mut browser = shown();
    browser.dispatch(Event::Passcode(passcode::Event::CopyFinished { copied: false }));
    assert!(browser.has_effect(&Effect::SelectPasscode));
    assert_eq!(said(&browser), Some(&Announcement::PasscodeNotCopied));

    let mut hidden = at("/devices/a");
    hidden.dispatch(Event::Passcode(passcode::Event::CopyFinished { copied: false }));
    assert!(!hidden.has_effect(&Effect::SelectPasscode), "it is gone by now");
}

#[test]
fn the_time_left_is_the_shortest_of_the_three() {
    let mut browser = at("/devices/a");
    show(&mut browser, SERVER + 100);
    let left = |browser: &Browser| browser.model.passcode_hides_in().unwrap();
    assert_eq!(left(&browser), Milliseconds(100_000));
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    assert_eq!(left(&browser), Milliseconds(30_000));
}

/// The screen of a reset that ended without anybody knowing how.
fn uncertain() -> Browser {
    let mut browser = at("/devices/a/reset-passcode");
    let device = device_json_with("a", &[("r1", "failed", Some("outcomeUnknown"), 60)]);
    browser.answer("/managedDevices/a", Ok(answer(200, &device)));
    browser
}

fn is_uncertain(browser: &Browser) -> bool {
    let end = Ending::Failed(FailureCode::OutcomeUnknown);
    matches!(&browser.model.features.actions.reset, ActionFlow::Ended { end: known, .. } if *known == end)
}

#[test]
fn one_of_an_uncertain_reset_is_shown_on_its_screen_and_goes_when_another_reset_is_begun() {
    let mut browser = uncertain();
    assert!(is_uncertain(&browser));
    show(&mut browser, SERVER + DAY);
    assert!(is_shown(&browser));
    browser.dispatch(Event::Actions(actions::Event::ResetRestarted));
    assert!(!is_uncertain(&browser));
    assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden);
}

#[test]
fn one_of_an_uncertain_reset_needs_the_same_recent_sign_in_and_is_offered_after_it() {
    let mut browser = uncertain();
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    let header = r#"Bearer error="insufficient_user_authentication", max_age="3600""#;
    let stale = with_header(problem(401, "insufficientUserAuthentication"), "WWW-Authenticate", header);
    browser.answer("/temporaryPasscode", Ok(stale));
    assert_eq!(browser.model.features.passcode.view, PasscodeView::NeedsSignIn { device: id("a") });
    browser.dispatch(Event::SignIn(sign_in::Event::RevealSignInChosen(id("a"))));
    browser.return_with(|_| {});
    assert_eq!(browser.address, "/devices/a");
    let device = device_json_with("a", &[("r1", "failed", Some("outcomeUnknown"), 60)]);
    browser.answer("/managedDevices/a", Ok(answer(200, &device)));
    let offered = browser
        .model
        .features
        .devices
        .detail
        .device
        .as_ref()
        .and_then(|known| known.may_have_temporary_passcode());
    assert_eq!(offered, Some(PasscodeCertainty::Unconfirmed));
}

#[test]
fn where_the_server_has_none_after_all_the_screen_stays_and_says_so() {
    let mut browser = uncertain();
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    browser.answer("/temporaryPasscode", Ok(problem(404, "notFound")));
    assert_eq!(browser.model.features.passcode.view, PasscodeView::NoneThere { device: id("a") });
    assert!(is_uncertain(&browser));
}

#[test]
fn what_the_runs_tell_of_a_passcode_is_the_newest_that_may_have_made_one() {
    let known = |runs: &[(&str, &str, Option<&str>, i64)]| {
        device_of(device_json_with("a", runs)).may_have_temporary_passcode()
    };
    let unknown = Some("outcomeUnknown");
    let (done, uncertain) = (("r1", "done", None, 90), ("r2", "failed", unknown, 60));
    let failed = ("r3", "failed", Some("commandExpired"), 30);
    assert_eq!(known(&[]), None);
    assert_eq!(known(&[failed]), None);
    assert_eq!(known(&[("r4", "active", None, 1)]), None);
    assert_eq!(known(&[done]), Some(PasscodeCertainty::Confirmed));
    assert_eq!(known(&[uncertain]), Some(PasscodeCertainty::Unconfirmed));
    assert_eq!(known(&[failed, uncertain, done]), Some(PasscodeCertainty::Unconfirmed));
    assert_eq!(known(&[("r5", "done", None, 1), uncertain]), Some(PasscodeCertainty::Confirmed));

    let mut iphone = device_json_with("a", &[uncertain, done]);
    iphone["operatingSystem"] = "iOS".into();
    iphone["actions"]["resetPasscode"]["outcome"] = json!({ "kind": "passcodeRemoved" });
    assert_eq!(device_of(iphone).may_have_temporary_passcode(), None, "its passcode is removed");
}

#[test]
fn a_passcode_nobody_waits_for_any_more_is_not_asked_for_again() {
    let mut browser = at("/devices/a");
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    browser.answer("/temporaryPasscode", Ok(problem(503, "unavailable")));
    browser.pass(60);
    let asked = browser.count("GET /temporaryPasscode");
    assert!(asked > 1, "waited for, it is tried again");

    let mut browser = at("/devices/a");
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    browser.answer("/temporaryPasscode", Ok(problem(503, "unavailable")));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.pass(60);
    assert_eq!(browser.count("GET /temporaryPasscode"), 1);
}

/// F20 of the walk: it has done its work, and nobody else has to read it.
#[test]
fn it_worked_takes_the_passcode_off_the_screen_and_still_locked_does_not() {
    let answered = |verdict| {
        let mut browser = shown();
        browser.dispatch(Event::Actions(actions::Event::VerdictGiven { result: "r1".to_owned(), verdict }));
        is_shown(&browser)
    };
    assert!(!answered(Verdict::Worked));
    assert!(answered(Verdict::StillLocked), "it has to be typed again");
}
