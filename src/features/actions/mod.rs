//! Actions on a device. Resetting a passcode needs a fresh sign-in and has a flow of its own (`reset`); the others share
//! one (`runs`).

mod model;
mod reset;
mod runs;
mod update;

pub use model::*;
