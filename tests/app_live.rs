//! The event stream and what stands in for it: one source at a time, one truth, nothing said twice.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event, Visibility};
use passcode_portal::core::{Announcement, Effect, FetchId, LoadState, TimerId};
use passcode_portal::domain::{ActionFlow, Ending, PendingPhase};
use passcode_portal::features::live::StreamEnd;
use passcode_portal::features::passcode::PasscodeView;
use passcode_portal::features::{actions, live, passcode, sign_in};
use passcode_portal::http::{HttpAnswer, HttpRequest, NetworkFault};
use passcode_portal::route::Route;
use serde_json::{Value, json};
use support::browser::{Browser, PASSCODE};
use support::{SERVER, answer, device_json, device_json_with, id, problem, rfc3339, run_json, with_header};

const DEVICE: &str = "/managedDevices/a";
const LIST: &str = "/managedDevices";
const NOTES: &str = "/me/notifications";
const POST: &str = "/resetPasscode";
const BROKEN: StreamEnd = StreamEnd::NoStream(Err(NetworkFault::Broken));

fn device_event(number: u32, device: &str) -> String {
    format!("event: device\nid: {number}\ndata: {{\"deviceId\":\"{device}\"}}\n\n")
}

fn note() -> Value {
    json!({ "id": "n1", "kind": "passcodeReset", "deviceId": "a", "deviceName": "Phone a", "resultId": "r1",
        "actionState": "done", "createdDateTime": rfc3339(SERVER), "isRead": false })
}

fn list(devices: &[Value]) -> HttpAnswer {
    answer(200, &json!({ "value": devices }))
}

/// In the list, with the stream open and nothing under way.
fn in_the_list() -> Browser {
    let mut browser = Browser::sign_in_at("/devices");
    browser.stream_opens();
    browser.answer(LIST, Ok(list(&[device_json("a"), device_json("b")])));
    browser.answer(NOTES, Ok(answer(200, &json!({ "value": [] }))));
    browser
}

/// A reset is pending; the stream is being opened.
fn pending() -> Browser {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.step_up("a");
    browser.answer(NOTES, Ok(answer(200, &json!({ "value": [] }))));
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
    browser
}

/// The same with the stream open and everything read.
fn pending_and_heard_of() -> Browser {
    let mut browser = pending();
    browser.stream_opens();
    browser.answer(DEVICE, Ok(with_run("pending", "queued")));
    browser
}

fn with_run(state: &str, progress: &str) -> HttpAnswer {
    let mut device = device_json_with("a", &[("r1", state, None, 0)]);
    device["deviceActionResults"][0]["progress"] = progress.into();
    answer(200, &device)
}

/// Takes the request that waits for this out, to be answered later.
fn hold(browser: &mut Browser, end: &str) -> (FetchId, HttpRequest) {
    let at = browser.requests.iter().position(|(_, request)| request.url.ends_with(end)).unwrap();
    browser.requests.remove(at)
}

fn looks_by_itself(browser: &Browser) -> bool {
    browser.timers.iter().any(|(timer, _)| matches!(timer, TimerId::Poll | TimerId::Notifications))
}

