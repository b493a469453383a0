//! What Graph tells about commands of a device (`deviceActionResults`), and which of it is about one of ours. Graph knows no
//! identifier of ours: a result is ours if it was not there before we asked and did not begin before that. Pure; the table is
//! in `docs/device-services/intune.md`.

use super::words::erase_or_retire;
use crate::domain::action::ActionKind;
use crate::domain::action_run::{Ending, Report};
use crate::domain::device::EraseOrRetire;
use crate::domain::issued_secret::{IssuedParts, part};
use portal_contract::{FailureCode, SecretText, UtcTime};
use serde::Deserialize;
use serde_json::Value;

/// How far the service's clock may be behind itself between its answer and the result, in milliseconds.
const CLOCK_TOLERANCE_MILLIS: i64 = 120_000;
/// For how long a passcode may be missing of a reset that is done, in milliseconds.
const PASSCODE_FOLLOWS_MILLIS: i64 = 60_000;
/// The longest passcode that is taken, in characters.
const LONGEST_PASSCODE: usize = 64;

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ActionResult {
    pub(super) action: String,
    pub(super) state: String,
    /// When it began, as text: what tells one result from another. A hundred nanoseconds count, so it is compared, not read.
    pub(super) began: String,
    pub(super) error_code: Option<i64>,
    /// What Intune issued with it: the passcode of a reset, the unlock PIN of a Mac's lock.
    pub(super) passcode: Option<SecretText>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResultWire {
    action_name: Option<String>,
    action_state: Option<String>,
    start_date_time: Option<String>,
    error_code: Option<i64>,
    passcode: Option<SecretText>,
    /// What opens a Mac after a lock.
    unlock_pin: Option<SecretText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeviceWire {
    id: String,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    management_state: Option<String>,
    #[serde(default)]
    last_sync_date_time: Option<String>,
    #[serde(default)]
    device_action_results: Option<Vec<Value>>,
}

/// A device as it is asked about before and after a command.
#[derive(Debug, Clone)]
pub(super) struct DeviceState {
    pub(super) id: String,
    pub(super) user: String,
    /// How it is managed, in Graph's word: an erase and a retire leave no result, only this.
    pub(super) management: String,
    pub(super) last_sync: UtcTime,
    pub(super) results: Vec<ActionResult>,
    /// The category it is in, where that was asked.
    pub(super) category: Option<String>,
}

impl DeviceState {
    /// Reads the answer; `None` when it is none. A result that cannot be read hides only itself.
    pub(super) fn read(body: Value) -> Option<Self> {
        let wire: DeviceWire = serde_json::from_value(body).ok()?;
        let results = wire.device_action_results.unwrap_or_default().into_iter();
        let results = results.filter_map(|one| serde_json::from_value::<ResultWire>(one).ok());
        let results = results.filter_map(|one| {
            Some(ActionResult {
                action: one.action_name?,
                state: one.action_state.unwrap_or_default(),
                began: one.start_date_time?,
                error_code: one.error_code,
                passcode: one.passcode.or(one.unlock_pin).filter(is_passcode),
            })
        });
        Some(Self {
            id: wire.id,
            user: wire.user_id.unwrap_or_default(),
            management: wire.management_state.unwrap_or_default(),
            last_sync: super::words::date(&wire.last_sync_date_time.unwrap_or_default()),
            results: results.collect(),
            category: None,
        })
    }

    /// The same without a passcode.
    pub(super) fn stripped(&self) -> Self {
        let mut stripped = self.clone();
        for result in &mut stripped.results {
            result.passcode = None;
        }
        stripped
    }

    /// The results of an action.
    pub(super) fn of(&self, kind: ActionKind) -> impl Iterator<Item = &ActionResult> {
        self.results.iter().filter(move |one| one.action.eq_ignore_ascii_case(kind.name().as_str()))
    }

    /// Whether an erase or a retire waits for it.
    pub(super) fn erase_or_retire(&self) -> EraseOrRetire {
        erase_or_retire(&self.management)
    }

    /// What there is before a command: its results, or how the device is managed.
    pub(super) fn keys(&self, kind: ActionKind) -> Vec<String> {
        if state_of(kind).is_some() {
            return vec![self.management.clone()];
        }
        self.of(kind).map(|one| one.began.clone()).collect()
    }

    /// Whether one of an action is under way, whoever asked for it.
    pub(super) fn is_under_way(&self, kind: ActionKind) -> bool {
        self.of(kind).any(|one| matches!(one.state.as_str(), "pending" | "active"))
    }
}

fn is_passcode(text: &SecretText) -> bool {
    let text = text.reveal();
    !text.trim().is_empty() && text.chars().count() <= LONGEST_PASSCODE && !text.chars().any(char::is_control)
}

/// How far a command got, as far as this server knows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It was about to be sent, or was sent and the answer is unknown.
    Posting,
    /// Graph took it, which does not mean that it was done.
    Accepted,
    /// Graph refused it.
    Refused(FailureCode),
    /// It certainly left no trace; it may be sent once more.
    Released,
}

/// What is known of a command of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Posted {
    pub(super) kind: ActionKind,
    /// Whether the service issues a passcode with it.
    pub(super) has_passcode: bool,
    pub(super) progress: Progress,
    /// The results there were before it was sent.
    pub(super) baseline: Vec<String>,
    /// The service's time just before it was sent.
    pub(super) service_time: UtcTime,
    /// When it was sent, by our clock.
    pub(super) posted: UtcTime,
    /// The result that was found to be its own.
    pub(super) matched: Option<String>,
    /// When it was first seen done without its passcode.
    pub(super) done_seen: Option<UtcTime>,
    /// How often it was sent.
    pub(super) posts: u32,
    /// The results that there were when the next command of the kind was sent to the device: a later one is that one's.
    pub(super) until: Option<Vec<String>>,
    /// The results that belong to other commands.
    pub(super) taken: Vec<String>,
    /// What it is to bring about, where the device tells that and not that it was carried out: the category.
    pub(super) wanted: Option<String>,
}

