//! What ended since the last visit.

mod model;
mod update;

pub use model::*;
