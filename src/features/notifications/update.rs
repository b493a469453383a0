//! The notification flag and its list.

use super::{Event, Model};
use crate::api::{ApiError, decode_notifications};
use crate::core::{Announcement, ApiCall, Context, Effect, FetchId, FollowUp, LoadState, TimerId};
use crate::domain::{DeviceId, Milliseconds};
use crate::features::Features;
use crate::http::HttpOutcome;
use crate::route::Route;
use portal_contract::Notification;
use std::sync::Arc;

/// Between two looks at the notifications.
const PAUSE: Milliseconds = Milliseconds(60_000);

impl Model {
    /// Asks for the notifications. For nobody there are none.
    pub(crate) fn ask(&mut self, context: &mut Context) {
        if context.page.session.signed_in().is_none() {
            return;
        }
        if self.state != LoadState::Loaded {
            self.state = LoadState::Loading;
        }
        context.call(ApiCall::Notifications, 0);
    }

    pub(crate) fn on_due(&mut self, context: &mut Context) {
        if context.page.is_visible {
            self.ask(context);
        }
    }

    /// The person has seen a notification: here, at the server, and in the other tabs.
    pub(crate) fn mark_read(&mut self, id: &str, context: &mut Context) {
        if self.show_as_read(id) {
            context.call(ApiCall::MarkNotificationRead(id.to_owned()), 0);
            context.effect(Effect::BroadcastRead(id.to_owned()));
        }
    }

    /// Another tab has told the server already.
    pub(crate) fn on_read_elsewhere(&mut self, id: &str) {
        self.show_as_read(id);
    }

    /// Whether it was unread until now.
    fn show_as_read(&mut self, id: &str) -> bool {
        let items = &self.items;
        let unread = items.iter().position(|notification| notification.id == id && !notification.is_read);
        let item = unread.and_then(|at| Arc::make_mut(&mut self.items).get_mut(at));
        item.is_some_and(|item| {
            item.is_read = true;
            true
        })
    }
}

impl Features {
    /// What of the notifications happened. Opening one leads to its device.
    pub(crate) fn update_notifications(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::Opened(id) => self.on_notification_opened(&id, context),
            Event::Read(id) => self.notifications.mark_read(&id, context),
            Event::AllRead => {
                let unread = self.notifications.items.iter().filter(|item| !item.is_read);
                for id in unread.map(|item| item.id.clone()).collect::<Vec<_>>() {
                    self.notifications.mark_read(&id, context);
                }
            }
            Event::ReadElsewhere(id) => self.notifications.on_read_elsewhere(&id),
        }
    }

    pub(crate) fn on_notification_opened(&mut self, id: &str, context: &mut Context) {
        let items = &self.notifications.items;
        let Some(item) = items.iter().find(|notification| notification.id == id) else { return };
        let device = DeviceId::parse(&item.device_id);
        self.notifications.mark_read(id, context);
        if let Some(device) = device {
            self.go(Route::Device(device), context);
        }
    }

    /// The unread notification whose result stands on the visible screen.
    fn on_screen(&self, context: &Context) -> Option<String> {
        let flow = self.actions.shown(&context.page.route)?;
        if !context.page.is_visible || !flow.has_ended() {
            return None;
        }
        let run = &flow.run()?.id;
        let items = &self.notifications.items;
        items.iter().find(|item| item.result_id == *run && !item.is_read).map(|item| item.id.clone())
    }

    /// How many unread notifications say something new: what is on the screen has been said.
    fn unsaid(&self, context: &Context) -> usize {
        let unread = self.notifications.unread();
        unread.saturating_sub(usize::from(self.on_screen(context).is_some()))
    }

    /// The screen is left: a notification whose result stood on it is read. Until then the flag confirms it.
    pub(crate) fn read_what_was_on_screen(&mut self, context: &mut Context) {
        if let Some(id) = self.on_screen(context) {
            self.notifications.mark_read(&id, context);
        }
    }

    /// Without a stream, a notification is the news about its device: the row of the list tells the same as the flag.
    fn read_devices_of_news(&mut self, items: &[Notification], context: &mut Context) {
        if self.live.is_open() {
            return;
        }
        let known = Arc::clone(&self.notifications.items);
        for item in items.iter().filter(|item| known.iter().all(|known| known.id != item.id)) {
            let device = DeviceId::parse(&item.device_id);
            if let Some(device) = device.filter(|device| self.devices.list.find(device).is_some()) {
                self.devices.read(device, context);
            }
        }
    }

    /// The next look, unless changes are heard of.
    fn schedule_notifications(&mut self, context: &mut Context) {
        if self.live.is_polling_needed() {
            context.timer(TimerId::Notifications, PAUSE);
        }
    }

    pub(crate) fn on_notifications_fetched(
        &mut self,
        id: &FetchId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        match decode_notifications(outcome) {
            Ok(page) => {
                context.note_left_out(page.left_out, "notifications");
                let items = page.items;
                let was_loaded = self.notifications.state == LoadState::Loaded;
                let before = self.unsaid(context);
                if was_loaded {
                    self.read_devices_of_news(&items, context);
                }
                if *self.notifications.items != items {
                    self.notifications.items = Arc::new(items);
                }
                self.notifications.state = LoadState::Loaded;
                let new = self.unsaid(context).saturating_sub(before);
                if was_loaded && new > 0 {
                    context.say(Announcement::NotificationsArrived(new));
                }
                self.schedule_notifications(context);
            }
            // A look in the background must not take the person away; the next call of theirs signs in again.
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_))
                if context.page.route == Route::Notifications =>
            {
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                if !context.is_retried(id, &error) {
                    context.log(error.code(), "notifications");
                    if self.notifications.state != LoadState::Loaded
                        || context.page.route == Route::Notifications
                    {
                        self.notifications.state = LoadState::Failed(error);
                    }
                    context.timer(TimerId::Notifications, PAUSE);
                }
            }
        }
    }
}
