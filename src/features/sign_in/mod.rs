//! Signing in, out, and in again.

mod model;
mod session_mode;
mod update;

pub use model::*;
