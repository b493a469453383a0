//! Which of several answers about a device is the newest one. Answers arrive in any order (a read, the list, a read after an
//! event, a retry), so each carries its place among the questions, and one that was asked earlier than what is known
//! already is dropped: the page never goes back to an older truth.

use crate::domain::DeviceId;
use std::sync::Arc;

/// When what is known of a device was asked for; only of devices that are or were read by themselves, because the list
/// alone comes in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reads(Arc<Vec<(DeviceId, u32)>>);

impl Reads {
    /// A device is about to be read by itself.
    pub(super) fn expect(&mut self, device: &DeviceId) {
        if self.place(device).is_none() {
            Arc::make_mut(&mut self.0).push((device.clone(), 0));
        }
    }

    /// Whether nothing newer is known of the device.
    pub(super) fn is_newest(&self, device: &DeviceId, order: u32) -> bool {
        let known = self.place(device).and_then(|place| self.0.get(place));
        known.is_none_or(|(_, known)| order >= *known)
    }

    /// What was asked for at this place is known now.
    pub(super) fn take(&mut self, device: &DeviceId, order: u32) {
        if let Some(place) = self.place(device)
            && let Some((_, known)) = Arc::make_mut(&mut self.0).get_mut(place)
        {
            *known = order;
        }
    }

    fn place(&self, device: &DeviceId) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == device)
    }
}
