//! What happened before, and "this wasn't me".

mod model;
mod update;

pub use model::*;
