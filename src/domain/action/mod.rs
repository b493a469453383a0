//! An action on a device as a state machine: `step(flow, event, now) -> (flow, effects)`.
//!
//! What the types and the tables below hold on to:
//! - An action is asked for only by [`ActionEffect::Post`], which carries what entitles to it; it comes only from a click.
//! - Nothing here is "done" before the device acknowledged it.
//! - After a lost answer the device is read first; a repetition uses the same key.
//! - An event that does not fit the flow leaves it as it is.

mod catalogue;
mod event;
mod flow;
mod machine;

pub use catalogue::{Action, ActionDetail, ActionRow, Danger, Need, RequiredProof};
pub use event::{ActionEffect, ActionEvent, ActionRefusal};
pub use flow::{
    ActionFlow, ActionRun, Ending, Grant, PendingPhase, Proof, SignInStep, StopReason, SubmitStep, WhyExplain,
};
pub use machine::ENDED_IS_RECENT;
