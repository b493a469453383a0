//! "Remote lock": what helps where the device is not at hand. The page has no call for it yet (the contract names the
//! action and no address), so it keeps its place as an unavailable command that says why and what to do.

use super::super::parts::{actions, branding, known_device};
use crate::components::{Flow, Part, contact_ways, el, group, live};
use crate::domain::DeviceId;
use crate::i18n::t;
use crate::shell::{select, use_model};
use crate::view::{self, RefusalView};

/// The command for a device. `reason` is the id of the element that says why not; different where two stand on one screen.
pub(super) fn remote_lock(id: &DeviceId, reason: &'static str) -> Part {
    let wanted = id.clone();
    let refusal = select(use_model(), move |model| {
        known_device(model, &wanted).map(|device| view::remote_lock(&device))
    });
    live(move || {
        refusal.get().map(|refusal| match refusal {
            Some(refusal) => unavailable(refusal, reason),
            None => {
                group([el("p").words(t::remote_lock_available()).into(), contact_ways(branding(), Flow::Row)])
            }
        })
    })
}

fn unavailable(refusal: RefusalView, reason: &'static str) -> Part {
    let button = el("button")
        .attr("type", "button")
        .class("button")
        .attr("aria-disabled", "true")
        .attr("aria-describedby", reason)
        .words(t::remote_lock_command());
    let words =
        el("p").class("reference").attr("id", reason).words(refusal.why).text(" ").words(refusal.instead);
    group([actions(button), words.into()])
}
