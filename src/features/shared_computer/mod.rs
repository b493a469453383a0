//! A computer that is not the person's own.

mod model;
mod update;

pub use model::*;
