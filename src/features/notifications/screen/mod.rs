//! The notifications: behind the flag on every screen, and on a page of their own.

mod flag;
mod page;

pub(crate) use flag::*;
pub(crate) use page::*;
