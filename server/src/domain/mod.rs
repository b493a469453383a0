//! The rules: pure functions and types that know no HTTP, no database, no clock and no source of randomness.

pub mod action;
pub mod action_run;
pub mod audit;
pub mod audit_chain;
pub mod audit_export;
pub mod category;
pub mod client;
pub mod device;
pub mod device_name;
pub mod freshness;
pub mod history;
pub mod idempotency;
pub mod ids;
pub mod operation;
pub mod passcode;
pub mod person;
pub mod policy;
pub mod quota;
pub mod rate;
pub mod secret;
pub mod secret_key;
pub mod session;
pub mod session_seal;
pub mod sign_in;
pub mod streams;
pub mod switches;
