//! What is said around actions.
//!
//! | to show | ask |
//! |---|---|
//! | the explanation before the sign-in, and what to know before it | [`explain`], [`preview_details`], [`factor_question`], [`at_hand_question`] |
//! | the confirmation | [`confirm`], [`outcome_preview`] |
//! | whether it will reach the device, before and during | [`reach`], [`takes_long`] |
//! | waiting | [`pending`] |
//! | the result, what to do on the device, the steps to tick off | [`done`], [`checklist`] |
//! | every other end or interruption of a reset | [`reset_notice`] |
//! | the other actions: refusals, how far one is | [`action_hint`], [`action_refusal`], [`action_status`] |

mod confirmation;
mod explanation;
mod pending;
mod result;
mod runs;

pub use confirmation::*;
pub use explanation::*;
pub use pending::*;
pub use result::*;
pub use runs::*;