fn said(browser: &Browser) -> (u32, Option<Announcement>) {
    (browser.model.page.announcement.sequence, browser.model.page.announcement.latest.clone())
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

#[test]
fn the_stream_is_asked_for_with_the_token_as_soon_as_somebody_is_signed_in() {
    let mut browser = Browser::new();
    browser.open("/");
    assert!(browser.stream.is_none(), "nobody is signed in");
    let browser = Browser::sign_in_at("/devices");
    let (_, request) = browser.stream.clone().unwrap();
    assert!(request.url.ends_with("/me/events"));
    assert_eq!(header(&request, "Accept"), Some("text/event-stream"));
    assert!(header(&request, "Authorization").unwrap().starts_with("Bearer "));
    assert_eq!(header(&request, "Last-Event-ID"), None);
}

#[test]
fn while_the_stream_is_open_nothing_is_looked_at_by_itself() {
    let mut browser = pending();
    assert!(looks_by_itself(&browser), "until it stands");
    browser.stream_opens();
    browser.answer(DEVICE, Ok(with_run("pending", "queued")));
    assert!(!looks_by_itself(&browser));
    let before = (browser.count("GET /managedDevices/a"), browser.count("GET /me/notifications"));
    for second in 0..600 {
        if second % 15 == 0 {
            browser.stream_brings(": still here\n\n");
        }
        browser.pass(1);
    }
    assert_eq!(before, (browser.count("GET /managedDevices/a"), browser.count("GET /me/notifications")));
}

#[test]
fn what_the_server_knows_is_read_at_once_and_said_once_without_a_look() {
    let mut browser = pending_and_heard_of();
    for (number, state, progress, announcement) in [
        (1, "active", "delivered", Announcement::ResetDelivered),
        (2, "active", "notNow", Announcement::ResetNotNow),
        (3, "active", "delivered", Announcement::ResetDelivered),
        (4, "done", "acknowledged", Announcement::ResetDone),
    ] {
        let (sequence, _) = said(&browser);
        browser.stream_brings(&device_event(number, "a"));
        browser.answer(DEVICE, Ok(with_run(state, progress)));
        assert_eq!(said(&browser), (sequence + 1, Some(announcement)));
    }
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Ended { end: Ending::Done(_), .. }));
}

#[test]
fn the_same_event_twice_says_nothing_twice() {
    let mut browser = pending_and_heard_of();
    browser.stream_brings(&device_event(1, "a"));
    browser.answer(DEVICE, Ok(with_run("active", "delivered")));
    let before = said(&browser);
    browser.stream_brings(&device_event(1, "a"));
    browser.answer(DEVICE, Ok(with_run("active", "delivered")));
    assert_eq!(said(&browser), before);
}

#[test]
fn not_now_is_a_phase_of_its_own() {
    let mut browser = pending_and_heard_of();
    browser.stream_brings(&device_event(1, "a"));
    browser.answer(DEVICE, Ok(with_run("active", "notNow")));
    assert!(matches!(
        browser.model.features.actions.reset,
        ActionFlow::Pending { phase: PendingPhase::NotNow, .. }
    ));
}

#[test]
fn several_events_in_one_piece_read_each_thing_once() {
    let mut browser = in_the_list();
    let written = [device_event(1, "a"), device_event(2, "b"), device_event(3, "a")].concat();
    browser.stream_brings(&written);
    assert_eq!(browser.count("GET /managedDevices/a"), 1);
    assert_eq!(browser.count("GET /managedDevices/b"), 1);
}

#[test]
fn a_row_of_the_list_follows_its_device() {
    let mut browser = in_the_list();
    browser.stream_brings(&device_event(7, "a"));
    browser.answer(DEVICE, Ok(with_run("active", "delivered")));
    assert!(browser.model.features.devices.list.find(&id("a")).unwrap().open_run().is_some());
    assert_eq!(browser.count("GET /managedDevices"), 1, "the list itself is not loaded again");
}

#[test]
fn a_device_nobody_knows_yet_loads_the_list_only_where_the_list_is_shown() {
    let mut browser = in_the_list();
    browser.stream_brings(&device_event(7, "new"));
    assert_eq!(browser.count("GET /managedDevices"), 2);
    let mut browser = in_the_list();
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.stream_brings(&device_event(7, "new"));
    assert_eq!(browser.count("GET /managedDevices"), 1);
    assert_eq!(browser.count("GET /managedDevices/new"), 0);
}

#[test]
fn a_notification_is_read_at_once_and_counted() {
    let mut browser = in_the_list();
    browser.stream_brings("event: notification\nid: 3\ndata: {\"notificationId\":\"n1\"}\n\n");
    browser.answer(NOTES, Ok(answer(200, &json!({ "value": [note()] }))));
    assert_eq!(browser.model.features.notifications.unread(), 1);
    assert_eq!(browser.model.page.announcement.latest, Some(Announcement::NotificationsArrived(1)));
}

