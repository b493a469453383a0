//! What happened before, and "this wasn't me".

#[cfg(target_arch = "wasm32")]
pub(crate) mod screen;
pub mod words;

mod model;
mod update;

pub use model::*;
