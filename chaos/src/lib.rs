//! Chaos: the real server program under load, killed with SIGKILL at random moments, started again over the same files,
//! and in the end held to its word.
//!
//! A crowd of clients resets, cancels, reveals and repeats; some cut their connection after sending, some go away for
//! good. Meanwhile the server dies again and again. When everything has settled, [`proof`] compares three records that
//! were written independently: what the clients were *told*, what the portal's database *says*, and what the simulated
//! devices *received* (the fleet's append-only log). Every accepted reset must have reached its device exactly once or be
//! reported as what it became. See `docs/chaos.md`.

mod client;
mod databases;
mod error;
mod observed;
pub mod proof;
mod report;
mod run;
mod server;
mod services;
pub mod tenant;

pub use error::ChaosError;
pub use report::Report;
pub use run::{Options, run};
pub use services::Kind;