#[test]
fn a_resync_reads_everything_that_is_shown_again() {
    let mut browser = in_the_list();
    browser.stream_brings("event: resync\nid: 90\ndata: {}\n\n");
    assert_eq!((browser.count("GET /managedDevices"), browser.count("GET /me/notifications")), (2, 2));
    assert_eq!(
        browser.model.features.devices.list.all().len(),
        2,
        "what is known stays until the answer is there"
    );
}

#[test]
fn a_stream_that_breaks_goes_on_after_its_last_event() {
    let mut browser = in_the_list();
    browser.stream_brings(&device_event(41, "a"));
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.stream_ends(StreamEnd::Broke);
    assert!(browser.stream.is_none(), "not at once");
    browser.pass(2);
    let (_, request) = browser.stream.clone().unwrap();
    assert_eq!(header(&request, "Last-Event-ID"), Some("41"));
    let reads = browser.count("GET /managedDevices");
    browser.stream_opens();
    assert_eq!(browser.count("GET /managedDevices"), reads, "what was missed is told, not looked for");
}

#[test]
fn a_stream_that_only_said_where_it_begins_goes_on_from_there() {
    let mut browser = in_the_list();
    browser.stream_brings("retry: 2000\nid: 17\n\n");
    browser.stream_ends(StreamEnd::Broke);
    browser.pass(3);
    assert_eq!(header(&browser.stream.clone().unwrap().1, "Last-Event-ID"), Some("17"));
}

#[test]
fn a_short_break_starts_no_looking_and_a_long_one_does() {
    let mut browser = pending_and_heard_of();
    browser.stream_ends(StreamEnd::Broke);
    assert!(!looks_by_itself(&browser));
    browser.pass(2);
    browser.stream_ends(BROKEN);
    assert!(looks_by_itself(&browser));
    let reads = browser.count("GET /managedDevices/a");
    browser.pass(3);
    assert!(browser.count("GET /managedDevices/a") > reads);
    if browser.stream.is_none() {
        browser.pass(3);
    }
    browser.stream_opens();
    assert!(!looks_by_itself(&browser), "one source again");
}

#[test]
fn failures_do_not_put_off_the_looks() {
    let mut browser = pending_and_heard_of();
    browser.stream_ends(StreamEnd::Broke);
    let before = browser.count("GET /managedDevices/a");
    for _ in 0..600 {
        browser.pass(1);
        if browser.stream.is_some() {
            browser.stream_ends(BROKEN);
        }
        if browser.is_waiting_for(DEVICE) {
            browser.answer(DEVICE, Ok(with_run("pending", "queued")));
        }
    }
    assert!(browser.count("GET /managedDevices/a") - before >= 10);
}

#[test]
fn attempts_become_rarer_and_a_server_that_asks_for_peace_gets_it() {
    let mut browser = in_the_list();
    browser.stream_ends(StreamEnd::Broke);
    let mut attempts = 0;
    for _ in 0..300 {
        browser.pass(1);
        if browser.stream.is_some() {
            attempts += 1;
            browser.stream_ends(BROKEN);
        }
    }
    assert!((5..=12).contains(&attempts), "{attempts}");

    let mut browser = in_the_list();
    let busy = with_header(problem(503, "unavailable"), "retry-after", "120");
    browser.stream_ends(StreamEnd::NoStream(Ok(busy)));
    browser.pass(119);
    assert!(browser.stream.is_none());
    browser.pass(32);
    assert!(browser.stream.is_some());
}

#[test]
fn an_attempt_that_is_held_back_on_the_way_is_given_up_and_looking_goes_on_meanwhile() {
    let mut browser = pending();
    let first = browser.stream.clone().unwrap().0;
    for _ in 0..12 {
        browser.pass(1);
        if browser.is_waiting_for(DEVICE) {
            browser.answer(DEVICE, Ok(with_run("pending", "queued")));
        }
    }
    assert!(browser.has_effect(&Effect::CloseEventStream));
    assert_ne!(browser.stream.clone().map(|(id, _)| id), Some(first));
    assert!(looks_by_itself(&browser));
}

