//! The list of devices and the details of one.

use super::{DeviceDetail, Event, Model};
use crate::api::{ApiError, decode_device, decode_devices};
use crate::core::{
    Announcement, ApiCall, Context, Effect, Fetch, FetchId, FollowUp, LIST, LoadState, TimerId,
};
use crate::domain::{ActionFlow, Device, DeviceId, Milliseconds, SubmitStep, elapsed};
use crate::features::{Features, actions::FlowEvent};
use crate::http::HttpOutcome;
use crate::route::Route;
use std::sync::Arc;

/// A list older than this, or one that lacks devices, is loaded again when its screen is entered.
const LIST_KEEPS: Milliseconds = Milliseconds(60_000);

/// The number of matching devices is said after such a pause in the typing.
const TYPING_PAUSE: Milliseconds = Milliseconds(700);

impl Model {
    /// What of this feature happened.
    pub(crate) fn update(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::FilterChanged(text) => self.on_filter_changed(text, context),
            Event::MoreChosen => self.on_more_chosen(context),
            Event::SelectionChosen(selection) => {
                self.list.select(selection);
                self.say_filter(context);
            }
            Event::SelectionCleared => {
                self.list.clear_selection();
                self.say_filter(context);
            }
            Event::DensityToggled => {
                self.list.is_dense = !self.list.is_dense;
                self.keep(0, context);
            }
            Event::PlaceLeft(place) => {
                if context.page.route == Route::Devices && self.list.state == LoadState::Loaded {
                    self.keep(place, context);
                }
            }
        }
    }

    pub(crate) fn on_filter_changed(&mut self, text: String, context: &mut Context) {
        self.list.set_filter(text);
        context.timer(TimerId::SayFilter, TYPING_PAUSE);
    }

    pub(crate) fn on_more_chosen(&mut self, context: &mut Context) {
        self.list.show_more();
        self.say_filter(context);
    }

    /// Keeps what was chosen for a reload.
    fn keep(&self, place: i32, context: &mut Context) {
        if let Some(person) = context.page.session.signed_in() {
            let record = self.list.record(&person.sub, place);
            context.store(LIST.to_owned(), record);
        }
    }

    pub(crate) fn say_filter(&self, context: &mut Context) {
        self.keep(0, context);
        let devices = &self.list;
        let shown = devices.matching().len().min(devices.limit);
        let total = devices.all().len();
        context.say(Announcement::DevicesShown { shown, total });
    }

    pub(crate) fn load(&mut self, context: &mut Context) {
        let is_young = |loaded| elapsed(loaded, context.now) < LIST_KEEPS;
        let is_fine = match self.list.state {
            LoadState::Loading => true,
            LoadState::Loaded => {
                let devices = &self.list;
                !devices.is_partial() && devices.loaded().is_some_and(is_young)
            }
            LoadState::NotAsked | LoadState::Failed(_) => false,
        };
        if !is_fine {
            self.reload(context);
        }
    }

    /// Loads the list anew; what is there stays until it is complete.
    pub(crate) fn reload(&mut self, context: &mut Context) {
        if let (Some(record), Some(person)) =
            (context.page.stored.list.take(), context.page.session.signed_in())
        {
            self.place = self.list.restore(&record, &person.sub);
        }
        self.list.begin();
        context.call(ApiCall::Devices(None), 0);
    }

    /// Shows what the list knows already while the device is read.
    pub(crate) fn open(&mut self, id: DeviceId, context: &mut Context) {
        let known = self.list.find(&id).cloned();
        let detail = &mut self.detail;
        if detail.id.as_ref() != Some(&id) {
            *detail = DeviceDetail { id: Some(id.clone()), device: known, state: LoadState::Loading };
        } else {
            detail.state = LoadState::Loading;
        }
        self.read(id, context);
    }

    /// Reads a device, once per step.
    pub(crate) fn read(&mut self, id: DeviceId, context: &mut Context) {
        let what = Fetch::Api(ApiCall::Device(id.clone()));
        let is_it = |effect: &Effect| matches!(effect, Effect::Fetch { id, .. } if id.what == what);
        if !context.effects().iter().any(is_it) {
            self.reads.expect(&id);
            context.call(ApiCall::Device(id), 0);
        }
    }

    /// What was read a moment ago is read again by the screen that is entered next.
    pub(crate) fn outdate(&mut self) {
        if self.list.state == LoadState::Loaded {
            self.list.state = LoadState::NotAsked;
        }
    }
}