/// What follows from looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Where it stands.
    Known(Report),
    /// It is done, with what the service issued.
    Done(Option<SecretText>),
    /// It is done, and its passcode is not there yet.
    PasscodeMissing,
    /// Nothing is found of it, and may still turn up.
    NotYet,
    /// Nothing is found of it, and sending it once more harms nobody.
    SendAgain,
    /// Nothing is found of it, and sending it again might do it twice.
    CannotTell,
}

/// What looking found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) verdict: Verdict,
    /// Its own result, from now on.
    pub(super) matched: Option<String>,
    /// Whether more than one could have been it.
    pub(super) is_ambiguous: bool,
    /// What the device said, for the log.
    pub(super) error_code: Option<i64>,
}

/// How the word for an action in `managementState` begins, where its end is told there.
const fn state_of(kind: ActionKind) -> Option<&'static str> {
    match kind {
        ActionKind::Retire => Some("retire"),
        ActionKind::Wipe => Some("wipe"),
        ActionKind::ResetPasscode
        | ActionKind::RemoteLock
        | ActionKind::SyncDevice
        | ActionKind::Rename
        | ActionKind::RebootNow
        | ActionKind::SetCategory
        | ActionKind::ShowRecoveryKey
        | ActionKind::ShowLocalAdministratorPassword => None,
    }
}

/// Finds a command of ours among what its device tells; `None` is a device that is not managed any more.
pub(super) fn find(posted: &Posted, device: Option<&DeviceState>, now: UtcTime, settle_millis: i64) -> Found {
    let nothing =
        |verdict| Found { verdict, matched: posted.matched.clone(), is_ambiguous: false, error_code: None };
    let Some(device) = device else { return nothing(of_gone(posted, now, settle_millis)) };
    if let Some(word) = state_of(posted.kind) {
        return of_management(posted, &device.management, word)
            .unwrap_or_else(|| nothing(without_result(posted, now, settle_millis)));
    }
    if posted.kind == ActionKind::SetCategory {
        return nothing(of_category(posted, device, now, settle_millis));
    }
    let (own, is_ambiguous) = own_result(posted, device);
    let verdict = match own {
        Some(own) => of_result(posted, own, now),
        None => without_result(posted, now, settle_millis),
    };
    let is_over = matches!(verdict, Verdict::Known(Report::Ended(_)) | Verdict::Done(_));
    // The end of a check is that the device has checked in since, whatever its result says so far.
    let has_checked_in = posted.kind == ActionKind::SyncDevice && device.last_sync > posted.service_time;
    Found {
        verdict: if has_checked_in && !is_over { Verdict::Done(None) } else { verdict },
        matched: own.map(|own| own.began.clone()).or_else(|| posted.matched.clone()),
        is_ambiguous,
        error_code: own.and_then(|own| own.error_code),
    }
}

