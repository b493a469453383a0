//! Everything that can go wrong in a task, each with what the person can do about it.
//!
//! Nothing is swallowed: an error always ends in its text, which names what failed and,
//! in its last line, the next step.

use std::io;
use std::time::Duration;

/// The result of a task's step.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a task stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line could not be understood; the text says which part.
    #[error("{0}\nWhat to do: `cargo xtask --help` lists the commands.")]
    Usage(String),
    /// Something that must be installed is not, and could not be got.
    #[error("{what}\nWhat to do: {remedy}")]
    Missing {
        /// What is missing.
        what: String,
        /// How to get it by hand.
        remedy: String,
    },
    /// A file or directory could not be read or written, another program not be started, a service not be asked.
    #[error("{source}\nWhat to do: {}", file_remedy(source.kind()))]
    Io {
        /// The operating system's answer, with the file it is about.
        #[from]
        source: io::Error,
    },
    /// A program ran and reported failure.
    #[error("{what} failed.\n{}{}", output.trim_end(), disk_hint(output))]
    ProgramFailed {
        /// Which program, in words.
        what: String,
        /// The end of its output.
        output: String,
    },
    /// A program was stopped because it took longer than it may.
    #[error(
        "{what} was stopped after {} s.\n{}\nWhat to do: see whether the network or the machine is busy, then start it again.",
        limit.as_secs(), output.trim_end()
    )]
    TimedOut {
        /// Which program, in words.
        what: String,
        /// The limit it exceeded.
        limit: Duration,
        /// The end of its output.
        output: String,
    },
    /// A TCP port that is needed is taken by another program.
    #[error(
        "port {port} ({purpose}) is in use by another program.\nWhat to do: end that program (`ss -ltnp` or \
         `lsof -i :{port}` names it), or choose another port: `cargo xtask run --port N` uses N and N+1."
    )]
    PortInUse {
        /// The port.
        port: u16,
        /// What it is needed for.
        purpose: &'static str,
    },
    /// A started service ended or did not answer.
    #[error("{what} did not come up. The end of its log:\n{}{}", log.trim_end(), disk_hint(log))]
    ServiceDown {
        /// Which service, in words.
        what: String,
        /// The end of its log.
        log: String,
    },
    /// Something the page build relies on was not as expected; the text says what.
    #[error("{0}")]
    Build(String),
    /// The person pressed Ctrl-C or the process was asked to end.
    #[error("stopped")]
    Interrupted,
}

impl From<ureq::Error> for Error {
    fn from(error: ureq::Error) -> Self {
        Self::Io { source: error.into_io() }
    }
}

/// What helps against a failed file operation.
fn file_remedy(kind: io::ErrorKind) -> &'static str {
    // The kinds are an open list of the standard library; all but these have no better advice.
    if kind == io::ErrorKind::StorageFull || kind == io::ErrorKind::QuotaExceeded {
        "the disk is full: free some space, or keep the data elsewhere with `--data DIR` (builds: CARGO_TARGET_DIR)."
    } else if kind == io::ErrorKind::PermissionDenied || kind == io::ErrorKind::ReadOnlyFilesystem {
        "this user may not write there: choose another directory with `--data DIR`, or change its owner."
    } else if kind == io::ErrorKind::NotADirectory || kind == io::ErrorKind::AlreadyExists {
        "a file stands where a directory is needed: move it away, or choose another directory with `--data DIR`."
    } else {
        "see that the path exists and this user may use it."
    }
}

/// A hint for programs that ran out of space and said so somewhere in their output.
fn disk_hint(output: &str) -> &'static str {
    if output.contains("No space left on device")
        || output.contains("os error 28")
        || output.contains("ENOSPC")
    {
        "\nWhat to do: the disk is full. Free some space (`cargo clean` removes this project's build files) and start again."
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_explained_whether_we_or_a_program_met_it() {
        let ours = Error::from(io::Error::from(io::ErrorKind::StorageFull));
        assert!(ours.to_string().contains("the disk is full"));
        let theirs = Error::ProgramFailed {
            what: "cargo".into(),
            output: "No space left on device (os error 28)".into(),
        };
        assert!(theirs.to_string().contains("the disk is full"));
        let other = Error::ProgramFailed { what: "cargo".into(), output: "error[E0308]".into() };
        assert!(!other.to_string().contains("disk"));
    }

    #[test]
    fn a_port_in_use_names_the_port_and_the_way_out() {
        let text = Error::PortInUse { port: 8080, purpose: "page and API" }.to_string();
        assert!(text.contains("8080") && text.contains("--port"));
    }
}
