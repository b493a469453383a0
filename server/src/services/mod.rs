//! Device services: adapters behind the port, and the router that makes several of them one.

pub mod graph;
pub mod http;
mod router;
pub mod simulated;
mod unreadable;

pub use router::{NamedService, ServiceRouter};
