//! A computer that is not the person's own: the question before the sign-in, the warning before the clock signs out, and the
//! way out at the end.

mod question;
mod warning;

pub(crate) use question::*;
pub(crate) use warning::*;
