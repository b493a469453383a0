//! The proof over Microsoft Graph, which knows no identifier of ours: what was carried out on a device is counted and held against
//! what the portal says of it. Pure.

use crate::proof::{Broken, Records, Verdict, of_the_portal};
use std::collections::BTreeMap;

/// A device and the contract's name of an action.
type Place = (String, String);

/// What the simulated Graph knows afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tenant {
    /// How often each action was carried out on each device.
    pub executed: BTreeMap<Place, u64>,
    /// How many of those were done, and how many failed on the device; an erase and a retire leave no result.
    pub done: BTreeMap<Place, u64>,
    /// See `done`.
    pub failed: BTreeMap<Place, u64>,
    /// How often each came when the device was gone: Graph refuses it then.
    pub too_late: BTreeMap<Place, u64>,
    /// The passcode in force on each device; never printed.
    pub in_force: BTreeMap<String, String>,
    /// What each person was shown last for each device.
    pub shown: BTreeMap<String, String>,
    /// What it was asked that Microsoft's description does not have, and what it answered so.
    pub mistakes: Vec<String>,
    /// Commands that arrived, those that something went wrong with, and those whose sender was dead before they were carried out,
    /// or after that and before the answer.
    pub commands: [u64; 4],
}

/// What the portal says of the runs of one action on one device.
#[derive(Default)]
struct Said {
    /// That may have reached the device.
    may: u64,
    done: u64,
    rejected: u64,
    unknown: u64,
    is_twice_once: bool,
}

