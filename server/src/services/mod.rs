//! Device services: adapters behind the port, and the router that makes several of them one.

mod router;
pub mod simulated;

pub use router::{NamedService, ServiceRouter};
