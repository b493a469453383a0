//! After the reset, and the person's screen: history, "this wasn't me", what the tabs tell each other, borrowed screens,
//! and what happens without a network.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event, Visibility};
use passcode_portal::core::{Announcement, Connectivity, Effect, HistoryScope, LoadState, Session, TimerId};
use passcode_portal::domain::{ActionFlow, Computer, Idleness};
use passcode_portal::features::actions::Verdict;
use passcode_portal::features::history::{Download, LONGEST_TABLE};
use passcode_portal::features::{
    actions, history, language, notifications, passcode, shared_computer, sign_in,
};
use passcode_portal::http::NetworkFault;
use passcode_portal::i18n::Locale;
use passcode_portal::route::Route;
use serde_json::{Value, json};
use support::browser::{Browser, ORIGIN};
use support::{SERVER, answer, device_json, device_json_with, id, problem, rfc3339};

fn entry(id: &str, activity: &str) -> Value {
    json!({ "id": id, "occurredDateTime": rfc3339(SERVER), "activity": activity, "actor": "person",
        "actorName": "Ann", "deviceId": "a", "deviceName": "Phone a", "resultId": "r1", "reference": "req-1" })
}

fn page(entries: &[Value], next: Option<&str>) -> Value {
    match next {
        Some(next) => json!({ "value": entries, "@odata.nextLink": next }),
        None => json!({ "value": entries }),
    }
}

fn notification(id: &str, is_read: bool) -> Value {
    json!({ "id": id, "kind": "passcodeReset", "deviceId": "a", "deviceName": "Phone a", "resultId": "r1",
        "actionState": "done", "createdDateTime": rfc3339(SERVER), "isRead": is_read })
}

fn said(browser: &Browser) -> Option<&Announcement> {
    browser.model.page.announcement.latest.as_ref()
}

fn borrowed_visit(path: &str) -> Browser {
    let mut browser = Browser::new();
    browser.open(path);
    browser.dispatch(Event::SharedComputer(shared_computer::Event::Declared(Computer::Shared)));
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    browser.answer_discovery();
    browser.return_with(|_| {});
    browser
}

// ---- history -----------------------------------------------------------------------------------------------------

#[test]
fn the_history_is_read_page_by_page_as_the_person_asks() {
    let mut browser = Browser::sign_in_at("/history");
    browser.answer(
        "/me/history",
        Ok(answer(200, &page(&[entry("2", "resetDone")], Some("/api/v1.0/me/history?p=2")))),
    );
    assert_eq!(browser.model.features.history.items.len(), 1);
    assert!(browser.model.features.history.has_more());
    assert!(!browser.is_waiting_for("?p=2"), "older entries are read on request only");
    browser.dispatch(Event::History(history::Event::MoreChosen));
    browser.dispatch(Event::History(history::Event::MoreChosen));
    assert_eq!(browser.count("GET ?p=2"), 1, "a second click asks nothing twice");
    browser.answer("?p=2", Ok(answer(200, &page(&[entry("1", "resetRequested")], None))));
    let ids: Vec<_> = browser.model.features.history.items.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["2", "1"]);
    assert_eq!(said(&browser), Some(&Announcement::HistoryShown(1)));
    assert!(!browser.model.features.history.has_more());
}

#[test]
fn a_next_page_outside_the_api_is_not_followed() {
    let mut browser = Browser::sign_in_at("/history");
    let elsewhere = page(&[entry("1", "resetDone")], Some("https://evil.example/api"));
    browser.answer("/me/history", Ok(answer(200, &elsewhere)));
    assert!(matches!(browser.model.features.history.state, LoadState::Failed(_)));
    assert!(!browser.model.features.history.has_more());
}

