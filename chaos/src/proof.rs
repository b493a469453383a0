//! The proof: what clients were told, what the portal wrote down and what devices received, compared. Pure.
//!
//! Each rule is a sentence somebody relies on; a record that breaks one is a [`Broken`]. The fleet's record is a log that
//! is only appended to, so a command handed over twice shows even though the fleet itself would have ignored the second.

use std::collections::{BTreeMap, BTreeSet};

/// A run in the portal's database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The device it is for.
    pub device: String,
    /// Who asked.
    pub person: String,
    /// The contract's name of the action.
    pub action: String,
    /// What it was told: for a reset its outcome.
    pub payload: String,
    /// When it was accepted, in milliseconds.
    pub started: i64,
    /// `recorded`, `sending`, `sent` or `ended`.
    pub queue_state: String,
    /// The contract's action state.
    pub action_state: String,
    /// The contract's error code.
    pub error_code: Option<String>,
}

/// What the audit record says about a command, as numbers of entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audited {
    /// That it was accepted.
    pub accepted: u64,
    /// That it ended.
    pub ended: u64,
    /// That its person cancelled it.
    pub cancels: u64,
}

/// A command at its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The device.
    pub device: String,
    /// How it ended there; `None` while it has not.
    pub ending: Option<String>,
}

/// Everything that is compared, by the command's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// What clients were told: person and key, and every id they were given for it.
    pub told: BTreeMap<(String, String), BTreeSet<String>>,
    /// Results whose passcode was shown as two different ones.
    pub changed_passcodes: Vec<String>,
    /// Results that were told with one end and later with another, the first not being "unknown".
    pub changed_outcomes: Vec<String>,
    /// The portal's commands.
    pub commands: BTreeMap<String, Recorded>,
    /// The runs whose passcode its person may still see.
    pub kept_passcodes: BTreeSet<String>,
    /// Its audit record.
    pub audit: BTreeMap<String, Audited>,
    /// Its notifications, counted.
    pub notifications: BTreeMap<String, u64>,
    /// What devices were handed, counted from the fleet's log.
    pub handed_over: BTreeMap<String, u64>,
    /// What became of it there.
    pub received: BTreeMap<String, Received>,
    /// What `PRAGMA integrity_check` and `foreign_key_check` complain about, both databases.
    pub corruption: Vec<String>,
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// A client was told "accepted", and the reset is gone, still open, or done without its device.
    Lost(String, &'static str),
    /// A device was handed the same reset more than once, or one key made more than one reset.
    Doubled(String, &'static str),
    /// The portal reports something else than what happened at the device.
    Misreported(String, String),
    /// Audit, notifications or the fleet hold something the rest does not account for.
    Unaccounted(String, &'static str),
    /// The file itself.
    Corrupt(String),
}

/// How the accepted resets ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Different resets a client was told "accepted" about.
    pub accepted: u64,
    /// Resets in the database whose answer no client received (cut connections).
    pub unheard: u64,
    /// Of all: reached their device exactly once and are reported as done.
    pub reached_once: u64,
    /// Of all: how many of each action there are, and how many of those are reported as done.
    pub by_action: BTreeMap<String, (u64, u64)>,
    /// Of all: ended otherwise and reported as that, by state and code.
    pub honest_otherwise: BTreeMap<String, u64>,
    /// What was promised and not kept.
    pub broken: BTreeSet<Broken>,
}

impl Verdict {
    /// Resets that were lost.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.broken.iter().filter(|one| matches!(one, Broken::Lost(..))).count()
    }

    /// Resets that were doubled.
    #[must_use]
    pub fn doubled(&self) -> usize {
        self.broken.iter().filter(|one| matches!(one, Broken::Doubled(..))).count()
    }
}

/// Compares what clients were told with what the portal wrote down: the part that holds whatever service is behind it.
#[must_use]
pub fn of_the_portal(records: &Records) -> Verdict {
    let mut verdict = Verdict::default();
    let told: BTreeSet<&String> = records.told.values().flatten().collect();
    verdict.accepted = told.len() as u64;
    verdict.unheard = records.commands.keys().filter(|id| !told.contains(id)).count() as u64;
    verdict.broken.extend(records.corruption.iter().cloned().map(Broken::Corrupt));
    for id in told.iter().filter(|id| !records.commands.contains_key(**id)) {
        verdict.broken.insert(Broken::Lost((*id).clone(), "no such reset in the database"));
    }
    for ((person, key), ids) in records.told.iter().filter(|(_, ids)| ids.len() > 1) {
        let all = ids.iter().cloned().collect::<Vec<_>>().join(", ");
        verdict.broken.insert(Broken::Doubled(
            format!("{person} {key}: {all}"),
            "one idempotency key, more than one answer",
        ));
    }
    for id in &records.changed_passcodes {
        verdict.broken.insert(Broken::Misreported(id.clone(), "its passcode changed".to_owned()));
    }
    for id in &records.changed_outcomes {
        verdict.broken.insert(Broken::Misreported(id.clone(), "two different outcomes were told".to_owned()));
    }
    for (id, command) in &records.commands {
        let (all, done) = verdict.by_action.entry(command.action.clone()).or_default();
        *all += 1;
        *done += u64::from(command.action_state == "done");
        verdict.broken.extend(unaccounted(id, command, records));
        if has_lost_passcode(id, command, records) {
            verdict
                .broken
                .insert(Broken::Lost(id.clone(), "the device may have its passcode, and it was erased"));
        }
    }
    verdict
}