/// A category leaves no result: it is there, or it is not (yet). Taken by Graph and not there after a while, somebody else chose
/// another meanwhile, or it was not done.
fn of_category(posted: &Posted, device: &DeviceState, now: UtcTime, settle_millis: i64) -> Verdict {
    if posted.wanted.is_some() && posted.wanted == device.category {
        return Verdict::Done(None);
    }
    match posted.progress {
        Progress::Accepted if has_settled(posted, now, settle_millis) => Verdict::CannotTell,
        Progress::Accepted | Progress::Posting | Progress::Refused(_) | Progress::Released => {
            without_result(posted, now, settle_millis)
        }
    }
}

/// A device that is not managed any more: that is the end of a retire and of an erase, and it came before anything else.
fn of_gone(posted: &Posted, now: UtcTime, settle_millis: i64) -> Verdict {
    let is_sent = posted.progress == Progress::Accepted || posted.matched.is_some();
    if is_sent && state_of(posted.kind).is_some() {
        Verdict::Done(None)
    } else if is_sent {
        Verdict::Known(Report::Ended(Ending::Superseded))
    } else if has_settled(posted, now, settle_millis) {
        Verdict::CannotTell
    } else {
        Verdict::NotYet
    }
}

/// What `managementState` tells of a retire or an erase; `None` where it tells nothing, or what it did before.
fn of_management(posted: &Posted, management: &str, word: &str) -> Option<Found> {
    let step =
        management.strip_prefix(word).filter(|_| !posted.baseline.iter().any(|was| was == management))?;
    let verdict = match step {
        "Pending" => Verdict::Known(Report::Pending),
        "Issued" => Verdict::Known(Report::Active),
        "Failed" | "Canceled" => Verdict::Known(Report::Ended(Ending::Failed(FailureCode::DeviceRejected))),
        _ => return None,
    };
    Some(Found { verdict, matched: Some(management.to_owned()), is_ambiguous: false, error_code: None })
}

fn own_result<'a>(posted: &Posted, device: &'a DeviceState) -> (Option<&'a ActionResult>, bool) {
    if let Some(matched) = &posted.matched {
        return (device.of(posted.kind).find(|one| one.began == *matched), false);
    }
    let earliest = posted.service_time.unix_millis().saturating_sub(CLOCK_TOLERANCE_MILLIS);
    let mut newest: Option<(UtcTime, &ActionResult)> = None;
    let mut number = 0;
    for one in device.of(posted.kind) {
        let is_new = !posted.baseline.contains(&one.began)
            && !posted.taken.contains(&one.began)
            && posted.until.as_ref().is_none_or(|until| until.contains(&one.began));
        let Some(began) = UtcTime::parse(&one.began).filter(|began| began.unix_millis() >= earliest) else {
            continue;
        };
        if !is_new {
            continue;
        }
        number += 1;
        if newest.is_none_or(|(latest, known)| (began, &one.began) > (latest, &known.began)) {
            newest = Some((began, one));
        }
    }
    (newest.map(|(_, one)| one), number > 1)
}

fn without_result(posted: &Posted, now: UtcTime, settle_millis: i64) -> Verdict {
    match posted.progress {
        Progress::Accepted => Verdict::Known(Report::Pending),
        Progress::Refused(code) => Verdict::Known(Report::Ended(Ending::Failed(code))),
        Progress::Released => Verdict::SendAgain,
        // A result that was found once shows that it was sent.
        Progress::Posting if posted.matched.is_some() => Verdict::Known(Report::Pending),
        Progress::Posting => {
            if !has_settled(posted, now, settle_millis) {
                Verdict::NotYet
            } else if may_be_sent_again(posted) {
                Verdict::SendAgain
            } else {
                Verdict::CannotTell
            }
        }
    }
}

/// Whether nothing turns up any more. Also where the clock was set back meanwhile: it never waits longer than that.
const fn has_settled(posted: &Posted, now: UtcTime, settle_millis: i64) -> bool {
    now.unix_millis().abs_diff(posted.posted.unix_millis()) >= settle_millis.unsigned_abs()
}

/// Twice is once for taking a passcode away, for asking a device to check in and for a category. A second passcode would contradict the first,
/// a second lock or restart would meet whoever has just come in, a second erase a device that was set up anew. Once more, and
/// no more than that.
const fn may_be_sent_again(posted: &Posted) -> bool {
    let is_harmless = match posted.kind {
        ActionKind::ResetPasscode => !posted.has_passcode,
        ActionKind::SyncDevice | ActionKind::SetCategory => true,
        ActionKind::RemoteLock
        | ActionKind::Rename
        | ActionKind::Retire
        | ActionKind::Wipe
        | ActionKind::RebootNow
        | ActionKind::ShowRecoveryKey
        | ActionKind::ShowLocalAdministratorPassword => false,
    };
    is_harmless && posted.posts < 2
}

