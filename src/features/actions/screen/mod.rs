//! What is on the screen around actions: the reset's page at whichever step it stands, and the other actions on a device.

mod ask;
mod confirmation;
mod explanation;
mod loss;
mod pending;
mod reset;
mod result;
mod runs;

pub(crate) use ask::*;
pub(crate) use explanation::*;
pub(crate) use loss::*;
pub(crate) use reset::*;
pub(crate) use result::*;
pub(crate) use runs::*;