/// How often IT is told on the console that the stream is held back.
fn held_back(browser: &Browser) -> usize {
    let is_line = |effect: &&Effect| matches!(effect, Effect::Log(entry) if entry.code == "stream.held_back");
    browser.log.iter().filter(is_line).count()
}

#[test]
fn a_stream_that_a_proxy_holds_back_is_noticed_within_three_seconds() {
    let mut browser = pending();
    browser.stream_opens_and_is_held_back();
    browser.answer(DEVICE, Ok(with_run("pending", "queued")));
    browser.pass(2);
    assert_eq!((looks_by_itself(&browser), held_back(&browser)), (false, 0), "there is time yet");
    browser.pass(1);
    assert_eq!((looks_by_itself(&browser), held_back(&browser)), (true, 1));
    let before = browser.count("GET /managedDevices/a");
    browser.pass(3);
    assert!(browser.count("GET /managedDevices/a") > before, "it looks");
    // What a proxy lets go in bursts comes too late to be relied on.
    browser.stream_brings(": still here\n\n");
    assert!(looks_by_itself(&browser));
    browser.stream_brings(&device_event(7, "a"));
    assert!(browser.is_waiting_for(DEVICE), "and what it says is used all the same");
}

/// Time goes by, and what is looked at is answered, until the stream is asked for again.
fn until_asked_for(browser: &mut Browser) {
    while browser.stream.is_none() {
        browser.pass(1);
        if browser.is_waiting_for(NOTES) {
            browser.answer(NOTES, Ok(answer(200, &json!({ "value": [] }))));
        }
    }
}

#[test]
fn a_stream_that_speaks_in_time_puts_an_end_to_looking_and_it_is_told_once() {
    let mut browser = in_the_list();
    for _ in 0..3 {
        browser.stream_ends(StreamEnd::Broke);
        until_asked_for(&mut browser);
        browser.stream_opens_and_is_held_back();
        browser.pass(3);
        assert_eq!((looks_by_itself(&browser), held_back(&browser)), (true, 1));
    }
    browser.stream_ends(StreamEnd::Broke);
    until_asked_for(&mut browser);
    browser.stream_opens();
    assert!(!looks_by_itself(&browser));
}

#[test]
fn an_answer_whose_head_is_held_back_too_is_noticed_as_early() {
    let mut browser = in_the_list();
    browser.stream_ends(StreamEnd::Broke);
    while browser.stream.is_none() {
        browser.pass(1);
    }
    assert!(!looks_by_itself(&browser), "a short break of a stream that worked");
    browser.pass(3);
    assert_eq!((looks_by_itself(&browser), held_back(&browser)), (true, 1));
    browser.stream_opens();
    assert!(!looks_by_itself(&browser));
}

#[test]
fn a_silence_ends_a_connection_that_the_browser_believes_in() {
    let mut browser = in_the_list();
    browser.pass(49);
    assert!(browser.model.features.live.is_open());
    browser.pass(1);
    assert!(!browser.model.features.live.is_open());
    assert!(browser.has_effect(&Effect::CloseEventStream));
    let first = browser.log.len();
    browser.pass(2);
    assert!(browser.log[first..].iter().any(|effect| matches!(effect, Effect::OpenEventStream { .. })));
}

#[test]
fn a_server_without_a_stream_is_not_asked_again_and_is_looked_at_as_before() {
    for refusal in [problem(404, "notFound"), problem(401, "unauthenticated")] {
        let mut browser = pending();
        browser.stream_ends(StreamEnd::NoStream(Ok(refusal)));
        let left = browser.left_for.len();
        for _ in 0..120 {
            browser.pass(1);
            if browser.is_waiting_for(DEVICE) {
                browser.answer(DEVICE, Ok(with_run("pending", "queued")));
            }
        }
        assert!(browser.stream.is_none());
        assert!(browser.count("GET /managedDevices/a") > 4);
        assert_eq!(browser.left_for.len(), left, "nobody is taken away by what happens behind the scenes");
    }
}