#[test]
fn the_history_of_a_device_never_shows_the_one_of_another() {
    let mut browser = Browser::sign_in_at("/devices/a/history");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::DeviceHistory(id("b")))));
    browser.answer("/managedDevices/a/history", Ok(answer(200, &page(&[entry("1", "resetDone")], None))));
    assert_eq!(browser.model.features.history.scope, HistoryScope::Device(id("b")));
    assert!(browser.model.features.history.items.is_empty(), "a late answer for the device before");
}

#[test]
fn what_is_known_of_a_history_stays_while_it_is_read_again_and_when_that_fails() {
    let mut browser = Browser::sign_in_at("/history");
    browser.answer("/me/history", Ok(answer(200, &page(&[entry("1", "resetDone")], None))));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::History)));
    assert_eq!(browser.model.features.history.items.len(), 1);
    browser.answer("/me/history", Ok(problem(400, "invalidRequest")));
    assert!(matches!(browser.model.features.history.state, LoadState::Failed(_)));
    assert_eq!(browser.model.features.history.items.len(), 1);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    assert!(browser.is_waiting_for("/me/history"));
}

#[test]
fn a_download_reads_every_page_first_and_saves_one_file() {
    let mut browser = Browser::sign_in_at("/history");
    browser.answer(
        "/me/history",
        Ok(answer(200, &page(&[entry("3", "resetDone")], Some("/api/v1.0/me/history?p=2")))),
    );
    browser.dispatch(Event::History(history::Event::DownloadChosen));
    assert_eq!(browser.model.features.history.download, Download::Gathering);
    browser
        .answer("?p=2", Ok(answer(200, &page(&[entry("2", "resetDone")], Some("/api/v1.0/me/history?p=3")))));
    assert_eq!(browser.model.features.history.download, Download::Gathering);
    browser.answer("?p=3", Ok(answer(200, &page(&[entry("1", "resetDone")], None))));
    assert_eq!(browser.model.features.history.download, Download::Ready);
    let written =
        Event::History(history::Event::TableWritten { name: "h.csv".to_owned(), content: "rows".to_owned() });
    browser.dispatch(written.clone());
    browser.dispatch(written);
    let saved = Effect::SaveFile { name: "h.csv".to_owned(), content: "rows".to_owned() };
    assert_eq!(browser.log.iter().filter(|effect| **effect == saved).count(), 1);
    assert_eq!(browser.model.features.history.download, Download::Idle);
}

#[test]
fn a_download_is_bounded() {
    let mut browser = Browser::sign_in_at("/history");
    let many: Vec<_> = (0..LONGEST_TABLE).map(|n| entry(&n.to_string(), "resetDone")).collect();
    browser.answer("/me/history", Ok(answer(200, &page(&many, Some("/api/v1.0/me/history?p=2")))));
    browser.dispatch(Event::History(history::Event::DownloadChosen));
    assert!(!browser.is_waiting_for("?p=2"));
    assert_eq!(browser.model.features.history.download, Download::Ready);
}

#[test]
fn a_download_that_breaks_off_saves_nothing_and_can_be_tried_again() {
    let mut browser = Browser::sign_in_at("/history");
    browser.answer(
        "/me/history",
        Ok(answer(200, &page(&[entry("2", "resetDone")], Some("/api/v1.0/me/history?p=2")))),
    );
    browser.dispatch(Event::History(history::Event::DownloadChosen));
    browser.answer("?p=2", Ok(problem(400, "invalidRequest")));
    assert_eq!(browser.model.features.history.download, Download::Idle);
    assert!(!browser.log.iter().any(|effect| matches!(effect, Effect::SaveFile { .. })));
    browser.dispatch(Event::History(history::Event::DownloadChosen));
    assert!(browser.is_waiting_for("?p=2"));
}

// ---- this wasn't me ----------------------------------------------------------------------------------------------

const UNRECOGNIZED_ACTIVITY: &str = "/devices/a/not-me/r1";

