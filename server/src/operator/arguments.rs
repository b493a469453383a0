//! The command line.

use crate::domain::audit_chain::Head;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use portal_contract::UtcTime;
use std::ffi::OsString;
use std::path::PathBuf;

/// The server of the passcode portal. Without a command it serves until told to stop.
#[derive(Debug, Parser)]
#[command(
    name = "portal-server",
    version,
    args_override_self = true,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 not done or something is wrong (says what), 2 a mistake in the arguments or the \
                  configuration.\nPORTAL_LOG sets what is logged (default \"info\"). server/README.md lists every key."
)]
struct Arguments {
    /// The configuration (TOML); every key can be overridden: PORTAL__SECTION__KEY
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Check the configuration and end
    #[arg(long)]
    check: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// A command about the audit record.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum AuditCommand {
    /// Check the hash chain of the audit record; names the first bad line
    Verify {
        /// And that it still contains this head, noted down earlier
        #[arg(long, value_name = "LINE:HASH", value_parser = anchor)]
        anchor: Option<Head>,
        /// Check an exported file instead of the database
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Check the record and answer for its lines with the current key: once for a record that had no key, and after each
    /// change of the key; the server must not be running
    Seal {
        /// Only if it still contains this head, noted down earlier
        #[arg(long, value_name = "LINE:HASH", value_parser = anchor)]
        anchor: Option<Head>,
    },
    /// Write the record as JSON Lines on standard output
    Export {
        /// Only from this moment (RFC 3339 or YYYY-MM-DD)
        #[arg(long, value_name = "DATE", value_parser = moment)]
        from: Option<UtcTime>,
        /// Only before this moment
        #[arg(long, value_name = "DATE", value_parser = moment)]
        to: Option<UtcTime>,
    },
}

/// A command about temporary passcodes.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum PasscodesCommand {
    /// Seal temporary passcodes anew with the current key; the server must not be running
    Rekey,
}

/// A command about connectors to device management elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConnectorCommand {
    /// Print what a connector answers, as an OpenAPI 3.1 document
    Openapi,
    /// Check that a connector keeps the rules, a line for each; without --really-reset a device is asked to check in at most
    Check(ConnectorCheck),
}

/// A connector to check.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ConnectorCheck {
    /// Its base address; ends in /v1
    #[arg(long)]
    pub url: String,
    /// The token to show; only you may read the file
    #[arg(long, value_name = "FILE")]
    pub token_file: PathBuf,
    /// Certificates in PEM that are trusted beside the machine's own
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// A person who has devices
    #[arg(long)]
    pub person: Option<String>,
    /// One of them (the first, if not given)
    #[arg(long, requires = "person")]
    pub device: Option<String>,
    /// Reset the passcode of that device, to see the whole
    #[arg(long, requires = "device")]
    pub really_reset: bool,
    /// A command of an earlier check, which the connector still has to know
    #[arg(long, value_name = "COMMAND")]
    pub remembered: Option<String>,
    /// How long the device may take
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub wait_seconds: u32,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// The audit record: verify, seal, export
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Temporary passcodes: rekey
    #[command(subcommand)]
    Passcodes(PasscodesCommand),
    /// Connectors to device management elsewhere: openapi, check
    #[command(subcommand)]
    Connector(ConnectorCommand),
    /// Copy the database; the server may be running
    Backup {
        /// The copy
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Put a backup in the database's place; the server must not be running
    Restore {
        /// The backup
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
    /// Write a first configuration, and say what to register at the provider; at a terminal what no flag says is asked
    Init(super::Flags),
    /// Say what is set up right and what to change: the configuration, and with options more
    Check {
        /// Ask the provider and the device services too
        #[arg(long)]
        online: bool,
        /// Say of the token in this file whether it would be accepted, and which setting would make it so
        #[arg(long, value_name = "FILE")]
        token: Option<PathBuf>,
    },
    /// Serve.
    #[command(skip)]
    Serve,
    /// Print this text on how it is used.
    #[command(skip)]
    Help(String),
    /// Print the version.
    #[command(skip)]
    Version,
}

/// Reads the arguments, without the program's name: the configuration file and what is wanted.
///
/// # Errors
/// What is wrong, for the person who typed it.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<(Option<PathBuf>, Command), String> {
    let program = std::iter::once(OsString::from("portal-server"));
    let read = match Arguments::try_parse_from(program.chain(arguments)) {
        Ok(read) => read,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            return Ok((None, Command::Help(error.to_string().trim_end().to_owned())));
        }
        Err(error) if error.kind() == ErrorKind::DisplayVersion => return Ok((None, Command::Version)),
        Err(error) => return Err(error.to_string().trim_end().to_owned()),
    };
    match (read.command, read.check) {
        (None, false) => Ok((read.config, Command::Serve)),
        (None, true) => Ok((read.config, Command::Check { online: false, token: None })),
        (Some(command), false) => Ok((read.config, command)),
        (Some(_), true) => Err("--check goes with no command; --help lists the arguments".to_owned()),
    }
}

