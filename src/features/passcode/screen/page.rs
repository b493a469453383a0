//! `/devices/{id}/passcode`: the temporary passcode on a page of its own, as large as the screen allows, with the steps on the
//! device beside it. To be read across a desk, by weak eyes, or from a phone held next to the locked one. Hidden first, like
//! everywhere: leaving another screen took it off that one.

use crate::api::ApiError;
use crate::app::Model;
use crate::components::{
    View, back_to_device, button_row, device_link, el, group, heading_live, known_device, live, load_failed,
    load_problem, message, named, steps, titled,
};
use crate::core::LoadState;
use crate::domain::{Biometrics, DeviceId, PasscodeCertainty, Platform};
use crate::features::actions;
use crate::features::actions::screen::print_steps;
use crate::features::devices::screen::gone;
use crate::features::passcode::screen::{PanelPlace, passcode_panel};
use crate::i18n::{Text, t};
use crate::shell::{select, use_model};
use crate::words;
use crate::words::Tone;
use portal_contract::ResetOutcome;

/// The screen.
pub(crate) fn passcode(id: DeviceId) -> View {
    let model = use_model();
    let is_gone = select(model, |model| {
        matches!(model.features.devices.detail.state, LoadState::Failed(ApiError::NotFound))
    });
    let wanted = id.clone();
    let problem = select(model, move |model| {
        let is_known = known_device(model, &wanted).is_some();
        if is_known {
            None
        } else {
            load_problem(&model.features.devices.detail.state, t::device_error_heading())
        }
    });
    let wanted = id.clone();
    let shown = select(model, move |model| Shown::of(model, &wanted));
    let back = back_to_device(&id);
    let body = live(move || {
        if is_gone.get() {
            return gone();
        }
        let id = id.clone();
        group([
            heading_live(named(&id, t::title_passcode)),
            load_failed(problem),
            live(move || shown.get().map(|shown| shown.body(&id))),
        ])
    });
    el("div").class("stack").child(back).child(body).into()
}

/// What decides what stands here. A device that is read again with other facts changes nothing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    name: Text,
    platform: Platform,
    outcome: ResetOutcome,
    certainty: Option<PasscodeCertainty>,
}

impl Shown {
    fn of(model: &Model, id: &DeviceId) -> Option<Self> {
        known_device(model, id).map(|device| Self {
            name: words::device_name(&device.name),
            platform: device.platform,
            outcome: device.told_outcome(),
            certainty: device.may_have_temporary_passcode(),
        })
    }

    fn body(self, id: &DeviceId) -> View {
        let Some(certainty) = self.certainty else {
            let back = button_row(device_link(t::done_back(), id));
            return message(Tone::Neutral, None, vec![t::passcode_no_reset()], Some(back));
        };
        let on_device = actions::words::on_device(self.platform, self.outcome, Biometrics::Either);
        group([
            passcode_panel(id.clone(), self.platform, self.outcome, certainty, PanelPlace::OwnPage),
            titled("card stack", "steps-heading", t::on_device_heading(self.name))
                .child(steps(on_device))
                .child(print_steps(id.clone()))
                .into(),
        ])
    }
}
