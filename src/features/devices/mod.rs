//! The list of devices and the details of one.

mod model;
mod update;

pub use model::*;
