//! "Will the reset reach the device?" at the device and at A's own page: too much for a dialog.

use super::super::parts::{known_device, outcome_list, titled};
use crate::components::{Icon, Part, live, minute_now};
use crate::domain::{DeviceId, ResetAvailability};
use crate::shell::{Selected, select, use_model};
use crate::view::{self, ReachView};

/// What is known about reaching the device; it follows the device and the clock. Nothing where no reset can be asked for.
pub(super) fn reach_of(id: &DeviceId) -> Selected<Option<ReachView>> {
    let id = id.clone();
    select(use_model(), move |model| {
        let device = known_device(model, &id)?;
        let can_be_reset =
            matches!(device.reset, ResetAvailability::Allowed(_)) && device.open_run().is_none();
        can_be_reset.then(|| view::reach(&device, device.reset_lapses_after, minute_now(model)))
    })
}

/// The card.
pub(super) fn reach(id: &DeviceId) -> Part {
    let words = reach_of(id);
    live(move || words.get().map(card))
}

fn card(words: ReachView) -> Part {
    let mut lines = vec![(Icon::Clock, words.last_check_in)];
    lines.extend(words.forecast.map(|forecast| (Icon::Info, forecast)));
    lines.extend(words.warning.map(|warning| (Icon::Warning, warning)));
    lines.push((Icon::Info, words.waiting));
    lines.extend(words.expiry.map(|expiry| (Icon::Info, expiry)));
    titled("card stack", "reach-heading", words.heading).child(outcome_list(lines)).into()
}
