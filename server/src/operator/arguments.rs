//! The command line.

use crate::domain::audit_chain::Head;
use lexopt::prelude::{Long, Short, Value};
use lexopt::{Parser, ValueExt as _};
use portal_contract::UtcTime;
use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
The server of the passcode portal.

usage: portal-server [--config FILE] [COMMAND]

  (no command)               serve until told to stop
  --check                    check the configuration and end
  audit verify               check the hash chain of the audit record; names the first bad line
      --anchor LINE:HASH     and that it still contains this head, noted down earlier
      --file FILE            check an exported file instead of the database
  audit seal                 check it and answer for its lines with the current key: once for a record that
                             had no key, and after each change of the key; the server must not be running
      --anchor LINE:HASH     only if it still contains this head, noted down earlier
  audit export               write the record as JSON Lines on standard output
      --from DATE --to DATE  only from this moment (RFC 3339 or YYYY-MM-DD), and before that one
  passcodes rekey            seal temporary passcodes anew with the current key; the server must not be running
  backup --to FILE           copy the database; the server may be running
  restore --from FILE        put a backup in the database's place; the server must not be running

  --config FILE  the configuration (TOML); every key can be overridden: PORTAL__SECTION__KEY
  --help, --version

Exit codes: 0 done, 1 not done or something is wrong (says what), 2 a mistake in the arguments or the configuration.
PORTAL_LOG sets what is logged (default \"info\"). server/README.md lists every key.";

/// A command about the audit record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditCommand {
    /// Check the database.
    Verify {
        /// A head noted down earlier.
        anchor: Option<Head>,
    },
    /// Check an exported file.
    VerifyFile {
        /// The file.
        file: PathBuf,
        /// A head noted down earlier.
        anchor: Option<Head>,
    },
    /// Answer for the record with the current key.
    Seal {
        /// A head noted down earlier.
        anchor: Option<Head>,
    },
    /// Write the record down.
    Export {
        /// From this moment on.
        from: Option<UtcTime>,
        /// Before this moment.
        to: Option<UtcTime>,
    },
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Serve.
    Serve,
    /// Check the configuration.
    Check,
    /// The audit record.
    Audit(AuditCommand),
    /// Seal passcodes anew.
    Rekey,
    /// Back up.
    Backup(PathBuf),
    /// Restore.
    Restore(PathBuf),
    /// Print how it is used.
    Help,
    /// Print the version.
    Version,
}

#[derive(Default)]
struct Options {
    check: bool,
    anchor: Option<Head>,
    file: Option<PathBuf>,
    from: Option<OsString>,
    to: Option<OsString>,
}

/// Reads the arguments, without the program's name: the configuration file and what is wanted.
///
/// # Errors
/// What is wrong, for the person who typed it.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<(Option<PathBuf>, Wanted), String> {
    let mut parser = Parser::from_args(arguments);
    let mut config = None;
    let mut words: Vec<String> = Vec::new();
    let mut options = Options::default();
    let wrong = |error: lexopt::Error| format!("{error}; --help lists the arguments");
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Short('h') | Long("help") => return Ok((config, Wanted::Help)),
            Short('V') | Long("version") => return Ok((config, Wanted::Version)),
            Long("config") => config = Some(PathBuf::from(parser.value().map_err(wrong)?)),
            Long("check") => options.check = true,
            Long("anchor") => options.anchor = Some(anchor(&parser.value().map_err(wrong)?)?),
            Long("file") => options.file = Some(PathBuf::from(parser.value().map_err(wrong)?)),
            Long("from") => options.from = Some(parser.value().map_err(wrong)?),
            Long("to") => options.to = Some(parser.value().map_err(wrong)?),
            Value(word) => words.push(word.string().map_err(wrong)?),
            Short(_) | Long(_) => return Err(wrong(argument.unexpected())),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Ok((config, wanted(&words, options)?))
}