#[test]
fn a_report_is_sent_once_and_its_reference_is_kept_for_the_visit() {
    let mut browser = Browser::sign_in_at(UNRECOGNIZED_ACTIVITY);
    browser.dispatch(Event::History(history::Event::ReportChosen));
    browser.dispatch(Event::History(history::Event::ReportChosen));
    assert_eq!(browser.count("POST /managedDevices/a/deviceActionResults/r1/reportUnrecognized"), 1);
    let report = json!({ "resultId": "r1", "reference": "req-9", "reportedDateTime": rfc3339(SERVER) });
    browser.answer("/reportUnrecognized", Ok(answer(200, &report)));
    assert_eq!(browser.model.features.history.unrecognized.report.as_ref().unwrap().reference, "req-9");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.dispatch(Event::App(AppEvent::AddressChanged(Route::parse(UNRECOGNIZED_ACTIVITY))));
    assert!(browser.model.features.history.unrecognized.report.is_some());
    browser.dispatch(Event::App(AppEvent::AddressChanged(Route::parse("/devices/a/not-me/r2"))));
    assert!(
        browser.model.features.history.unrecognized.report.is_none(),
        "another reset has not been reported"
    );
}

#[test]
fn a_report_that_did_not_arrive_says_so_and_is_not_repeated_by_itself() {
    let mut browser = Browser::sign_in_at(UNRECOGNIZED_ACTIVITY);
    browser.dispatch(Event::History(history::Event::ReportChosen));
    browser.answer("/reportUnrecognized", Err(NetworkFault::Broken));
    assert!(matches!(browser.model.features.history.unrecognized.state, LoadState::Failed(_)));
    browser.pass(20);
    assert_eq!(browser.count("POST /reportUnrecognized"), 1);
    browser.dispatch(Event::History(history::Event::ReportChosen));
    assert_eq!(browser.count("POST /reportUnrecognized"), 2);
}

#[test]
fn signing_out_everywhere_ends_this_session_the_other_tabs_and_the_providers() {
    let mut browser = Browser::sign_in_at(UNRECOGNIZED_ACTIVITY);
    browser.dispatch(Event::History(history::Event::SignOutEverywhereChosen));
    browser.dispatch(Event::History(history::Event::SignOutEverywhereChosen));
    assert_eq!(browser.count("POST /me/revokeSignInSessions"), 1);
    assert!(!browser.has_effect(&Effect::BroadcastSignedOut), "not before the server has done it");
    browser.answer("/revokeSignInSessions", Ok(answer(200, &json!({ "value": true }))));
    assert!(browser.has_effect(&Effect::BroadcastSignedOut) && browser.has_effect(&Effect::StorageClear));
    assert!(browser.left_for.last().unwrap().starts_with("https://id.example/logout"));
    assert!(browser.model.page.session.signed_in().is_none());
}

#[test]
fn a_failed_sign_out_everywhere_leaves_the_person_where_they_are() {
    let mut browser = Browser::sign_in_at(UNRECOGNIZED_ACTIVITY);
    browser.dispatch(Event::History(history::Event::SignOutEverywhereChosen));
    browser.answer("/revokeSignInSessions", Ok(problem(503, "unavailable")));
    assert!(matches!(browser.model.features.history.unrecognized.revocation, LoadState::Failed(_)));
    assert!(browser.model.page.session.signed_in().is_some());
}

#[test]
fn an_ended_token_is_not_taken_for_having_signed_out_everywhere() {
    let mut browser = Browser::sign_in_at(UNRECOGNIZED_ACTIVITY);
    browser.dispatch(Event::History(history::Event::SignOutEverywhereChosen));
    browser.answer("/revokeSignInSessions", Ok(problem(401, "unauthenticated")));
    assert!(!browser.has_effect(&Effect::BroadcastSignedOut), "the server revoked nothing");
    assert_eq!(browser.model.features.history.unrecognized.revocation, LoadState::NotAsked);
}

// ---- the result --------------------------------------------------------------------------------------------------

