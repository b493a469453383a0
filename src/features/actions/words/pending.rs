//! Waiting: accepted is not done, and a person who waits is told for what, since when, and that they may leave.
//!
//! "Will it reach the device?" before the reset, and what to try when it takes long.

use super::explanation::may_have_restarted;
use crate::domain::{ActionRun, Device, PendingPhase, Platform, ReachForecast, Seconds, Silence, silence};
use crate::i18n::{Text, t};
use crate::words::{ago, device_name, last_check_in, moment, span};
use portal_contract::UtcTime;

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Going on.
    Current,
    /// Ahead.
    Upcoming,
}

/// A step of the way from "accepted" to "confirmed".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingStep {
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
    pub not_done: Text,
    pub steps: Vec<PendingStep>,
    /// What the steps do not say: the device answered "not now".
    pub phase: Option<Text>,
    /// Since when.
    pub since: Text,
    /// When the device last checked in.
    pub last_check_in: Text,
    /// How long it took before; not once it takes longer.
    pub usual: Option<Text>,
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

/// The words for a reset the device has not acknowledged; `usual`: what it took before ([`crate::domain::usual_time`]).
#[must_use]
pub fn pending(
    device: &Device,
    run: &ActionRun,
    phase: PendingPhase,
    usual: Option<Seconds>,
    now: Option<UtcTime>,
) -> PendingView {
    let name = device_name(&device.name);
    // What helps to reach the device is of no use once it is reached.
    let mut hints = Vec::new();
    if phase == PendingPhase::Waiting {
        hints.push(t::pending_connect(name.clone()));
        if may_have_restarted(device, now) {
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
        since: t::pending_since(ago(run.started, now)),
        last_check_in: device
            .last_sync
            .map_or_else(t::pending_never_checked_in, |then| t::pending_last_check_in(ago(then, now))),
        usual: usual.filter(|_| takes_long.is_none()).map(|usual| t::pending_usual(span(usual))),
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
            std::cmp::Ordering::Greater => (StepState::Upcoming, t::live_step_later()),
        };
        PendingStep { name, state, state_word }
    };
    names.into_iter().enumerate().map(step).collect()
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The answer before the reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachView {
    /// The question.
    pub heading: Text,
    /// When the device last checked in.
    pub last_check_in: Text,
    /// What that means; absent while the server's time is not known.
    pub forecast: Option<Text>,
    /// An iPhone or iPad that was restarted cannot be reached by Wi-Fi alone.
    pub warning: Option<Text>,
    /// What waiting means.
    pub waiting: Text,
    /// When an order that is not picked up lapses, where that is known.
    pub expiry: Option<Text>,
    /// Whether something has to be done first.
    pub is_doubtful: bool,
}

/// Whether a reset will reach the device. `expires_after` is the server's `commandExpiresAfterSeconds`.
#[must_use]
pub fn reach(device: &Device, expires_after: Option<Seconds>, now: Option<UtcTime>) -> ReachView {
    let forecast = now.map(|now| ReachForecast::of(device.last_sync, now));
    ReachView {
        heading: t::reach_heading(),
        last_check_in: match device.last_sync {
            Some(_) => t::reach_last_check_in(last_check_in(device, now)),
            None => t::pending_never_checked_in(),
        },
        is_doubtful: forecast
            .is_some_and(|forecast| !matches!(forecast, ReachForecast::Recently | ReachForecast::Hours)),
        forecast: forecast.map(|forecast| match forecast {
            ReachForecast::Recently => t::reach_recently(),
            ReachForecast::Hours => t::reach_hours(),
            ReachForecast::Days => t::reach_days(),
            ReachForecast::LongAgo => t::reach_long_ago(),
            ReachForecast::Never => t::reach_never(),
        }),
        warning: may_have_restarted(device, now).then(t::explain_apple_wifi),
        waiting: t::reach_waiting(),
        expiry: expires_after.filter(|span| span.0 > 0).map(|span| t::reach_expires_after(length(span))),
    }
}

/// What to say and to try when a reset takes long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakesLongView {
    /// Since when the device is silent.
    pub silence: Text,
    /// The heading of what to try.
    pub heading: Text,
    /// What to try, in order.
    pub tries: Vec<Text>,
    /// When the order lapses, where that is known and still to come and the device does not have it yet.
    pub expiry: Option<Text>,
    /// When nothing helps.
    pub otherwise: Text,
}

/// The words for a reset that takes long; `None` while it does not. `expires` is the result's `expiresDateTime`.
#[must_use]
pub fn takes_long(
    device: &Device,
    run: &ActionRun,
    phase: PendingPhase,
    expires: Option<UtcTime>,
    now: Option<UtcTime>,
) -> Option<TakesLongView> {
    let silence = silence(run.started, phase, device.last_sync, now?)?;
    Some(TakesLongView {
        silence: match silence {
            Silence::NotSince(seen) => t::takes_long_not_since(moment(seen, now)),
            Silence::CheckedInAt(seen) => t::takes_long_checked_in(ago(seen, now)),
            Silence::Never => t::takes_long_never(),
            Silence::Unconfirmed => t::pending_not_now(),
        },
        heading: t::takes_long_heading(),
        tries: tries(device.platform),
        // Only of a reset that the device does not have can it be said that nothing changes when it lapses.
        expiry: expires
            .filter(|expires| phase == PendingPhase::Waiting && Some(*expires) > now)
            .map(t::takes_long_expires),
        otherwise: t::takes_long_otherwise(),
    })
}

fn tries(platform: Platform) -> Vec<Text> {
    let mut tries = vec![t::takes_long_power(), t::takes_long_flight_mode()];
    match platform {
        Platform::Android => tries.push(t::takes_long_android()),
        Platform::AppleMobile => tries.extend([t::takes_long_apple(), t::pending_apple_wifi()]),
        Platform::Windows10Mobile | Platform::WindowsPhone81 => tries.push(t::takes_long_windows()),
        Platform::VisionOs
        | Platform::WindowsPc
        | Platform::MacOs
        | Platform::Linux
        | Platform::ChromeOs
        | Platform::Other => {}
    }
    tries.push(t::takes_long_known_network());
    tries
}

/// A length of time in its largest unit that says it exactly.
fn length(span_of: Seconds) -> Text {
    let whole = |unit: i64| (span_of.0 % unit == 0).then(|| usize::try_from(span_of.0 / unit).ok()).flatten();
    if let Some(days) = whole(DAY) {
        t::reach_days_length(days)
    } else if let Some(hours) = whole(HOUR) {
        t::reach_hours_length(hours)
    } else {
        span(span_of)
    }
}
