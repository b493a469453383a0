//! The rules: pure functions and types that know no HTTP, no database, no clock and no source of randomness.

pub mod audit;
pub mod client;
pub mod command;
pub mod device;
pub mod freshness;
pub mod history;
pub mod idempotency;
pub mod ids;
pub mod passcode;
pub mod person;
pub mod policy;
pub mod rate;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod streams;
