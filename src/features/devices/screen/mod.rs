//! The list of devices, and one device.

mod detail;
mod list;

pub(crate) use detail::*;
pub(crate) use list::*;
