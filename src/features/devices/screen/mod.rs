//! The list of devices, and one device.

mod detail;
mod list;
mod tools;

pub(crate) use detail::*;
pub(crate) use list::*;
pub(crate) use tools::*;