#[test]
fn an_older_answer_never_replaces_a_newer_one() {
    let mut browser = pending_and_heard_of();
    browser.stream_brings(&device_event(1, "a"));
    let (early, _) = hold(&mut browser, DEVICE);
    browser.stream_brings(&device_event(2, "a"));
    browser.answer(DEVICE, Ok(with_run("done", "acknowledged")));
    let before = said(&browser);
    browser
        .dispatch(Event::App(AppEvent::Fetched { id: early, outcome: Ok(with_run("active", "delivered")) }));
    let shown = browser.model.features.devices.detail.device.clone().unwrap();
    assert!(shown.open_run().is_none(), "the details do not go back");
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Ended { end: Ending::Done(_), .. }));
    assert_eq!(said(&browser), before);
}

#[test]
fn a_list_that_was_asked_for_earlier_does_not_undo_what_is_known_of_a_device() {
    let mut browser = in_the_list();
    browser.stream_brings("event: resync\nid: 1\ndata: {}\n\n");
    let (early, _) = hold(&mut browser, LIST);
    browser.stream_brings(&device_event(2, "a"));
    browser.answer(DEVICE, Ok(with_run("done", "acknowledged")));
    let stale = list(&[device_json_with("a", &[("r1", "active", None, 0)]), device_json("b")]);
    browser.dispatch(Event::App(AppEvent::Fetched { id: early, outcome: Ok(stale) }));
    assert_eq!(browser.model.features.devices.list.state, LoadState::Loaded);
    assert!(browser.model.features.devices.list.find(&id("a")).unwrap().open_run().is_none());
}

#[test]
fn a_list_that_was_asked_for_later_tells_the_details_and_the_reset_too() {
    let mut browser = pending_and_heard_of();
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Devices)));
    browser.answer(LIST, Ok(list(&[device_json_with("a", &[("r1", "done", None, 0)])])));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Ended { end: Ending::Done(_), .. }));
    assert!(browser.model.features.devices.detail.device.clone().unwrap().open_run().is_none());
    assert_eq!(browser.model.page.announcement.latest, Some(Announcement::ResetDone));
}

#[test]
fn a_device_as_quick_as_the_server_is_not_missed() {
    // The device acknowledges before the answer to the reset is here: the events come too early to mean anything.
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.step_up("a");
    browser.stream_opens();
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.stream_brings(&device_event(1, "a"));
    browser.answer(DEVICE, Ok(with_run("done", "acknowledged")));
    browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
    browser.answer(DEVICE, Ok(with_run("done", "acknowledged")));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Ended { end: Ending::Done(_), .. }));
}

#[test]
fn a_read_that_fails_is_repeated_although_the_stream_is_open() {
    let mut browser = pending_and_heard_of();
    browser.stream_brings(&device_event(1, "a"));
    browser.answer(DEVICE, Err(NetworkFault::Broken));
    browser.pass(5);
    browser.answer(DEVICE, Ok(with_run("done", "acknowledged")));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Ended { end: Ending::Done(_), .. }));
}

#[test]
fn sign_out_closes_the_stream_and_nothing_it_still_says_counts() {
    let mut browser = in_the_list();
    let (open, _) = browser.stream.clone().unwrap();
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    assert!(browser.stream.is_none());
    let requests = browser.requests.len();
    let mut events = Vec::new();
    let mut stream = passcode_portal::api::EventStream::default();
    stream.feed(device_event(1, "a").as_bytes(), &mut events).unwrap();
    browser.dispatch(Event::Live(live::Event::Read {
        id: open,
        events,
        last_event: String::new(),
        retry: None,
    }));
    browser.dispatch(Event::Live(live::Event::Ended { id: open, end: StreamEnd::Broke }));
    browser.pass(120);
    assert_eq!(browser.requests.len(), requests);
    assert!(browser.stream.is_none());
}

