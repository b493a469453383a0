//! The server's tests: real SQLite files, real tokens from a provider that runs inside the test, a clock the
//! test holds. One binary, so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    missing_docs,
    reason = "a failing test should stop at once and say where"
)]

mod actions;
mod algorithms;
mod api;
mod attack_list;
mod back_end_faults;
mod chain_cost;
mod chaos;
mod check;
mod clock_jumps;
mod configuration;
mod connector_check;
mod connector_document;
mod connector_events;
mod connector_sample;
mod crash_points;
mod disk_and_locks;
mod events;
mod fleet;
mod graph_configuration;
mod graph_devices;
mod graph_portal;
mod graph_runs;
mod graph_token;
mod history;
mod http_configuration;
mod http_service;
mod issued_secrets;
mod killed;
mod limits;
mod memory;
mod memory_of_services;
mod memory_of_sessions;
mod migrations;
mod openapi;
mod operation;
mod operator;
mod outgoing;
mod page;
mod policy_rows;
mod provider_faults;
mod provider_table;
mod reset;
/// The sample that is there to be copied from.
#[path = "../../examples/connector.rs"]
#[allow(dead_code, reason = "its `main` is not called")]
mod sample_connector;
mod secrets;
mod services;
mod serving;
mod session_audit;
mod session_bounds;
mod session_configuration;
mod session_go_on;
mod session_guard;
mod session_habits;
mod session_limits;
mod session_sign_in;
mod session_sign_out;
mod sessions;
mod skipped_sign_in;
mod storage;
mod support;
mod tokens;
mod under_path;
