//! The HTTP edge: reads requests, calls the application, writes answers. No rule lives here.

mod api_error;
mod auth;
mod bounded_body;
mod bounded_head;
mod call;
mod client_address;
mod conditional;
mod connections;
mod connector_events;
mod cors;
mod finish;
mod handlers;
mod health;
mod host;
mod listeners;
mod navigation;
mod openapi;
mod operation;
pub mod page;
mod router;
mod serve;
mod session;
mod tracked_body;
mod under_path;

pub use client_address::ProxyNotice;
pub use listeners::{ListenError, Listeners};
pub use operation::operation_router;
pub use router::{EdgeSettings, EdgeState, router};
pub use serve::{ServeLimits, WRITE_STALL, serve};
pub use session::{SessionEdge, SignInMode};
