//! The addresses of the page, for hosts that cannot be told "everything that is no file".
//!
//! Nothing else stands in this file: the page's test `tests/addresses_for_hosts.rs` includes it and asks for every screen.

/// The first part of each address, and whether there are more of the page below it.
pub(crate) const PAGES: &[(&str, Below)] = &[
    ("/devices", Below::Pages),
    ("/history", Below::Nothing),
    ("/notifications", Below::Nothing),
    ("/accessibility", Below::Nothing),
    ("/help", Below::Nothing),
    ("/signed-out", Below::Nothing),
    ("/callback", Below::Nothing),
];

/// Whether addresses below an address are the page too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    /// They are.
    Pages,
    /// They are not.
    Nothing,
}