/// Compares the records.
#[must_use]
pub fn verdict(records: &Records) -> Verdict {
    let mut verdict = of_the_portal(records);
    for (id, command) in &records.commands {
        match ending(id, command, records) {
            Ok(How::Reached) => verdict.reached_once += 1,
            Ok(How::Otherwise(name)) => *verdict.honest_otherwise.entry(name).or_default() += 1,
            Err(broken) => {
                verdict.broken.insert(broken);
            }
        }
    }
    for (id, times) in &records.handed_over {
        if *times > 1 {
            verdict.broken.insert(Broken::Doubled(id.clone(), "handed to its device more than once"));
        }
        if !records.commands.contains_key(id) {
            verdict.broken.insert(Broken::Unaccounted(id.clone(), "a device has it and the portal does not"));
        }
    }
    verdict
}

enum How {
    Reached,
    Otherwise(String),
}

/// What became of one command, held against its device.
fn ending(id: &str, command: &Recorded, records: &Records) -> Result<How, Broken> {
    if command.queue_state != "ended" {
        return Err(Broken::Lost(id.to_owned(), "it never ended"));
    }
    let received = records.received.get(id);
    // A name is the portal's own: no device may hear of it, and nothing can go wrong with it.
    if command.action == "rename" {
        return match (received, command.action_state.as_str()) {
            (None, "done") => Ok(How::Otherwise("renamed".to_owned())),
            _ => Err(Broken::Misreported(id.to_owned(), "a new name that was not simply given".to_owned())),
        };
    }
    let at_device = received.and_then(|received| received.ending.as_deref());
    let wrong = |what: &str| Err(Broken::Misreported(id.to_owned(), what.to_owned()));
    let native = command.device.split_once(':').map_or(command.device.as_str(), |(_, native)| native);
    if received.is_some_and(|received| received.device != native) {
        return wrong("another device received it");
    }
    let code = command.error_code.as_deref().unwrap_or_default();
    match (command.action_state.as_str(), code) {
        ("done", _) => match at_device {
            Some("done") => return Ok(How::Reached),
            None if received.is_none() => {
                return Err(Broken::Lost(id.to_owned(), "reported as done, its device never received it"));
            }
            _ => return wrong("reported as done, not done by its device"),
        },
        ("canceled", "canceledByUser") => {
            if !matches!((received, at_device), (None, _) | (_, Some("canceled"))) {
                return wrong("reported as cancelled, carried out by its device");
            }
            if records.audit.get(id).is_none_or(|audited| audited.cancels == 0) {
                return wrong("reported as cancelled by a person who never cancelled it");
            }
        }
        ("failed", "commandExpired") => {
            if !matches!((received, at_device), (None, _) | (_, Some("canceled"))) {
                return wrong("reported as expired, carried out by its device");
            }
        }
        ("canceled", "supersededByErase") => {
            let by_us = received.is_none() && is_before_an_erase(command, records);
            if at_device != Some("superseded") && !by_us {
                return wrong("reported as superseded, it was not");
            }
        }
        // Says itself that it does not know.
        ("failed", "outcomeUnknown") => {}
        ("failed", code) => {
            if at_device != Some(format!("failed:{code}").as_str()) {
                return wrong("reported with another failure than its device's");
            }
        }
        (other, code) => {
            return wrong(&format!("an ending nobody knows: {other} {code}"));
        }
    }
    Ok(How::Otherwise(format!("{} {code}", command.action_state)))
}

/// Whether its device was erased, or taken out of management, by a run accepted later.
fn is_before_an_erase(run: &Recorded, records: &Records) -> bool {
    records.commands.values().any(|later| {
        matches!(later.action.as_str(), "wipe" | "retire")
            && later.device == run.device
            && later.started >= run.started
    })
}

