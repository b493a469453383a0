//! Waiting: accepted is not done, and a person who waits is told for what, since when, and that they may leave.

use super::{ago, device_name, moment};
use crate::domain::{Device, PendingPhase, Platform, ResetRun};
use crate::i18n::{Text, t};
use portal_contract::UtcTime;

/// After this long without an answer the page asks whether the device is on: five minutes, in milliseconds.
const LONG_WAIT: i64 = 5 * 60 * 1000;

/// The words while the device has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingView {
    /// For which device.
    pub heading: Text,
    /// That it is not done.
    pub not_done: Text,
    /// How far it has come.
    pub phase: Text,
    /// Since when.
    pub since: Text,
    /// When the device last checked in.
    pub last_check_in: Text,
    /// After a while: when it was last seen, and whether it is on.
    pub long_wait: Option<Text>,
    /// What helps, a line each.
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
pub fn pending(device: &Device, run: &ResetRun, phase: PendingPhase, now: Option<UtcTime>) -> PendingView {
    let name = device_name(&device.name);
    let mut hints = vec![t::pending_connect(name.clone())];
    if device.platform == Platform::AppleMobile {
        hints.push(t::pending_apple_wifi());
    }
    let waited = now.map_or(0, |now| now.unix_millis().saturating_sub(run.started.unix_millis()));
    PendingView {
        heading: t::pending_heading(name),
        not_done: t::pending_not_done(),
        phase: match phase {
            PendingPhase::Waiting => t::pending_waiting(),
            PendingPhase::Delivered if waited >= LONG_WAIT => t::pending_not_now(),
            PendingPhase::Delivered => t::pending_delivered(),
        },
        since: t::pending_since(moment(run.started, now)),
        last_check_in: device
            .last_sync
            .map_or_else(t::pending_never_checked_in, |then| t::pending_last_check_in(moment(then, now))),
        long_wait: (waited >= LONG_WAIT && phase == PendingPhase::Waiting).then(|| {
            device
                .last_sync
                .map_or_else(t::pending_long_wait_never, |then| t::pending_long_wait(ago(then, now)))
        }),
        hints,
        leave: t::pending_leave(),
        cancel: match phase {
            PendingPhase::Waiting => Some(t::pending_cancel()),
            PendingPhase::Delivered => None,
        },
        reference: run.id.clone(),
    }
}