#[test]
fn the_answer_is_kept_for_the_visit_and_stored_nowhere() {
    let mut browser = Browser::sign_in_at("/devices/a/reset-passcode");
    let before = browser.storage.clone();
    browser.dispatch(Event::Actions(actions::Event::VerdictGiven {
        result: "r1".to_owned(),
        verdict: Verdict::StillLocked,
    }));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert_eq!(browser.model.features.actions.aftermath.verdict("r1"), Some(Verdict::StillLocked));
    assert_eq!(browser.model.features.actions.aftermath.verdict("r2"), None);
    assert_eq!(browser.storage, before);
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert_eq!(browser.model.features.actions.aftermath.verdict("r1"), None);
}

#[test]
fn the_same_answer_twice_takes_it_back() {
    let mut browser = Browser::sign_in_at("/devices/a");
    let worked =
        || Event::Actions(actions::Event::VerdictGiven { result: "r1".to_owned(), verdict: Verdict::Worked });
    browser.dispatch(worked());
    browser.dispatch(worked());
    assert_eq!(browser.model.features.actions.aftermath.verdict("r1"), None);
}

// ---- notifications in several tabs -------------------------------------------------------------------------------

#[test]
fn reading_a_notification_tells_the_server_and_the_other_tabs_once() {
    let mut browser = Browser::sign_in_at("/notifications");
    browser.answer("/me/notifications", Ok(answer(200, &page(&[notification("n1", false)], None))));
    browser.dispatch(Event::Notifications(notifications::Event::Read("n1".to_owned())));
    browser.dispatch(Event::Notifications(notifications::Event::Read("n1".to_owned())));
    assert_eq!(browser.count("POST /me/notifications/n1/read"), 1);
    let told = Effect::BroadcastRead("n1".to_owned());
    assert_eq!(browser.log.iter().filter(|effect| **effect == told).count(), 1);
    assert_eq!(browser.model.features.notifications.unread(), 0);
}

#[test]
fn a_notification_read_in_another_tab_is_read_here_without_a_word_to_anybody() {
    let mut browser = Browser::sign_in_at("/notifications");
    let two = page(&[notification("n2", false), notification("n1", false)], None);
    browser.answer("/me/notifications", Ok(answer(200, &two)));
    browser.dispatch(Event::Notifications(notifications::Event::ReadElsewhere("n1".to_owned())));
    assert_eq!(browser.model.features.notifications.unread(), 1);
    assert_eq!(browser.count("POST /me/notifications/n1/read"), 0);
    assert!(!browser.log.iter().any(|effect| matches!(effect, Effect::BroadcastRead(_))));
}

// ---- a borrowed screen -------------------------------------------------------------------------------------------

#[test]
fn this_is_not_my_device_survives_the_redirect_the_step_up_and_a_reload() {
    let mut browser = Browser::new();
    browser.open("/");
    browser.dispatch(Event::SharedComputer(shared_computer::Event::Declared(Computer::Shared)));
    assert!(browser.storage.is_empty(), "nothing is stored before the sign-in");
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    browser.answer_discovery();
    browser.return_with(|_| {});
    assert_eq!(browser.model.features.shared_computer.screen, Computer::Shared);
    browser.reload();
    browser.answer_discovery();
    browser.return_with(|_| {});
    assert_eq!(browser.model.features.shared_computer.screen, Computer::Shared, "after a reload");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("a")))));
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.step_up("a");
    assert_eq!(browser.model.features.shared_computer.screen, Computer::Shared, "after the step-up");
}

#[test]
fn on_a_borrowed_screen_nothing_stays_after_the_sign_out_not_even_the_language() {
    let mut own = Browser::sign_in_at("/devices");
    own.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    own.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert_eq!(own.storage.keys().collect::<Vec<_>>(), ["portal.locale"]);
    let mut borrowed = borrowed_visit("/");
    borrowed.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    borrowed.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert!(borrowed.storage.is_empty(), "{:?}", borrowed.storage);
    borrowed.open("/signed-out");
    assert_eq!(
        borrowed.model.features.shared_computer.screen,
        Computer::Own,
        "the next person is asked anew"
    );
    assert!(!borrowed.model.features.shared_computer.ended_by_idleness);
}

