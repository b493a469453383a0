//! Changes as they happen.

mod model;
mod update;

pub use model::*;
