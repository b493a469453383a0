//! Why a run could not be carried out: it says nothing about the server's promises then.

use std::io;
use std::time::Duration;

/// A run that came to no verdict.
#[derive(Debug)]
pub enum ChaosError {
    /// A file, socket or process.
    Io(&'static str, io::Error),
    /// A database could not be read.
    Database(sqlx::Error),
    /// The key for the run or a token could not be made.
    Key(&'static str),
    /// The server did not become ready; with the end of its log.
    NotReady(Duration, String),
    /// The run was interrupted.
    Interrupted,
}

impl std::fmt::Display for ChaosError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(what, error) => write!(formatter, "{what}: {error}"),
            Self::Database(error) => write!(formatter, "a database cannot be read: {error}"),
            Self::Key(what) => write!(formatter, "no key for this run: {what}"),
            Self::NotReady(limit, log) => {
                write!(
                    formatter,
                    "the server was not ready within {} s; its log ends:\n{log}",
                    limit.as_secs()
                )
            }
            Self::Interrupted => formatter.write_str("interrupted"),
        }
    }
}

impl From<sqlx::Error> for ChaosError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}
