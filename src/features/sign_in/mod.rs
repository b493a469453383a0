//! Signing in, out, and in again.

#[cfg(target_arch = "wasm32")]
pub(crate) mod screen;

mod model;
mod session_mode;
mod update;

pub use model::*;
