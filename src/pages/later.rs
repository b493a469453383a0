//! The screens nobody sees on a first visit: one device, its reset and its history, the notifications, the help.
//!
//! They are a second WebAssembly module that is fetched when one of them is opened. `xtask/src/dist/split.rs` makes it:
//! what only [`show`] reaches, and the closures and drop glue whose names carry a path with `later` in it. So only
//! [`super::screen`] may name this module, and only through the pointer there; the rules (`app::LaterScreens`) see to it
//! that no such screen is shown before its part is there.

use super::help;
use crate::components::Part;
use crate::domain::{DeviceId, ResultId};
use crate::features::{actions, devices, history, notifications, passcode, shared_computer};

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
        LaterScreen::Device(id) => devices::screen::device(id),
        LaterScreen::Reset(id) => actions::screen::reset(id),
        LaterScreen::DeviceHistory(id) => history::screen::of_device(id),
        LaterScreen::NotMe(id, result) => history::screen::not_me(&id, &result),
        LaterScreen::History => history::screen::of_person(),
        LaterScreen::Accessibility => help::accessibility(),
        LaterScreen::IdleWarning => shared_computer::screen::warning(),
        LaterScreen::Passcode(id) => passcode::screen::passcode(id),
        LaterScreen::Notifications => notifications::screen::notifications(),
        LaterScreen::Help => help::help(),
    }
}