#[test]
fn a_hidden_page_gives_the_connection_back_unless_a_reset_is_pending() {
    let mut browser = in_the_list();
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    for _ in 0..60 {
        browser.stream_brings(": still here\n\n");
        browser.pass(1);
    }
    assert!(browser.stream.is_none());
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    assert!(browser.stream.is_some(), "and takes it again at once");

    let mut browser = pending_and_heard_of();
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    for _ in 0..300 {
        browser.stream_brings(": still here\n\n");
        browser.pass(1);
    }
    assert!(browser.model.features.live.is_open(), "the title of the tab follows it");
}

#[test]
fn right_after_sleep_a_dead_connection_is_replaced_at_once() {
    let mut browser = pending_and_heard_of();
    let before = browser.stream.clone().unwrap().0;
    browser.set_clocks(200, 3_600_000);
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    assert_ne!(browser.stream.clone().unwrap().0, before);
    let reads = browser.count("GET /managedDevices/a");
    browser.stream_opens();
    assert!(browser.count("GET /managedDevices/a") > reads, "no event was ever numbered: it is read");
}

#[test]
fn back_online_the_stream_is_asked_for_without_waiting() {
    let mut browser = in_the_list();
    browser.dispatch(Event::App(AppEvent::WentOffline));
    assert!(browser.stream.is_none());
    browser.pass(300);
    assert!(browser.stream.is_none(), "nothing is tried without a network");
    browser.dispatch(Event::App(AppEvent::WentOnline));
    assert!(browser.stream.is_some());
}

#[test]
fn without_a_stream_a_new_notification_makes_its_device_be_read() {
    let mut browser = in_the_list();
    browser.stream_ends(StreamEnd::NoStream(Ok(problem(404, "notFound"))));
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    browser.answer(NOTES, Ok(answer(200, &json!({ "value": [note()] }))));
    assert_eq!(browser.count("GET /managedDevices/a"), 1, "the flag and the row tell the same");
}

#[test]
fn what_the_connection_before_still_says_counts_for_nothing() {
    let mut browser = in_the_list();
    let (before, _) = browser.stream.clone().unwrap();
    browser.set_clocks(200, 3_600_000);
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    browser.stream_opens();
    browser.dispatch(Event::Live(live::Event::Ended { id: before, end: StreamEnd::Broke }));
    assert!(browser.model.features.live.is_open(), "the new one stands");
}

/// Two tabs show the same result; in the other a new reset is begun.
#[test]
fn a_reset_begun_elsewhere_takes_the_place_of_the_old_result_and_of_its_passcode() {
    for path in ["/devices/a/reset-passcode", "/devices/a/passcode"] {
        let mut browser = Browser::sign_in_at(path);
        browser.stream_opens();
        browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", "done", None, 600)]))));
        browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
        let secret = json!({ "passcode": PASSCODE, "characterSet": "digits", "resultId": "r1",
            "expiresDateTime": rfc3339(SERVER + 86_400) });
        browser.answer("/temporaryPasscode", Ok(answer(200, &secret)));
        assert!(matches!(browser.model.features.passcode.view, PasscodeView::Shown { .. }));

        browser.stream_brings(&device_event(7, "a"));
        let runs = [("r2", "pending", None, 0), ("r1", "done", None, 600)];
        browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &runs))));
        assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden, "{path}");
        if path.ends_with("reset-passcode") {
            let ActionFlow::Pending { run, .. } = &browser.model.features.actions.reset else {
                panic!("pending")
            };
            assert_eq!(run.id, "r2");
        }

        browser.pass(5);
        browser.stream_brings(&device_event(8, "a"));
        let runs = [("r2", "done", None, 0), ("r1", "done", None, 600)];
        browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &runs))));
        if path.ends_with("reset-passcode") {
            assert_eq!(browser.model.features.actions.reset.run().unwrap().id, "r2");
        }
    }
}