/// Compares the records.
#[must_use]
pub fn verdict(records: &Records, tenant: &Tenant) -> Verdict {
    let mut verdict = of_the_portal(records);
    let mut said: BTreeMap<Place, Said> = BTreeMap::new();
    for (id, run) in &records.commands {
        if run.queue_state != "ended" {
            verdict.broken.insert(Broken::Lost(id.clone(), "it never ended"));
            continue;
        }
        let code = run.error_code.as_deref().unwrap_or_default();
        if run.action_state == "done" {
            verdict.reached_once += 1;
        } else {
            let name = format!("{} {code}", run.action_state);
            *verdict.honest_otherwise.entry(name).or_default() += 1;
        }
        let said = said.entry((run.device.clone(), run.action.clone())).or_default();
        said.may += u64::from(code != "canceledByUser");
        said.done += u64::from(run.action_state == "done");
        said.rejected += u64::from(code == "deviceRejected");
        said.unknown += u64::from(code == "outcomeUnknown");
        said.is_twice_once = run.action == "syncDevice" || run.payload == "removed";
    }
    let of = |counts: &BTreeMap<Place, u64>, place: &Place| counts.get(place).copied().unwrap_or_default();
    for (place, said) in said.iter().filter(|((_, action), _)| action != "rename") {
        let name = || format!("{} of {}", place.1, place.0);
        let most = said.may * if said.is_twice_once { 2 } else { 1 };
        if of(&tenant.executed, place) > most {
            verdict.broken.insert(Broken::Doubled(name(), "carried out more often than it was asked for"));
        }
        // A check is done when the device has checked in, whatever made it do so.
        let done = match place.1.as_str() {
            "syncDevice" => said.done,
            "retire" | "wipe" => of(&tenant.executed, place),
            _ => of(&tenant.done, place),
        };
        if said.done > done {
            verdict
                .broken
                .insert(Broken::Misreported(name(), "said to be done more often than it was".to_owned()));
        }
        if said.rejected > of(&tenant.failed, place) + of(&tenant.too_late, place) {
            let what = "said to be refused more often than the device refused";
            verdict.broken.insert(Broken::Misreported(name(), what.to_owned()));
        }
    }
    for place in tenant.executed.keys().filter(|place| !said.contains_key(*place)) {
        let name = format!("{} of {}", place.1, place.0);
        verdict.broken.insert(Broken::Unaccounted(name, "a device has it and the portal does not"));
    }
    for (device, shown) in &tenant.shown {
        let is_in_force = tenant.in_force.get(device) == Some(shown);
        let reset = (device.clone(), "resetPasscode".to_owned());
        // Where the outcome of a reset is unknown, the page says so beside the passcode.
        let is_known = said.get(&reset).is_some_and(|said| said.unknown == 0);
        if !is_in_force && is_known {
            let what = "a passcode is shown that is not in force";
            verdict.broken.insert(Broken::Misreported(device.clone(), what.to_owned()));
        }
    }
    let mistakes = tenant.mistakes.iter();
    verdict
        .broken
        .extend(mistakes.map(|one| Broken::Misreported("Microsoft's description".to_owned(), one.clone())));
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{Audited, Recorded};
    use std::collections::BTreeSet;

    fn place() -> Place {
        ("d".to_owned(), "resetPasscode".to_owned())
    }

    /// One reset that went well, and whatever a test changes about it.
    fn world(change: impl FnOnce(&mut Records, &mut Tenant)) -> BTreeSet<Broken> {
        let run = Recorded {
            device: "d".to_owned(),
            person: "p".to_owned(),
            action: "resetPasscode".to_owned(),
            payload: "issued:lettersAndDigits".to_owned(),
            started: 0,
            queue_state: "ended".to_owned(),
            action_state: "done".to_owned(),
            error_code: None,
        };
        let id = || "r-1".to_owned();
        let mut records = Records {
            told: BTreeMap::from([(("p".to_owned(), "k".to_owned()), BTreeSet::from([id()]))]),
            commands: BTreeMap::from([(id(), run)]),
            kept_passcodes: BTreeSet::from([id()]),
            audit: BTreeMap::from([(id(), Audited { accepted: 1, ended: 1, cancels: 0 })]),
            notifications: BTreeMap::from([(id(), 1)]),
            ..Records::default()
        };
        let mut tenant = Tenant {
            executed: BTreeMap::from([(place(), 1)]),
            done: BTreeMap::from([(place(), 1)]),
            in_force: BTreeMap::from([("d".to_owned(), "one".to_owned())]),
            shown: BTreeMap::from([("d".to_owned(), "one".to_owned())]),
            ..Tenant::default()
        };
        change(&mut records, &mut tenant);
        verdict(&records, &tenant).broken
    }

    fn ends(records: &mut Records, state: &str, code: &str) {
        let run = records.commands.get_mut("r-1").unwrap();
        run.action_state = state.to_owned();
        run.error_code = Some(code.to_owned());
    }

    #[test]
    fn what_went_well_and_what_nobody_knows_break_nothing() {
        assert_eq!(world(|_, _| {}), BTreeSet::new());
        let unknown = world(|records, tenant| {
            ends(records, "failed", "outcomeUnknown");
            tenant.in_force.insert("d".to_owned(), "another".to_owned());
        });
        assert_eq!(unknown, BTreeSet::new());
        let twice_is_once = world(|records, tenant| {
            records.commands.get_mut("r-1").unwrap().payload = "removed".to_owned();
            tenant.executed.insert(place(), 2);
        });
        assert_eq!(twice_is_once, BTreeSet::new());
    }

    #[test]
    fn each_lie_is_found_by_one_rule() {
        let twice = world(|_, tenant| {
            tenant.executed.insert(place(), 2);
        });
        let undone = world(|_, tenant| {
            tenant.done.insert(place(), 0);
        });
        let refused = world(|records, _| ends(records, "failed", "deviceRejected"));
        let too_late = world(|records, tenant| {
            ends(records, "failed", "deviceRejected");
            tenant.too_late.insert(place(), 1);
        });
        assert_eq!(too_late, BTreeSet::new(), "its device was gone, and Graph refused it");
        let cancelled = world(|records, tenant| {
            ends(records, "canceled", "canceledByUser");
            records.notifications.clear();
            tenant.shown.clear();
        });
        let stale = world(|_, tenant| drop(tenant.in_force.insert("d".to_owned(), "two".to_owned())));
        let open = world(|records, _| {
            records.commands.get_mut("r-1").unwrap().queue_state = "sent".to_owned();
            records.audit.get_mut("r-1").unwrap().ended = 0;
            records.notifications.clear();
        });
        let strange = world(|_, tenant| {
            tenant.executed.insert(("d".to_owned(), "wipe".to_owned()), 1);
        });
        let undescribed = world(|_, tenant| tenant.mistakes.push("POST nothing".to_owned()));
        for broken in [twice, undone, refused, cancelled, stale, strange, undescribed] {
            assert_eq!(broken.len(), 1, "{broken:?}");
        }
        assert!(open.contains(&Broken::Lost("r-1".to_owned(), "it never ended")), "{open:?}");
    }
}
