//! What the tests of the server, the page, the chaos and the fuzzing stand on: one identity provider whose habits are
//! switches ([`Habits`]), a clock that moves when it is told to, a client, and a program that ends with its test.
//!
//! It knows nothing of the server: the server's tests may depend on it, and a mistake of the server is not made twice.
//! Whatever goes wrong in here panics; a test stops at once then and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "nothing but tests is built on it, and a failing one should stop at once"
)]

mod clock;
mod signer;

#[cfg(feature = "http")]
pub mod client;
#[cfg(feature = "http")]
pub mod process;
#[cfg(feature = "http")]
pub mod provider;

pub use clock::{Clock, START};
#[cfg(feature = "http")]
pub use provider::{Habits, Provider};
pub use signer::{Algorithm, Signer};