fn of_result(posted: &Posted, own: &ActionResult, now: UtcTime) -> Verdict {
    let ended = |ending| Verdict::Known(Report::Ended(ending));
    match own.state.as_str() {
        "active" => Verdict::Known(Report::Active),
        "done" if posted.has_passcode && own.passcode.is_none() => match posted.done_seen {
            Some(seen)
                if now.unix_millis().abs_diff(seen.unix_millis())
                    >= PASSCODE_FOLLOWS_MILLIS.unsigned_abs() =>
            {
                ended(Ending::Failed(FailureCode::BackEndFault))
            }
            Some(_) | None => Verdict::PasscodeMissing,
        },
        "done" => Verdict::Done(own.passcode.clone().filter(|_| posted.has_passcode).map(|issued| {
            // A PIN is kept like everything a service tells that is no passcode.
            let is_pin = posted.kind == ActionKind::RemoteLock;
            let parts = if is_pin { IssuedParts::of(part("", issued.clone())) } else { None };
            parts.map_or(issued, |parts| parts.to_text())
        })),
        // Which of the reasons it was, its number does not say for certain: what one of them asks for is an erase.
        "failed" => ended(Ending::Failed(FailureCode::DeviceRejected)),
        "notSupported" => ended(Ending::NotSupported),
        "canceled" => ended(Ending::Superseded),
        // "none", "pending", and every word nobody here knows: it is not over.
        _ => Verdict::Known(Report::Pending),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const OLD: &str = "2026-11-13T10:53:24.6222751Z";
    const OURS: &str = "2026-11-20T08:00:01.3008934Z";
    const OTHER: &str = "2026-11-20T08:00:01.3008935Z";
    const SETTLE: i64 = 120_000;

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(text).unwrap()
    }

    fn posted(progress: Progress) -> Posted {
        Posted {
            kind: ActionKind::ResetPasscode,
            has_passcode: true,
            progress,
            baseline: vec![OLD.to_owned()],
            service_time: at("2026-11-20T08:00:00Z"),
            posted: at("2026-11-20T08:00:00Z"),
            matched: None,
            done_seen: None,
            posts: 1,
            until: None,
            taken: Vec::new(),
            wanted: None,
        }
    }

    fn device(results: Value) -> DeviceState {
        let mut body = json!({ "id": "d" });
        body["deviceActionResults"] = results;
        DeviceState::read(body).unwrap()
    }

    fn reset(began: &str, state: &str, passcode: Option<&str>) -> Value {
        json!({ "actionName": "ResetPasscode", "actionState": state, "startDateTime": began, "passcode": passcode })
    }

    fn verdict(posted: &Posted, results: Value, seconds: i64) -> Verdict {
        let now = UtcTime::from_unix_seconds(posted.posted.unix_seconds() + seconds);
        find(posted, Some(&device(results)), now, SETTLE).verdict
    }

    fn ended(ending: Ending) -> Verdict {
        Verdict::Known(Report::Ended(ending))
    }

    #[test]
    fn each_state_of_the_own_result_is_one_report() {
        let accepted = posted(Progress::Accepted);
        for (state, expected) in [
            ("none", Verdict::Known(Report::Pending)),
            ("pending", Verdict::Known(Report::Pending)),
            ("unknownFutureValue", Verdict::Known(Report::Pending)),
            ("active", Verdict::Known(Report::Active)),
            ("failed", ended(Ending::Failed(FailureCode::DeviceRejected))),
            ("notSupported", ended(Ending::NotSupported)),
            ("canceled", ended(Ending::Superseded)),
        ] {
            assert_eq!(verdict(&accepted, json!([reset(OURS, state, None)]), 1), expected, "{state}");
            let posting = posted(Progress::Posting);
            assert_eq!(verdict(&posting, json!([reset(OURS, state, None)]), 1), expected, "{state}");
        }
        let secret = Some(SecretText::new("Kq7tZ2".to_owned()));
        let done = json!([reset(OLD, "done", Some("of before")), reset(OURS, "done", Some("Kq7tZ2"))]);
        assert_eq!(verdict(&accepted, done.clone(), 1), Verdict::Done(secret));
        let removal = Posted { has_passcode: false, ..accepted };
        assert_eq!(verdict(&removal, done, 1), Verdict::Done(None), "where none is due none is taken");
    }

    #[test]
    fn a_passcode_may_follow_for_a_minute_and_one_that_cannot_be_shown_is_none() {
        let accepted = posted(Progress::Accepted);
        for passcode in [None, Some(""), Some("  "), Some("a\u{7}b"), Some(&*"x".repeat(65))] {
            let results = json!([reset(OURS, "done", passcode)]);
            assert_eq!(verdict(&accepted, results.clone(), 1), Verdict::PasscodeMissing, "{passcode:?}");
            let seen = Posted { done_seen: Some(accepted.posted), ..accepted.clone() };
            assert_eq!(verdict(&seen, results.clone(), 59), Verdict::PasscodeMissing);
            assert_eq!(verdict(&seen, results, 60), ended(Ending::Failed(FailureCode::BackEndFault)));
        }
    }

    #[test]
    fn what_left_no_result_is_pending_or_unknown_and_only_the_harmless_is_sent_once_more() {
        let none =
            || json!([reset(OLD, "pending", None), { "actionName": "syncDevice", "startDateTime": OURS }]);
        assert_eq!(verdict(&posted(Progress::Accepted), none(), 100_000), Verdict::Known(Report::Pending));
        let posting = posted(Progress::Posting);
        assert_eq!(verdict(&posting, none(), 119), Verdict::NotYet);
        assert_eq!(verdict(&posting, none(), 120), Verdict::CannotTell);
        assert_eq!(verdict(&posting, none(), -120), Verdict::CannotTell, "a clock set back holds nothing up");
        let removal = Posted { has_passcode: false, ..posting.clone() };
        assert_eq!(verdict(&removal, none(), 120), Verdict::SendAgain);
        assert_eq!(verdict(&Posted { posts: 2, ..removal }, none(), 120), Verdict::CannotTell, "once");
        let lock = Posted { kind: ActionKind::RemoteLock, has_passcode: false, ..posting };
        assert_eq!(verdict(&lock, none(), 120), Verdict::CannotTell);
    }

    #[test]
    fn a_result_of_before_of_another_action_or_of_another_command_is_not_ours() {
        let accepted = posted(Progress::Accepted);
        let pending = Verdict::Known(Report::Pending);
        let early = "2026-11-20T07:57:59.9999999Z";
        let lock = json!({ "actionName": "remoteLock", "actionState": "done", "startDateTime": OURS });
        let undated =
            json!({ "actionName": "resetPasscode", "actionState": "failed", "startDateTime": "later" });
        for foreign in [reset(OLD, "failed", None), reset(early, "failed", None), lock, undated] {
            assert_eq!(verdict(&accepted, json!([foreign]), 1), pending);
        }
        let tolerated = reset("2026-11-20T07:58:00Z", "failed", None);
        assert_ne!(verdict(&accepted, json!([tolerated]), 1), pending, "two minutes are tolerated");
        let failed = json!([reset(OURS, "failed", None)]);
        let taken = Posted { taken: vec![OURS.to_owned()], ..accepted.clone() };
        assert_eq!(verdict(&taken, failed.clone(), 1), pending, "another command's");
        let until = |keys: Vec<String>| Posted { until: Some(keys), ..accepted.clone() };
        assert_eq!(
            verdict(&until(vec![OLD.to_owned()]), failed.clone(), 1),
            pending,
            "after the next one was sent"
        );
        assert_ne!(verdict(&until(vec![OURS.to_owned()]), failed, 1), pending, "before that");
    }

    #[test]
    fn of_several_the_newest_is_ours_and_after_that_only_it_counts() {
        let accepted = posted(Progress::Accepted);
        let several = device(json!([reset(OTHER, "active", None), reset(OURS, "failed", None)]));
        let found = find(&accepted, Some(&several), accepted.posted, SETTLE);
        assert_eq!((found.matched.as_deref(), found.is_ambiguous), (Some(OTHER), true), "100 ns decide");
        assert_eq!(found.verdict, Verdict::Known(Report::Active));
        let matched = Posted { matched: Some(OURS.to_owned()), ..accepted };
        let found = find(&matched, Some(&several), matched.posted, SETTLE);
        assert_eq!(found.verdict, ended(Ending::Failed(FailureCode::DeviceRejected)));
        assert!(!found.is_ambiguous);
        let gone = find(&matched, Some(&device(json!([]))), matched.posted, SETTLE);
        assert_eq!(gone.verdict, Verdict::Known(Report::Pending), "one that is not listed any more");
    }

    #[test]
    fn a_check_is_done_when_the_device_has_checked_in_since() {
        let check =
            Posted { kind: ActionKind::SyncDevice, has_passcode: false, ..posted(Progress::Accepted) };
        let mut state = device(json!(null));
        assert_eq!(find(&check, Some(&state), check.posted, SETTLE).verdict, Verdict::Known(Report::Pending));
        state.last_sync = check.service_time;
        assert_eq!(find(&check, Some(&state), check.posted, SETTLE).verdict, Verdict::Known(Report::Pending));
        state.last_sync = at("2026-11-20T08:00:07Z");
        assert_eq!(find(&check, Some(&state), check.posted, SETTLE).verdict, Verdict::Done(None));
        let result = |state: &str| json!([{ "actionName": "syncDevice", "actionState": state, "startDateTime": OURS }]);
        let waits = DeviceState { last_sync: state.last_sync, ..device(result("pending")) };
        assert_eq!(find(&check, Some(&waits), check.posted, SETTLE).verdict, Verdict::Done(None));
        let failed = DeviceState { last_sync: state.last_sync, ..device(result("failed")) };
        let rejected = ended(Ending::Failed(FailureCode::DeviceRejected));
        assert_eq!(find(&check, Some(&failed), check.posted, SETTLE).verdict, rejected);
    }

    #[test]
    fn a_retire_and_an_erase_are_read_from_the_state_and_end_when_the_device_is_gone() {
        let of = |kind, progress, baseline: &str| Posted {
            kind,
            has_passcode: false,
            baseline: vec![baseline.to_owned()],
            ..posted(progress)
        };
        let wipe = of(ActionKind::Wipe, Progress::Posting, "managed");
        let look = |posted: &Posted, management: &str, seconds: i64| {
            let now = UtcTime::from_unix_seconds(posted.posted.unix_seconds() + seconds);
            find(
                posted,
                Some(&DeviceState { management: management.to_owned(), ..device(json!(null)) }),
                now,
                SETTLE,
            )
        };
        let failed = ended(Ending::Failed(FailureCode::DeviceRejected));
        for (management, expected) in [
            ("wipePending", Verdict::Known(Report::Pending)),
            ("wipeIssued", Verdict::Known(Report::Active)),
            ("wipeFailed", failed.clone()),
            ("wipeCanceled", failed),
            ("managed", Verdict::NotYet),
            ("retirePending", Verdict::NotYet),
            ("unknownFutureValue", Verdict::NotYet),
        ] {
            assert_eq!(look(&wipe, management, 1).verdict, expected, "{management}");
        }
        assert_eq!(look(&wipe, "managed", 120).verdict, Verdict::CannotTell, "never sent again");
        let again = of(ActionKind::Wipe, Progress::Accepted, "wipeFailed");
        assert_eq!(look(&again, "wipeFailed", 1).verdict, Verdict::Known(Report::Pending), "of before");

        let gone = |posted: &Posted, seconds: i64| {
            let now = UtcTime::from_unix_seconds(posted.posted.unix_seconds() + seconds);
            find(posted, None, now, SETTLE).verdict
        };
        assert_eq!(gone(&of(ActionKind::Retire, Progress::Accepted, "managed"), 1), Verdict::Done(None));
        assert_eq!([1, 120].map(|seconds| gone(&wipe, seconds)), [Verdict::NotYet, Verdict::CannotTell]);
        let seen = Posted { matched: Some("wipePending".to_owned()), ..wipe };
        assert_eq!(gone(&seen, 1), Verdict::Done(None), "it was seen to be under way");
        assert_eq!(gone(&posted(Progress::Accepted), 1), ended(Ending::Superseded));
        let removal = Posted { has_passcode: false, ..posted(Progress::Posting) };
        assert_eq!(gone(&removal, 120), Verdict::CannotTell, "there is nothing to send it to");
    }

    #[test]
    fn what_is_kept_in_memory_holds_no_passcode() {
        let state = device(json!([reset(OURS, "done", Some("Kq7tZ2"))]));
        assert!(state.results[0].passcode.is_some() && !state.is_under_way(ActionKind::ResetPasscode));
        assert!(state.stripped().results[0].passcode.is_none());
    }
}
