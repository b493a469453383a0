//! A computer that is not the person's own.

#[cfg(target_arch = "wasm32")]
pub(crate) mod screen;
pub mod words;

mod model;
mod update;

pub use model::*;
