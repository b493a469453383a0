//! Whether a device gets at what belongs to the organisation, and what has to be mended so that it does.

#[cfg(target_arch = "wasm32")]
pub(crate) mod screen;
pub mod words;

mod model;
mod update;

pub use model::*;
