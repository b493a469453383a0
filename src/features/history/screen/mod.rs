//! The history, and "this wasn't me".

mod list;
mod unrecognized;

pub(crate) use list::*;
pub(crate) use unrecognized::*;
