//! Waiting: accepted is not done, and a person who waits is told for what, since when, and that they may leave.

use super::{TakesLongView, device_name, moment, takes_long};
use crate::domain::{ActionRun, Device, PendingPhase, Platform};
use crate::i18n::{Text, t};
use portal_contract::UtcTime;

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Going on.
    Current,
    /// Ahead.
    Later,
}

/// A step of the way from "accepted" to "confirmed".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingStep {
    /// What it is.
    pub name: Text,
    /// How far it has come.
    pub state: StepState,
    /// The same in a word, so that neither icon nor colour has to be seen.
    pub state_word: Text,
}

/// The words while the device has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingView {
    /// For which device.
    pub heading: Text,
    /// That it is not done.
    pub not_done: Text,
    /// The steps.
    pub steps: Vec<PendingStep>,
    /// What the steps do not say: the device answered "not now", or it takes long.
    pub phase: Option<Text>,
    /// Since when.
    pub since: Text,
    /// When the device last checked in.
    pub last_check_in: Text,
    /// After a while: since when the device is silent, and what to try.
    pub takes_long: Option<TakesLongView>,
    /// What helps before that, a line each.
    pub hints: Vec<Text>,
    /// That the person may leave and come back.
    pub leave: Text,
    /// The button that cancels; only while the device has not received the reset.
    pub cancel: Option<Text>,
    /// The result's identifier, for IT.
    pub reference: String,
}

/// The words for a reset the device has not acknowledged.
#[must_use]
pub fn pending(device: &Device, run: &ActionRun, phase: PendingPhase, now: Option<UtcTime>) -> PendingView {
    let name = device_name(&device.name);
    // What helps to reach the device is of no use once it is reached.
    let mut hints = Vec::new();
    if phase == PendingPhase::Waiting {
        hints.push(t::pending_connect(name.clone()));
        if device.platform == Platform::AppleMobile {
            hints.push(t::pending_apple_wifi());
        }
    }
    let takes_long = takes_long(device, run, phase, run.expires, now);
    PendingView {
        heading: t::pending_heading(name),
        not_done: t::pending_not_done(),
        steps: steps(phase),
        phase: match phase {
            PendingPhase::Waiting | PendingPhase::Delivered => None,
            PendingPhase::NotNow => Some(t::live_said_not_now()),
        },
        since: t::pending_since(moment(run.started, now)),
        last_check_in: device
            .last_sync
            .map_or_else(t::pending_never_checked_in, |then| t::pending_last_check_in(moment(then, now))),
        takes_long,
        hints,
        leave: t::pending_leave(),
        cancel: match phase {
            PendingPhase::Waiting => Some(t::pending_cancel()),
            PendingPhase::Delivered | PendingPhase::NotNow => None,
        },
        reference: run.id.clone(),
    }
}

fn steps(phase: PendingPhase) -> Vec<PendingStep> {
    let current = match phase {
        PendingPhase::Waiting => 1,
        PendingPhase::Delivered | PendingPhase::NotNow => 2,
    };
    // A step that is going on says what is waited for, one that is behind what was reached: a sentence each.
    let names = match phase {
        PendingPhase::Waiting => {
            [t::pending_step_accepted(), t::pending_step_waiting(), t::pending_step_confirmed()]
        }
        PendingPhase::Delivered | PendingPhase::NotNow => {
            [t::pending_step_accepted(), t::pending_step_delivered(), t::pending_step_working()]
        }
    };
    let step = |(place, name): (usize, Text)| {
        let (state, state_word) = match place.cmp(&current) {
            std::cmp::Ordering::Less => (StepState::Done, t::live_step_done()),
            std::cmp::Ordering::Equal => (StepState::Current, t::live_step_current()),
            std::cmp::Ordering::Greater => (StepState::Later, t::live_step_later()),
        };
        PendingStep { name, state, state_word }
    };
    names.into_iter().enumerate().map(step).collect()
}
