//! The list of devices and the details of one.

use super::turn::Turn;
use super::{Announcement, ApiCall, FetchId, LoadState, TimerId};
use crate::api::{ApiError, decode_device, decode_devices};
use crate::domain::{ActionEvent, ActionFlow, Device, DeviceId, Milliseconds, SubmitStep};
use crate::http::HttpOutcome;
use std::sync::Arc;

/// The number of matching devices is said once the typing pauses this long.
const TYPING_PAUSE: Milliseconds = Milliseconds(700);

impl Turn {
    pub(super) fn on_devices_fetched(&mut self, id: &FetchId, outcome: &HttpOutcome) {
        let Some(config) = self.model.config.ready() else { return };
        match decode_devices(outcome, &config.api_base) {
            Ok(page) => {
                self.note_left_out(page.left_out, "devices");
                let devices = self.newest_of_page(page.devices, id.order);
                if page.is_partial {
                    self.log("api.service_unavailable", "devices");
                    self.model.devices.note_partial();
                }
                self.model.devices.take_page(devices, page.next.is_none(), self.now);
                if let Some(next) = page.next {
                    self.call(ApiCall::Devices(Some(next)), 0);
                }
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                self.on_unauthenticated();
            }
            Err(error) => {
                if !self.is_retried(id, &error) {
                    self.log(error.code(), "devices");
                    self.model.devices.state = LoadState::Failed(error);
                }
            }
        }
    }

    /// A page of the list, with what is known better put in the place of what it says; and what it knows better is learned
    /// wherever else the device is shown.
    fn newest_of_page(&mut self, mut devices: Vec<Arc<Device>>, order: u32) -> Vec<Arc<Device>> {
        for device in &mut devices {
            let model = &self.model;
            let is_shown = model.device.id.as_ref() == Some(&device.id);
            if model.reads.is_newest(&device.id, order) {
                let is_elsewhere = is_shown || model.reset.device() == Some(&device.id);
                self.model.reads.take(&device.id, order);
                if is_elsewhere {
                    self.learn(Arc::clone(device));
                }
            } else {
                let shown = model.device.device.as_ref().filter(|_| is_shown);
                if let Some(known) = shown.or_else(|| model.devices.find(&device.id)) {
                    *device = Arc::clone(known);
                }
            }
        }
        devices
    }

    /// What was just read of a device, wherever it is shown.
    fn learn(&mut self, read: Arc<Device>) {
        self.model.devices.replace(&read);
        if self.model.device.id.as_ref() == Some(&read.id) {
            self.model.device.device = Some(Arc::clone(&read));
            self.model.device.state = LoadState::Loaded;
        }
        let server_now = self.model.server_now();
        self.learn_for_actions(&read, server_now);
        self.reset(ActionEvent::DeviceRead { device: read, server_now });
    }

    pub(super) fn on_filter_changed(&mut self, text: String) {
        self.model.devices.set_filter(text);
        self.timer(TimerId::SayFilter, TYPING_PAUSE);
    }

    pub(super) fn on_more_devices_chosen(&mut self) {
        self.model.devices.show_more();
        self.say_filter();
    }

    pub(super) fn say_filter(&mut self) {
        let devices = &self.model.devices;
        let shown = devices.matching().len().min(devices.limit);
        let total = devices.all().len();
        self.say(Announcement::DevicesShown { shown, total });
    }

    pub(super) fn on_device_fetched(&mut self, device: &DeviceId, id: &FetchId, outcome: &HttpOutcome) {
        let decoded = decode_device(outcome);
        let is_answer = !matches!(decoded, Err(ApiError::Network(_)));
        if is_answer && !self.model.reads.is_newest(device, id.order) {
            return self.log("api.out_of_order", "device");
        }
        match decoded {
            Ok(read) => {
                self.model.reads.take(device, id.order);
                self.learn(read);
                self.schedule_look();
            }
            Err(ApiError::NotFound) => {
                self.model.reads.take(device, id.order);
                self.model.devices.remove(device);
                if self.model.device.id.as_ref() == Some(device) {
                    self.model.device.device = None;
                    self.model.device.state = LoadState::Failed(ApiError::NotFound);
                }
                self.device_gone_for_actions(device);
                self.reset(ActionEvent::DeviceGone(device.clone()));
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                self.on_unauthenticated();
            }
            Err(error) => {
                let is_watched = self.model.reset.device() == Some(device)
                    && matches!(
                        self.model.reset,
                        ActionFlow::Pending { .. } | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
                    );
                if is_watched || self.model.actions.is_awaited(device) {
                    // Whoever waits for a device keeps looking; each look is patient by itself.
                    self.fail_detail(device, error);
                    self.look_later();
                } else if !self.is_retried(id, &error) {
                    self.fail_detail(device, error);
                }
            }
        }
    }

    fn fail_detail(&mut self, device: &DeviceId, error: ApiError) {
        self.log(error.code(), "device");
        if self.model.device.id.as_ref() == Some(device) {
            self.model.device.state = LoadState::Failed(error);
        }
    }
}
