//! How often Graph is asked about a device: often while somebody watches, seldom later. Whoever asks in between is answered from
//! memory, in which no passcode is kept.

use super::results::DeviceState;
use crate::domain::ids::DeviceId;
use portal_contract::UtcTime;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How many devices are remembered at most.
const MANY_DEVICES: usize = 10_000;

/// The shortest time between two questions about a device, in milliseconds, by the age of the command.
pub(super) fn pause_millis(posted: UtcTime, now: UtcTime) -> u64 {
    match now.unix_millis().abs_diff(posted.unix_millis()) {
        0..120_000 => 5_000,
        120_000..3_600_000 => 30_000,
        3_600_000.. => 300_000,
    }
}

/// What Graph said of each device, and when.
#[derive(Default)]
pub(super) struct Memory {
    devices: Mutex<HashMap<DeviceId, (UtcTime, DeviceState)>>,
}

impl Memory {
    /// What Graph said less than this time ago.
    pub(super) fn recent(&self, device: &DeviceId, now: UtcTime, pause_millis: u64) -> Option<DeviceState> {
        let devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, state) = devices.get(device)?;
        (now.unix_millis().abs_diff(at.unix_millis()) < pause_millis).then(|| state.clone())
    }

    pub(super) fn remember(&self, device: &DeviceId, now: UtcTime, state: &DeviceState) {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if devices.len() >= MANY_DEVICES {
            devices.clear();
        }
        devices.insert(device.clone(), (now, state.stripped()));
    }

    pub(super) fn forget(&self, device: &DeviceId) {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner).remove(device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_asked_about_often_at_first_and_seldom_later() {
        let pause = |seconds: i64| {
            let began = UtcTime::from_unix_seconds(1_000_000);
            pause_millis(began, UtcTime::from_unix_seconds(1_000_000 + seconds))
        };
        assert_eq!(
            [0, 119, 120, 3599, 3600, 604_800].map(pause),
            [5000, 5000, 30_000, 30_000, 300_000, 300_000]
        );
        assert_eq!(pause(-7200), 300_000, "a clock set back is no reason to ask often");
    }
}
