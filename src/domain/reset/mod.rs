//! The passcode reset as a state machine: `step(state, event, now) -> (state, effects)`.
//!
//! What the types and the tables below hold on to:
//! - A reset is asked for only by [`ResetEffect::PostReset`], which carries both proofs; it comes only from a click.
//! - Nothing here is "done" before the device acknowledged it.
//! - After a lost answer the device is read first; a repetition uses the same key.
//! - An event that does not fit the state leaves the state as it is.

mod event;
mod machine;
mod state;

pub use event::{ResetEffect, ResetEvent, ResetRefusal};
pub use machine::ENDED_IS_NEWS;
pub use state::{PendingPhase, ResetRun, ResetState, Ticket, WhyExplain};
