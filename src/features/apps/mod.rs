//! The organisation's applications on a device, and how far each is.

#[cfg(target_arch = "wasm32")]
pub(crate) mod screen;
pub mod words;

mod model;
mod update;

pub use model::*;
