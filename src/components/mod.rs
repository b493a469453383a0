//! The parts screens are made of. A component gets what it shows as arguments or from [`crate::shell`]'s context and says
//! what the person did as an event; it decides nothing.
//!
//! Markup is made with [`el`] and its relatives (`markup.rs`), which build nodes and never parse HTML: the content
//! security policy of production forbids HTML from strings (Trusted Types) and `style` attributes.
//! `tests/web_screens.rs` mounts every screen under it.

mod banner;
mod button;
mod chip;
mod contact;
mod device_list;
mod device_row;
mod flag;
mod footer;
mod header;
mod heading;
mod icon;
pub mod later;
mod live;
mod markup;
mod note;
mod notice;
mod skeleton;
mod steps;
mod tick;

pub use banner::{language_banner, offline_banner, service_banner};
pub use button::{Weight, button, link_button, pressable};
pub use chip::{status_chip, tone_class, tone_icon};
pub use contact::{Flow, contact_card, contact_ways};
pub use device_list::{DeviceListProps, device_list};
pub use device_row::{device_row, device_status};
pub use flag::{flag, mark_all, notification_item};
pub use footer::footer;
pub use header::header;
pub use heading::{focus_heading, heading, heading_live};
pub use icon::{Icon, icon};
pub use live::{Spoken, live_region};
pub use markup::{Element, Part, attach, effect, el, group, live, live_text, nothing, words};
pub use note::note_item;
pub use notice::{alert, message, notice_body, reference};
pub use skeleton::skeleton_rows;
pub use steps::{steps, trail};
pub use tick::tick_box;

/// The value of `aria-hidden` for what only decorates.
pub const HIDDEN: &str = "true";

/// The server's time to the minute: what "3 minutes ago" refers to. Coarse, so that a ticking second changes nothing.
#[must_use]
pub fn minute_now(model: &crate::app::Model) -> Option<portal_contract::UtcTime> {
    const MINUTE: i64 = 60_000;
    let millis = model.server_now()?.unix_millis();
    Some(portal_contract::UtcTime::from_unix_millis(millis - millis.rem_euclid(MINUTE)))
}
