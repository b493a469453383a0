//! What the server reads.

pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod tokens;
pub(crate) mod words;
