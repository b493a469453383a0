//! Which language the page speaks.

mod model;
mod update;

pub use model::*;
