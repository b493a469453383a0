//! The notification flag and its list.

use super::turn::Turn;
use super::{Announcement, ApiCall, Effect, FetchId, LoadState, TimerId};
use crate::api::{ApiError, decode_notifications};
use crate::domain::{DeviceId, Milliseconds};
use crate::http::HttpOutcome;
use crate::route::Route;
use portal_contract::Notification;
use std::sync::Arc;

/// Between two looks at the notifications.
const PAUSE: Milliseconds = Milliseconds(60_000);

impl Turn {
    pub(super) fn on_notifications_due(&mut self) {
        if self.model.is_visible {
            self.call(ApiCall::Notifications, 0);
        }
    }

    /// Without a stream, a notification is the news about its device: the row of the list tells the same as the flag.
    fn read_devices_of_news(&mut self, items: &[Notification]) {
        if self.model.live.is_open() {
            return;
        }
        let known = Arc::clone(&self.model.notifications.items);
        for item in items.iter().filter(|item| known.iter().all(|known| known.id != item.id)) {
            let device = DeviceId::parse(&item.device_id);
            if let Some(device) = device.filter(|device| self.model.devices.find(device).is_some()) {
                self.read_device(device);
            }
        }
    }

    /// The next look, unless changes are heard of.
    fn schedule_notifications(&mut self) {
        if self.model.live.is_looking_needed() {
            self.timer(TimerId::Notifications, PAUSE);
        }
    }

    pub(super) fn on_notifications_fetched(&mut self, id: &FetchId, outcome: &HttpOutcome) {
        match decode_notifications(outcome) {
            Ok(page) => {
                self.note_left_out(page.left_out, "notifications");
                let items = page.items;
                let was_loaded = self.model.notifications.state == LoadState::Loaded;
                let before = self.model.notifications.unread();
                if was_loaded {
                    self.read_devices_of_news(&items);
                }
                if *self.model.notifications.items != items {
                    self.model.notifications.items = Arc::new(items);
                }
                self.model.notifications.state = LoadState::Loaded;
                let new = self.model.notifications.unread().saturating_sub(before);
                if was_loaded && new > 0 {
                    self.say(Announcement::NotificationsArrived(new));
                }
                self.schedule_notifications();
            }
            // A look in the background must not take the person away; the next call of theirs signs in again.
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_))
                if self.model.route == Route::Notifications =>
            {
                self.on_unauthenticated();
            }
            Err(error) => {
                if !self.is_retried(id, &error) {
                    self.log(error.code(), "notifications");
                    if self.model.notifications.state != LoadState::Loaded
                        || self.model.route == Route::Notifications
                    {
                        self.model.notifications.state = LoadState::Failed(error);
                    }
                    self.timer(TimerId::Notifications, PAUSE);
                }
            }
        }
    }

    pub(super) fn on_notification_opened(&mut self, id: &str) {
        let items = &self.model.notifications.items;
        let Some(item) = items.iter().find(|notification| notification.id == id) else { return };
        let device = DeviceId::parse(&item.device_id);
        self.mark_read(id);
        if let Some(device) = device {
            self.go(Route::Device(device));
        }
    }

    /// The person has seen a notification: here, at the server, and in the other tabs.
    pub(super) fn mark_read(&mut self, id: &str) {
        if self.show_as_read(id) {
            self.call(ApiCall::MarkNotificationRead(id.to_owned()), 0);
            self.effect(Effect::BroadcastRead(id.to_owned()));
        }
    }

    /// Another tab has told the server already.
    pub(super) fn on_read_elsewhere(&mut self, id: &str) {
        self.show_as_read(id);
    }

    /// Whether it was unread until now.
    fn show_as_read(&mut self, id: &str) -> bool {
        let items = &self.model.notifications.items;
        let unread = items.iter().position(|notification| notification.id == id && !notification.is_read);
        let item = unread.and_then(|at| Arc::make_mut(&mut self.model.notifications.items).get_mut(at));
        item.is_some_and(|item| {
            item.is_read = true;
            true
        })
    }
}