/// Each command takes its own options; one that would be ignored is a mistake.
fn wanted(words: &[&str], options: Options) -> Result<Wanted, String> {
    let Options { check, anchor, file, from, to } = options;
    match (words, check, anchor, file, from, to) {
        ([], false, None, None, None, None) => Ok(Wanted::Serve),
        ([], true, None, None, None, None) => Ok(Wanted::Check),
        (["audit", "verify"], false, anchor, None, None, None) => {
            Ok(Wanted::Audit(AuditCommand::Verify { anchor }))
        }
        (["audit", "verify"], false, anchor, Some(file), None, None) => {
            Ok(Wanted::Audit(AuditCommand::VerifyFile { file, anchor }))
        }
        (["audit", "seal"], false, anchor, None, None, None) => {
            Ok(Wanted::Audit(AuditCommand::Seal { anchor }))
        }
        (["audit", "export"], false, None, None, from, to) => {
            let moment = |text: Option<OsString>| text.as_ref().map(moment).transpose();
            Ok(Wanted::Audit(AuditCommand::Export { from: moment(from)?, to: moment(to)? }))
        }
        (["passcodes", "rekey"], false, None, None, None, None) => Ok(Wanted::Rekey),
        (["backup"], false, None, None, None, Some(file)) => Ok(Wanted::Backup(PathBuf::from(file))),
        (["restore"], false, None, None, Some(file), None) => Ok(Wanted::Restore(PathBuf::from(file))),
        (["backup"], false, None, None, None, None) => Err("backup needs --to FILE".to_owned()),
        (["restore"], false, None, None, None, None) => Err("restore needs --from FILE".to_owned()),
        ([], ..) => Err("an option without its command; --help lists them".to_owned()),
        (words, ..) => Err(format!(
            "{} is no command, or an option does not go with it; --help lists them",
            words.join(" ")
        )),
    }
}

fn anchor(text: &OsString) -> Result<Head, String> {
    let head = text.to_str().and_then(Head::parse);
    head.ok_or_else(|| "--anchor must be LINE:HASH as `audit verify` prints it".to_owned())
}

fn moment(text: &OsString) -> Result<UtcTime, String> {
    let text = text.to_str().unwrap_or_default();
    let moment = UtcTime::parse(text).or_else(|| UtcTime::parse(&format!("{text}T00:00:00Z")));
    moment.ok_or_else(|| format!("{text} is no moment: write 2027-01-31 or 2027-01-31T12:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Option<PathBuf>, Wanted), String> {
        parse(text.split_whitespace().map(OsString::from))
    }

    #[test]
    fn every_command_is_read_with_its_options() {
        let anchor = Head::START;
        for (text, expected) in [
            ("", Wanted::Serve),
            ("--check", Wanted::Check),
            ("--help", Wanted::Help),
            ("-V", Wanted::Version),
            ("audit verify", Wanted::Audit(AuditCommand::Verify { anchor: None })),
            (
                &format!("audit verify --anchor {anchor} --file a.jsonl"),
                Wanted::Audit(AuditCommand::VerifyFile {
                    file: PathBuf::from("a.jsonl"),
                    anchor: Some(anchor),
                }),
            ),
            (
                "audit export --from 1970-01-02 --to 1970-01-01T00:00:01Z",
                Wanted::Audit(AuditCommand::Export {
                    from: Some(UtcTime::from_unix_seconds(86_400)),
                    to: Some(UtcTime::from_unix_seconds(1)),
                }),
            ),
            ("audit seal", Wanted::Audit(AuditCommand::Seal { anchor: None })),
            ("passcodes rekey", Wanted::Rekey),
            ("backup --to b", Wanted::Backup(PathBuf::from("b"))),
            ("restore --from=b", Wanted::Restore(PathBuf::from("b"))),
        ] {
            assert_eq!(read(text), Ok((None, expected)), "{text}");
        }
        assert_eq!(read("backup --config c --to b").unwrap().0, Some(PathBuf::from("c")));
    }

    #[test]
    fn an_argument_that_would_be_ignored_is_a_mistake() {
        for text in [
            "--verbose",
            "--config",
            "serve",
            "audit",
            "audit verify --from 2027-01-01",
            "audit verify --anchor 3",
            "audit export --from yesterday",
            "backup",
            "backup --from b",
            "restore",
            "--to b",
            "passcodes rekey --check",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
