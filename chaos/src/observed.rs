//! What the clients were told, kept apart from what the server says about itself afterwards.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// An action that was answered with 202.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Told {
    /// Who asked.
    pub(crate) person: String,
    /// Which action.
    pub(crate) action: &'static str,
    /// For which device.
    pub(crate) device: String,
    /// With which idempotency key.
    pub(crate) key: String,
    /// The result's id in the answer.
    pub(crate) id: String,
}

/// Counts of what happened on the way.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    /// Requests that were sent.
    pub requests: u64,
    /// Of those: resets whose connection the client cut.
    pub cut: u64,
    /// Requests whose answer never came.
    pub unanswered: u64,
    /// Repetitions of a reset with the key of an earlier one that were answered with 202.
    pub replays: u64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
}

/// All clients write here.
#[derive(Default)]
pub(crate) struct Observed(Mutex<State>);

#[derive(Default)]
struct State {
    told: Vec<Told>,
    traffic: Traffic,
    passcodes: BTreeMap<String, String>,
    changed_passcodes: Vec<String>,
    ends: BTreeMap<String, String>,
    changed_outcomes: Vec<String>,
}

/// What they were told altogether.
pub(crate) struct Everything {
    pub(crate) told: Vec<Told>,
    pub(crate) traffic: Traffic,
    /// Results whose passcode was shown as two different ones.
    pub(crate) changed_passcodes: Vec<String>,
    /// Results that were told with two different ends.
    pub(crate) changed_outcomes: Vec<String>,
}

impl Observed {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut Traffic)) {
        self.with(|state| change(&mut state.traffic));
    }

    pub(crate) fn accepted(&self, told: Told) {
        self.with(|state| state.told.push(told));
    }

    /// A passcode was shown. It is compared with what was shown before and never leaves this process.
    pub(crate) fn revealed(&self, id: String, passcode: String) {
        self.with(|state| match state.passcodes.get(&id) {
            Some(before) if *before != passcode => state.changed_passcodes.push(id),
            Some(_) => {}
            None => {
                state.passcodes.insert(id, passcode);
            }
        });
    }

    /// A run was told with this state and code. One that has ended stays as it is, but what was not known may become known.
    pub(crate) fn ended(&self, id: &str, state: &str, code: &str) {
        if matches!(state, "" | "none" | "pending" | "active") {
            return;
        }
        let end = format!("{state} {code}");
        self.with(|at| match at.ends.insert(id.to_owned(), end.clone()) {
            Some(before) if before != end && !before.ends_with("outcomeUnknown") => {
                at.changed_outcomes.push(format!("{id}: {before}, then {end}"));
            }
            Some(_) | None => {}
        });
    }

    /// Everything so far.
    pub(crate) fn everything(&self) -> Everything {
        self.with(|state| Everything {
            told: state.told.clone(),
            traffic: state.traffic.clone(),
            changed_passcodes: state.changed_passcodes.clone(),
            changed_outcomes: state.changed_outcomes.clone(),
        })
    }
}
