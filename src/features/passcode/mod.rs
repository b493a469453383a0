//! The temporary passcode on the screen.

mod model;
mod update;

pub use model::*;