#[test]
fn nobody_at_a_borrowed_screen_is_warned_and_then_signed_out() {
    let mut browser = borrowed_visit("/");
    browser.pass(181);
    assert!(matches!(said(&browser), Some(Announcement::IdleSoon(_))), "{:?}", said(&browser));
    assert_eq!(browser.model.features.shared_computer.idleness, Idleness::Active);
    browser.pass(60);
    assert!(matches!(browser.model.features.shared_computer.idleness, Idleness::Warning(_)));
    browser.pass(57);
    assert!(browser.model.page.session.signed_in().is_some());
    browser.pass(3);
    assert!(browser.model.page.session.signed_in().is_none());
    assert!(browser.left_for.last().unwrap().starts_with("https://id.example/logout"));
    assert!(browser.has_effect(&Effect::BroadcastSignedOut));
    assert_eq!(browser.storage.keys().collect::<Vec<_>>(), ["portal.ended-by-idleness"]);
    browser.open("/signed-out");
    assert!(browser.model.features.shared_computer.ended_by_idleness, "the page says why");
    assert!(browser.storage.is_empty());
}

#[test]
fn a_touch_starts_the_five_minutes_anew_and_the_warning_goes_by_its_button_only() {
    let mut browser = borrowed_visit("/");
    browser.pass(170);
    browser.dispatch(Event::SharedComputer(shared_computer::Event::ActivityNoticed));
    browser.pass(239);
    assert_eq!(browser.model.features.shared_computer.idleness, Idleness::Active);
    browser.pass(2);
    assert!(matches!(browser.model.features.shared_computer.idleness, Idleness::Warning(_)));
    browser.dispatch(Event::SharedComputer(shared_computer::Event::ActivityNoticed));
    assert!(
        matches!(browser.model.features.shared_computer.idleness, Idleness::Warning(_)),
        "a passer-by answers nothing"
    );
    browser.dispatch(Event::SharedComputer(shared_computer::Event::StayChosen));
    assert_eq!(browser.model.features.shared_computer.idleness, Idleness::Active);
    browser.pass(239);
    assert!(browser.model.page.session.signed_in().is_some());
}

#[test]
fn after_sleep_the_visit_is_over_at_the_first_look_however_the_person_comes_back() {
    for come_back in [
        Event::App(AppEvent::VisibilityChanged(Visibility::Visible)),
        Event::SharedComputer(shared_computer::Event::ActivityNoticed),
        Event::SharedComputer(shared_computer::Event::StayChosen),
        Event::App(AppEvent::TimerFired(TimerId::Idle)),
    ] {
        let mut browser = borrowed_visit("/");
        browser.set_clocks(2_000, 3_600_000);
        browser.dispatch(come_back.clone());
        assert!(browser.model.page.session.signed_in().is_none(), "{come_back:?}");
    }
}

#[test]
fn somebody_in_another_tab_counts_and_is_not_sent_back() {
    let mut browser = borrowed_visit("/");
    browser.pass(250);
    browser.log.clear();
    browser.dispatch(Event::SharedComputer(shared_computer::Event::ActivityElsewhere));
    assert_eq!(browser.model.features.shared_computer.idleness, Idleness::Active);
    assert!(!browser.has_effect(&Effect::BroadcastActivity), "two tabs would talk for ever");
    browser.pass(30);
    browser.dispatch(Event::SharedComputer(shared_computer::Event::ActivityNoticed));
    assert!(browser.has_effect(&Effect::BroadcastActivity));
}

#[test]
fn on_a_screen_of_ones_own_the_clock_signs_nobody_out() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.set_clocks(86_400_000, 86_400_000);
    browser.dispatch(Event::SharedComputer(shared_computer::Event::ActivityNoticed));
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    assert!(browser.model.page.session.signed_in().is_some());
    assert!(!browser.timers.iter().any(|(timer, _)| *timer == TimerId::Idle));
}

