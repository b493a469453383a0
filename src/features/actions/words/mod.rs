//! What is said around actions.
//!
//! | to show | ask |
//! |---|---|
//! | the explanation before the sign-in | [`explain`] |
//! | the confirmation | [`confirm`], [`outcome_preview`] |
//! | whether it will reach the device, before and during | [`reach`], [`takes_long`] |
//! | waiting | [`pending`] |
//! | the result, what to do on the device | [`done`], [`on_device`] |
//! | every other end or interruption of a reset | [`reset_notice`] |
//! | what takes something away for good, at every step | [`loss()`], [`loss_notice`] |
//! | the mail to IT | [`mail_about`] |
//! | the other actions: refusals, how far one is | [`action_hint`], [`action_refusal`], [`action_status`] |

mod confirmation;
mod explanation;
mod loss;
mod mail;
mod pending;
mod result;
mod runs;

pub use confirmation::*;
pub use explanation::*;
pub use loss::*;
pub use mail::*;
pub use pending::*;
pub use result::*;
pub use runs::*;
