//! The temporary passcode on the screen: a page of its own, and the panel that other screens hold.

mod forms;
mod page;
mod panel;

pub(crate) use page::*;
pub(crate) use panel::*;