impl Features {
    pub(crate) fn on_devices_fetched(&mut self, id: &FetchId, outcome: &HttpOutcome, context: &mut Context) {
        let Some(config) = context.page.config.ready() else { return };
        match decode_devices(outcome, &config.api_base) {
            Ok(page) => {
                context.note_left_out(page.left_out, "devices");
                let devices = self.newest_of_page(page.devices, id.order, context);
                if page.is_partial {
                    context.log("api.service_unavailable", "devices");
                    self.devices.list.note_partial();
                }
                self.devices.list.set_time(context.page.server_now());
                self.devices.list.take_page(devices, page.next.is_none(), context.now);
                let shown = self.devices.detail.device.take();
                self.devices.detail.device = shown.map(|shown| self.devices.list.as_shown(shown));
                if let Some(next) = page.next {
                    context.call(ApiCall::Devices(Some(next)), 0);
                } else {
                    let place = std::mem::take(&mut self.devices.place);
                    if place > 0 && context.page.route == Route::Devices {
                        context.effect(Effect::ScrollTo(place));
                    }
                }
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                if !context.is_retried(id, &error) {
                    context.log(error.code(), "devices");
                    self.devices.list.state = LoadState::Failed(error);
                }
            }
        }
    }

    /// A page of the list, with what is known better put in the place of what it says; and what it knows better is learned
    /// wherever else the device is shown.
    fn newest_of_page(
        &mut self,
        mut devices: Vec<Arc<Device>>,
        order: u32,
        context: &mut Context,
    ) -> Vec<Arc<Device>> {
        for device in &mut devices {
            let is_shown = self.devices.detail.id.as_ref() == Some(&device.id);
            if self.devices.reads.is_newest(&device.id, order) {
                let is_elsewhere = is_shown || self.actions.reset.device() == Some(&device.id);
                self.devices.reads.take(&device.id, order);
                if is_elsewhere {
                    self.learn(Arc::clone(device), context);
                }
            } else {
                let shown = self.devices.detail.device.as_ref().filter(|_| is_shown);
                if let Some(known) = shown.or_else(|| self.devices.list.find(&device.id)) {
                    *device = Arc::clone(known);
                }
            }
        }
        devices
    }

    /// What was just read of a device, wherever it is shown.
    fn learn(&mut self, read: Arc<Device>, context: &mut Context) {
        let read = self.devices.list.as_shown(read);
        self.devices.list.replace(&read);
        let read = self.devices.list.as_shown(read);
        if self.devices.detail.id.as_ref() == Some(&read.id) {
            self.devices.detail.device = Some(Arc::clone(&read));
            self.devices.detail.state = LoadState::Loaded;
        }
        if self.passcode.is_outdated_by(&read) {
            self.passcode.hide(context);
        }
        self.tell_flows(FlowEvent::DeviceRead(read), context);
    }

    pub(crate) fn on_device_fetched(
        &mut self,
        device: &DeviceId,
        id: &FetchId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        let decoded = decode_device(outcome);
        let is_answer = !matches!(decoded, Err(ApiError::Network(_)));
        if is_answer && !self.devices.reads.is_newest(device, id.order) {
            return context.log("api.out_of_order", "device");
        }
        match decoded {
            Ok(read) => {
                self.devices.reads.take(device, id.order);
                self.learn(read, context);
                self.schedule_poll(context);
            }
            Err(ApiError::NotFound) => {
                self.devices.reads.take(device, id.order);
                self.devices.list.remove(device);
                if self.devices.detail.id.as_ref() == Some(device) {
                    self.devices.detail.device = None;
                    self.devices.detail.state = LoadState::Failed(ApiError::NotFound);
                }
                self.tell_flows(FlowEvent::DeviceGone(device.clone()), context);
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                let is_watched = self.actions.reset.device() == Some(device)
                    && matches!(
                        self.actions.reset,
                        ActionFlow::Pending { .. } | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
                    );
                if is_watched || self.actions.is_awaited(device) {
                    // Whoever waits for a device keeps looking; each look is patient by itself.
                    self.fail_detail(device, error, context);
                    self.poll_later(context);
                } else if !context.is_retried(id, &error) {
                    self.fail_detail(device, error, context);
                }
            }
        }
    }

    fn fail_detail(&mut self, device: &DeviceId, error: ApiError, context: &mut Context) {
        context.log(error.code(), "device");
        if self.devices.detail.id.as_ref() == Some(device) {
            self.devices.detail.state = LoadState::Failed(error);
        }
    }
}