/// Whether a passcode that its device has, or may have, cannot be seen any more: the person would be locked out by us. One that
/// a later reset of the device replaced is worth nothing.
fn has_lost_passcode(id: &str, run: &Recorded, records: &Records) -> bool {
    let issues_one = run.action == "resetPasscode" && run.payload != "removed";
    // One that its service issues is known only when the service tells the end.
    let is_ours = !run.payload.starts_with("issued:");
    let may_be_there =
        run.action_state == "done" || (is_ours && run.error_code.as_deref() == Some("outcomeUnknown"));
    let is_replaced = || {
        records.commands.iter().any(|(other, later)| {
            other != id
                && later.device == run.device
                && matches!(later.action.as_str(), "resetPasscode" | "wipe")
                && later.action_state == "done"
                && later.started >= run.started
        })
    };
    issues_one && may_be_there && !records.kept_passcodes.contains(id) && !is_replaced()
}

/// Nobody is told what they did themselves, or that a check went well.
fn is_recent(run: &Recorded) -> bool {
    if run.error_code.as_deref() == Some("canceledByUser") {
        return false;
    }
    match run.action.as_str() {
        "rename" => false,
        "syncDevice" => run.action_state == "failed" || run.action_state == "notSupported",
        // Every other one, whatever its end.
        _ => true,
    }
}