fn anchor(text: &str) -> Result<Head, &'static str> {
    Head::parse(text).ok_or("must be LINE:HASH as `audit verify` prints it")
}

fn moment(text: &str) -> Result<UtcTime, &'static str> {
    let moment = UtcTime::parse(text).or_else(|| UtcTime::parse(&format!("{text}T00:00:00Z")));
    moment.ok_or("is no moment: write 2027-01-31 or 2027-01-31T12:00:00Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Option<PathBuf>, Command), String> {
        parse(text.split_whitespace().map(OsString::from))
    }

    #[test]
    fn every_command_is_read_with_its_options() {
        let anchor = Head::START;
        for (text, expected) in [
            ("", Command::Serve),
            ("--check", Command::Check { online: false, token: None }),
            ("check", Command::Check { online: false, token: None }),
            (
                "check --online --token t.jwt",
                Command::Check { online: true, token: Some(PathBuf::from("t.jwt")) },
            ),
            ("-V", Command::Version),
            ("audit verify", Command::Audit(AuditCommand::Verify { anchor: None, file: None })),
            (
                &format!("audit verify --anchor {anchor} --file a.jsonl"),
                Command::Audit(AuditCommand::Verify {
                    anchor: Some(anchor),
                    file: Some(PathBuf::from("a.jsonl")),
                }),
            ),
            (
                "audit export --from 1970-01-02 --to 1970-01-01T00:00:01Z",
                Command::Audit(AuditCommand::Export {
                    from: Some(UtcTime::from_unix_seconds(86_400)),
                    to: Some(UtcTime::from_unix_seconds(1)),
                }),
            ),
            ("audit seal", Command::Audit(AuditCommand::Seal { anchor: None })),
            ("passcodes rekey", Command::Passcodes(PasscodesCommand::Rekey)),
            ("connector openapi", Command::Connector(ConnectorCommand::Openapi)),
            (
                "connector check --url u --token-file t --person p --device d --really-reset",
                Command::Connector(ConnectorCommand::Check(ConnectorCheck {
                    url: "u".to_owned(),
                    token_file: PathBuf::from("t"),
                    ca_file: None,
                    person: Some("p".to_owned()),
                    device: Some("d".to_owned()),
                    really_reset: true,
                    remembered: None,
                    wait_seconds: 300,
                })),
            ),
            ("backup --to b", Command::Backup { to: PathBuf::from("b") }),
            (
                "init --url u --page-dir p",
                Command::Init(crate::operator::Flags {
                    provider: None,
                    issuer: None,
                    host: None,
                    tenant: None,
                    mode: None,
                    url: Some("u".to_owned()),
                    client_id: None,
                    audience: None,
                    api: None,
                    connector: None,
                    page_dir: PathBuf::from("p"),
                    to: PathBuf::from("."),
                }),
            ),
            ("restore --from=b", Command::Restore { from: PathBuf::from("b") }),
        ] {
            assert_eq!(read(text), Ok((None, expected)), "{text}");
        }
        assert_eq!(read("backup --config c --to b").unwrap().0, Some(PathBuf::from("c")));
    }

    #[test]
    fn help_names_every_command_and_each_command_its_options() {
        for (line, expected) in [
            (
                "--help",
                ["audit", "passcodes", "connector", "backup", "restore", "--config", "--check", "Exit codes"]
                    .as_slice(),
            ),
            ("audit verify -h", ["--anchor", "--file", "--config"].as_slice()),
            ("audit export --help", ["--from", "--to", "RFC 3339"].as_slice()),
        ] {
            let Ok((None, Command::Help(text))) = read(line) else { panic!("{line}") };
            for word in expected {
                assert!(text.contains(word), "{line}: {word} in {text}");
            }
        }
    }

    #[test]
    fn a_mistake_says_what_to_write() {
        for (line, expected) in [
            ("backup", "--to <FILE>"),
            ("restore", "--from <FILE>"),
            ("audit verify --anchor 3", "as `audit verify` prints it"),
            ("audit export --from yesterday", "write 2027-01-31"),
            ("audit verfy", "'verify'"),
        ] {
            let said = read(line).unwrap_err();
            assert!(said.contains(expected), "{line}: {said}");
        }
    }

    #[test]
    fn an_argument_that_would_be_ignored_is_a_mistake() {
        for text in [
            "--verbose",
            "--config",
            "serve",
            "help",
            "audit",
            "passcodes",
            "audit verify --from 2027-01-01",
            "audit verify --anchor 3",
            "audit export --from yesterday",
            "backup",
            "backup --from b",
            "restore",
            "--to b",
            "passcodes rekey --check",
            "connector check --url u",
            "connector check --url u --token-file t --device d",
            "connector check --url u --token-file t --person p --really-reset",
            "connector check --url u --token-file t --wait-seconds 0",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
