//! What the page reads.

pub(crate) mod api;
pub(crate) mod provider;
pub(crate) mod stored;
pub(crate) mod tokens;