/// The audit record and the notifications know each run exactly once.
fn unaccounted(id: &str, command: &Recorded, records: &Records) -> Vec<Broken> {
    let audited = records.audit.get(id).copied().unwrap_or_default();
    let notified = records.notifications.get(id).copied().unwrap_or_default();
    let is_recent = is_recent(command);
    let is_ended = command.queue_state == "ended";
    let mut found = Vec::new();
    if audited.accepted != 1 {
        found.push("the audit record does not say exactly once that it was accepted");
    }
    if audited.ended != u64::from(is_ended) {
        found.push("the audit record does not say exactly once how it ended");
    }
    if is_ended && notified != u64::from(is_recent) {
        found.push("its person was not told exactly once");
    }
    found.into_iter().map(|what| Broken::Unaccounted(id.to_owned(), what)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One accepted reset that went well, and whatever a test changes about it.
    fn records(change: impl FnOnce(&mut Records)) -> Records {
        let id = || "r-1".to_owned();
        let mut records = Records {
            told: BTreeMap::from([(("p".to_owned(), "k".to_owned()), BTreeSet::from([id()]))]),
            commands: BTreeMap::from([(
                id(),
                Recorded {
                    device: "d".to_owned(),
                    person: "p".to_owned(),
                    action: "resetPasscode".to_owned(),
                    payload: "digits".to_owned(),
                    started: 0,
                    queue_state: "ended".to_owned(),
                    action_state: "done".to_owned(),
                    error_code: None,
                },
            )]),
            kept_passcodes: BTreeSet::from([id()]),
            audit: BTreeMap::from([(id(), Audited { accepted: 1, ended: 1, cancels: 0 })]),
            notifications: BTreeMap::from([(id(), 1)]),
            handed_over: BTreeMap::from([(id(), 1)]),
            received: BTreeMap::from([(
                id(),
                Received { device: "d".to_owned(), ending: Some("done".to_owned()) },
            )]),
            ..Records::default()
        };
        change(&mut records);
        records
    }

    fn report(records: &mut Records, state: &str, code: &str) {
        let command = records.commands.get_mut("r-1").unwrap();
        command.action_state = state.to_owned();
        command.error_code = Some(code.to_owned());
    }

    fn at_device(records: &mut Records, ending: &str) {
        records.received.get_mut("r-1").unwrap().ending = Some(ending.to_owned());
    }

    #[test]
    fn an_erase_ends_what_was_not_sent_and_nothing_else_does() {
        let superseded = |records: &mut Records| {
            report(records, "canceled", "supersededByErase");
            records.received.clear();
            records.handed_over.clear();
            records.kept_passcodes.clear();
        };
        assert_eq!(verdict(&records(superseded)).broken.len(), 1, "nothing came after it");
        let by_an_erase = records(|records| {
            superseded(records);
            let mut erase = records.commands["r-1"].clone();
            erase.action = "wipe".to_owned();
            erase.payload = String::new();
            erase.action_state = "failed".to_owned();
            erase.error_code = Some("outcomeUnknown".to_owned());
            erase.started = 1;
            records.commands.insert("r-2".to_owned(), erase);
            records.audit.insert("r-2".to_owned(), Audited { accepted: 1, ended: 1, cancels: 0 });
            records.notifications.insert("r-2".to_owned(), 1);
        });
        assert_eq!(verdict(&by_an_erase).broken, BTreeSet::new());
    }

    #[test]
    fn a_reset_that_went_well_is_counted_and_nothing_is_broken() {
        let verdict = verdict(&records(|_| {}));
        assert_eq!((verdict.accepted, verdict.reached_once, verdict.broken.len()), (1, 1, 0));
        assert_eq!(verdict.by_action, BTreeMap::from([("resetPasscode".to_owned(), (1, 1))]));
    }

    #[test]
    fn a_reset_that_vanished_stayed_open_or_never_reached_its_device_is_lost() {
        let gone = records(|records| records.commands.clear());
        let open =
            records(|records| records.commands.get_mut("r-1").unwrap().queue_state = "sent".to_owned());
        let unsent = records(|records| {
            records.received.clear();
            records.handed_over.clear();
        });
        for records in [gone, open, unsent] {
            assert_eq!(verdict(&records).lost(), 1, "{records:?}");
        }
    }

    #[test]
    fn a_device_handed_the_same_reset_twice_and_a_key_with_two_answers_are_doubled() {
        let twice = records(|records| *records.handed_over.get_mut("r-1").unwrap() = 2);
        assert_eq!(verdict(&twice).doubled(), 1);
        let two = records(|records| {
            records.told.values_mut().for_each(|ids| ids.extend(["r-2".to_owned()]));
        });
        assert_eq!(verdict(&two).doubled(), 1);
    }

    #[test]
    fn a_report_that_its_device_contradicts_is_misreported() {
        for (state, code) in [
            ("canceled", "canceledByUser"),
            ("failed", "commandExpired"),
            ("canceled", "supersededByErase"),
            ("failed", "unlockTokenInvalid"),
        ] {
            let done_all_the_same = records(|records| report(records, state, code));
            let found = verdict(&done_all_the_same).broken;
            assert!(found.iter().any(|one| matches!(one, Broken::Misreported(..))), "{state} {code}");
        }
        let never_cancelled = records(|records| {
            report(records, "canceled", "canceledByUser");
            at_device(records, "canceled");
            records.notifications.clear();
        });
        assert_eq!(verdict(&never_cancelled).broken.len(), 1);
    }

    #[test]
    fn every_honest_ending_counts_as_honest() {
        for (state, code, ending) in [
            ("failed", "commandExpired", "canceled"),
            ("canceled", "supersededByErase", "superseded"),
            ("failed", "unlockTokenInvalid", "failed:unlockTokenInvalid"),
            ("failed", "outcomeUnknown", "done"),
        ] {
            let honest = records(|records| {
                report(records, state, code);
                at_device(records, ending);
            });
            let verdict = verdict(&honest);
            assert_eq!((verdict.honest_otherwise.len(), verdict.broken.len()), (1, 0), "{state} {code}");
        }
    }

    #[test]
    fn a_passcode_that_the_device_may_have_is_not_thrown_away() {
        let done = records(|records| records.kept_passcodes.clear());
        let unknown = records(|records| {
            report(records, "failed", "outcomeUnknown");
            records.kept_passcodes.clear();
        });
        let removed = records(|records| {
            records.commands.get_mut("r-1").unwrap().payload = "removed".to_owned();
            records.kept_passcodes.clear();
        });
        let lost = [done, unknown, removed].map(|records| verdict(&records).lost());
        assert_eq!(lost, [1, 1, 0]);
    }

    #[test]
    fn a_new_name_is_no_devices_business_and_a_check_that_went_well_no_news() {
        let renamed = records(|records| {
            records.commands.get_mut("r-1").unwrap().action = "rename".to_owned();
            records.received.clear();
            records.handed_over.clear();
            records.notifications.clear();
        });
        assert_eq!(verdict(&renamed).broken.len(), 0);
        let at_its_device = records(|records| {
            records.commands.get_mut("r-1").unwrap().action = "rename".to_owned();
            records.notifications.clear();
        });
        assert_eq!(verdict(&at_its_device).broken.len(), 1);
        let checked = records(|records| {
            records.commands.get_mut("r-1").unwrap().action = "syncDevice".to_owned();
        });
        assert_eq!(verdict(&checked).broken.len(), 1, "its person was told");
    }

    #[test]
    fn what_the_records_do_not_account_for_is_found() {
        let unaudited = records(|records| records.audit.clear());
        let untold = records(|records| records.notifications.clear());
        let unknown = records(|records| records.handed_over.extend([("r-9".to_owned(), 1)]));
        let corrupt = records(|records| records.corruption.push("row 3 missing from index".to_owned()));
        let passcode = records(|records| records.changed_passcodes.push("r-1".to_owned()));
        let outcome = records(|records| records.changed_outcomes.push("r-1".to_owned()));
        for records in [unaudited, untold, unknown, corrupt, passcode, outcome] {
            assert!(!verdict(&records).broken.is_empty(), "{records:?}");
        }
    }
}