#[test]
fn whose_screen_it_is_cannot_be_changed_while_somebody_is_signed_in() {
    let mut browser = borrowed_visit("/");
    browser.dispatch(Event::SharedComputer(shared_computer::Event::Declared(Computer::Own)));
    assert_eq!(browser.model.features.shared_computer.screen, Computer::Shared);
}

// ---- without a network -------------------------------------------------------------------------------------------

#[test]
fn nothing_pressed_offline_is_sent_then_or_later() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.step_up("a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
    browser.dispatch(Event::App(AppEvent::WentOffline));
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    assert_eq!(browser.model.page.unsent, 2);
    assert!(
        matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }),
        "the confirmation stays, and so does its clock"
    );
    browser.dispatch(Event::App(AppEvent::WentOnline));
    browser.pass(5);
    assert_eq!(browser.count("POST /resetPasscode"), 0);
    assert_eq!(browser.count("GET /temporaryPasscode"), 0);
    assert_eq!(browser.model.page.unsent, 0);
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    assert_eq!(browser.count("POST /resetPasscode"), 1);
}

#[test]
fn a_list_that_was_loaded_stays_and_says_as_of_when_until_it_is_read_again() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.answer("/me/managedDevices", Ok(answer(200, &page(&[device_json("a")], None))));
    assert_eq!(browser.model.devices_as_of(), None);
    browser.pass(30);
    browser.dispatch(Event::App(AppEvent::WentOffline));
    assert_eq!(browser.model.devices_as_of().map(|when| when.unix_seconds()), Some(SERVER));
    assert_eq!(browser.model.features.devices.list.all().len(), 1);
    browser.dispatch(Event::App(AppEvent::WentOnline));
    browser.answer("/me/managedDevices", Ok(problem(400, "invalidRequest")));
    assert!(browser.model.devices_as_of().is_some(), "reading it again failed");
    assert_eq!(browser.model.features.devices.list.all().len(), 1);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.answer("/me/managedDevices", Ok(answer(200, &page(&[device_json("b")], None))));
    assert_eq!(browser.model.devices_as_of(), None);
}

#[test]
fn an_answer_proves_the_network_whatever_the_browser_believes() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.dispatch(Event::App(AppEvent::WentOffline));
    browser.answer("/me/managedDevices", Ok(answer(200, &page(&[], None))));
    assert_eq!(browser.model.page.connectivity, Connectivity::Online);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::History)));
    browser.answer("/me/history", Err(NetworkFault::Offline));
    assert_eq!(browser.model.page.connectivity, Connectivity::Offline);
}

#[test]
fn signing_out_offline_forgets_everything_here_and_does_not_leave_into_an_error_page() {
    let mut browser = Browser::sign_in_at("/devices");
    let left = browser.left_for.len();
    browser.dispatch(Event::App(AppEvent::WentOffline));
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert_eq!(browser.model.page.session, Session::SignedOut);
    assert_eq!((browser.left_for.len(), browser.address.as_str()), (left, "/signed-out"));
    assert!(browser.model.features.devices.list.all().is_empty());
}

#[test]
fn the_result_of_a_reset_is_found_in_the_addresses_of_the_page_and_nowhere_else() {
    // The address of "this wasn't me" holds identifiers only: it may stand in a browser's history.
    let mut browser = Browser::sign_in_at("/devices/a");
    let done = device_json_with("a", &[("r1", "done", None, 0)]);
    browser.answer("/managedDevices/a", Ok(answer(200, &done)));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::parse(UNRECOGNIZED_ACTIVITY))));
    assert_eq!(browser.address, UNRECOGNIZED_ACTIVITY);
    assert!(browser.left_for.iter().all(|url| !url.contains("r1") && url.contains(&form(ORIGIN))));
}

fn form(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
