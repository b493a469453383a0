//! The parts screens are made of. A component gets what it shows as arguments or from [`crate::shell`]'s context and says
//! what the person did as an event; it decides nothing.
//!
//! Markup is made with [`el`] and its relatives (`markup.rs`), which build nodes and never parse HTML: the content
//! security policy of production forbids HTML from strings (Trusted Types) and `style` attributes.
//! `tests/web_screens.rs` mounts every screen under it.

mod button;
mod choice;
mod contact;
mod dialog;
mod heading;
mod icon;
mod markup;
mod notice;
mod parts;
mod steps;

pub use button::{Weight, button, link_button, pressable, tick_box};
pub(crate) use choice::{choice, select_field};
pub(crate) use contact::contact_ways_with;
pub use contact::{Flow, contact_card, contact_notes, contact_ways};
pub use dialog::{dialog, focus_return};
pub use heading::{Spoken, focus_heading, heading, heading_live, live_region, take_lost_focus};
pub use icon::{Icon, icon};
pub use markup::{Element, View, attach, effect, el, group, live, live_text, nothing, words};
pub use notice::{alert, message, note_item, notice_body, reference, status_chip, tone_class, tone_icon};
pub(crate) use parts::*;
pub use steps::{skeleton_rows, steps, trail};

/// The value of `aria-hidden` for what only decorates.
pub const HIDDEN: &str = "true";

/// The server's time to the minute: what "3 minutes ago" refers to. Coarse, so that a ticking second changes nothing.
#[must_use]
pub fn minute_now(model: &crate::app::Model) -> Option<portal_contract::UtcTime> {
    const MINUTE: i64 = 60_000;
    let millis = model.server_now()?.unix_millis();
    Some(portal_contract::UtcTime::from_unix_millis(millis - millis.rem_euclid(MINUTE)))
}
