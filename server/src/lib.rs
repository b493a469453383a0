//! The server of the passcode portal: the REST API, the durable queue, and device services behind a port.
//!
//! Direction of dependencies, from the outside in; a check fails when it is broken:
//! `composition` -> `http`, `config`, adapters (`store_sqlite`, `services`, `oidc`, `vault_aead`,
//! `metrics`, `system`) -> `application` -> `ports` -> `domain` -> the contract crate. `operator` stands beside
//! `composition`.

pub mod application;
pub mod composition;
pub mod config;
pub mod domain;
pub mod http;
pub mod metrics;
pub mod oidc;
pub mod operator;
pub mod ports;
pub mod services;
pub mod store_sqlite;
pub mod system;
pub mod vault_aead;

/// Every block of memory is wiped when it is freed: the buffers of hyper, serde_json and jsonwebtoken hold tokens and
/// passcodes, and no type of ours can reach into them. Here, so that every binary that serves has it, the tests' too.
#[global_allocator]
static WIPES_WHAT_IS_FREED: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);
