//! Actions on a device. Resetting a passcode needs a fresh sign-in and has a flow of its own (`reset`); the others share
//! one (`runs`).

#[cfg(target_arch = "wasm32")]
pub(crate) mod screen;
pub mod words;

mod flows;
mod model;
mod reset;
mod runs;
mod update;

pub use flows::FlowEvent;
pub use model::*;
