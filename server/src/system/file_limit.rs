//! How many files this process may have open: every connection is one.

/// Raises the limit as far as the system lets an ordinary process (the "hard" limit), and says what it is then; `None`
/// where it cannot be known.
#[cfg(unix)]
#[must_use]
pub fn raise_file_limit() -> Option<u64> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    if soft < hard
        && let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, hard, hard)
    {
        tracing::warn!(%error, soft, hard, "the limit on open files could not be raised");
        return Some(soft);
    }
    Some(hard)
}

/// Other systems have no such limit worth knowing.
#[cfg(not(unix))]
#[must_use]
pub fn raise_file_limit() -> Option<u64> {
    None
}
