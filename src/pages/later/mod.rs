//! The screens nobody sees on a first visit: one device, its reset and its history, the notifications, the help.
//!
//! They are a second WebAssembly module that is fetched when one of them is opened. `xtask/src/dist/split.rs` makes it:
//! what only [`show`] reaches, and the closures and drop glue whose names carry a path with `later` in it. So only
//! [`super::screen`] may name this module, and only through the pointer there; the rules (`app::LaterScreens`) see to it
//! that no such screen is shown before its part is there.

mod accessibility;
mod aftermath;
mod device;
mod device_actions;
mod help;
mod history;
mod idle;
mod not_me;
mod notifications;
mod passcode;
mod reach;

mod reset;
mod reset_confirm;
mod reset_done;
mod reset_explain;
mod reset_pending;

use crate::components::Part;
use crate::domain::{DeviceId, ResultId};

/// Which of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LaterScreen {
    Device(DeviceId),
    Reset(DeviceId),
    DeviceHistory(DeviceId),
    NotMe(DeviceId, ResultId),
    History,
    Passcode(DeviceId),
    Notifications,
    Help,
    Accessibility,
    /// No screen but a dialog over one.
    IdleWarning,
}

/// The one way in.
#[inline(never)]
pub(super) fn show(screen: LaterScreen) -> Part {
    match screen {
        LaterScreen::Device(id) => device::device(id),
        LaterScreen::Reset(id) => reset::reset(id),
        LaterScreen::DeviceHistory(id) => history::of_device(id),
        LaterScreen::NotMe(id, result) => not_me::not_me(&id, &result),
        LaterScreen::History => history::of_person(),
        LaterScreen::Accessibility => accessibility::accessibility(),
        LaterScreen::IdleWarning => idle::warning(),
        LaterScreen::Passcode(id) => passcode::passcode(id),
        LaterScreen::Notifications => notifications::notifications(),
        LaterScreen::Help => help::help(),
    }
}
