//! All that puts something onto the machine: compiler, tools, browsers, npm packages. The rest of this program asks
//! here for a thing and gets it, or an error that says how a person gets it.
//!
//! Everywhere the ordinary way comes first. What follows it is for machines that reach package registries only:
//! [`compiler`] falls back to Debian's compiler, [`tools`] builds what cannot be downloaded, [`browsers`] asks `apt-get`.

mod apt;
mod browsers;
mod compiler;
mod node;
pub(crate) mod tools;

pub(crate) use browsers::{Browser, Chromium};
pub(crate) use compiler::{TARGET, WasmToolchain};
pub(crate) use node::Node;
