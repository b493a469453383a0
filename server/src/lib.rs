//! The server of the passcode portal: the REST API, the durable command queue, and a simulated fleet behind a
//! port.
//!
//! Direction of dependencies, from the outside in; a check fails when it is broken:
//! `composition` -> `http`, `config`, adapters (`store_sqlite`, `backend_simulated`, `oidc`, `vault_aead`,
//! `system`) -> `application` -> `ports` -> `domain` -> the contract crate.

pub mod application;
pub mod backend_simulated;
pub mod composition;
pub mod config;
pub mod domain;
pub mod http;
pub mod oidc;
pub mod operator;
pub mod ports;
pub mod store_sqlite;
pub mod system;
pub mod vault_aead;
