//! The HTTP edge: reads requests, calls the application, writes answers. No rule lives here.

mod api_error;
mod auth;
mod call;
mod conditional;
mod cors;
mod finish;
mod handlers;
mod health;
mod openapi;
pub mod page;
mod router;
mod serve;
mod session;
mod stream_body;

pub use router::{EdgeSettings, EdgeState, router};
pub use serve::{ListenError, Listeners, ServeLimits, serve};
pub use session::{SessionEdge, SignInMode};
