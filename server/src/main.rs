//! The program: reads arguments and configuration, starts the log, serves or does what an operator asked.
//!
//! Exit codes: 0 after an orderly stop or when it is done, 1 if it cannot be done (says why), 2 for mistakes in the
//! arguments or the configuration.

use portal_server::config::Settings;
use portal_server::operator::{
    self, AuditCommand, CheckUp, Command, ConnectorCheck, ConnectorCommand, Flags, OperatorError,
    PasscodesCommand, Terminal,
};
use portal_server::services::http as connector;
use portal_server::system::{self, SystemClock, SystemRandomness};
use portal_server::{composition, config};
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Why the program ends without having done what was asked.
struct Failed {
    code: u8,
    reasons: Vec<String>,
}

impl Failed {
    fn not_done(reason: &impl std::fmt::Display) -> Self {
        Self { code: 1, reasons: vec![reason.to_string()] }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(said) => {
            say(&said);
            ExitCode::SUCCESS
        }
        Err(Failed { code, reasons }) => {
            let mut complaints = std::io::stderr().lock();
            for reason in reasons {
                let _ = writeln!(complaints, "{reason}");
            }
            ExitCode::from(code)
        }
    }
}

/// Prints; a reader that is gone (`| head`) is no reason to fail.
fn say(lines: &[String]) {
    let mut out = std::io::stdout().lock();
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
}

fn run() -> Result<Vec<String>, Failed> {
    let (file, wanted) = operator::parse(std::env::args_os().skip(1))
        .map_err(|reason| Failed { code: 2, reasons: vec![reason] })?;
    match wanted {
        Command::Help(text) => Ok(vec![text]),
        Command::Version => Ok(vec![env!("CARGO_PKG_VERSION").to_owned()]),
        Command::Connector(ConnectorCommand::Check(wanted)) => check_connector(&wanted),
        Command::Connector(ConnectorCommand::Openapi) => Ok(vec![format!("{:#}", connector::document())]),
        Command::Check { online, token } => {
            let settings = settings(file.as_deref())?;
            let wanted = CheckUp { online, token };
            let report = runtime()?.block_on(operator::check(&settings, &wanted, &SystemClock));
            if report.is_well() {
                Ok(report.lines())
            } else {
                Err(Failed { code: 1, reasons: report.lines() })
            }
        }
        Command::Init(flags) => init(flags),
        Command::Serve => serve(&settings(file.as_deref())?),
        Command::Audit(AuditCommand::Verify { file: Some(exported), anchor }) => {
            // A file can be checked far from the server; only a sealed record needs the configuration, for its keys.
            let keys = match &file {
                Some(_) => settings(file.as_deref())?.audit_keys,
                None => None,
            };
            operator::verify_file(&exported, keys.as_ref(), anchor).map_err(|error| Failed::not_done(&error))
        }
        Command::Audit(_) | Command::Passcodes(_) | Command::Backup { .. } | Command::Restore { .. } => {
            let settings = settings(file.as_deref())?;
            system::start_log_by_hand();
            let result = runtime()?.block_on(operate(&settings, &wanted));
            result.map_err(|error| Failed::not_done(&error))
        }
    }
}

/// Asks where somebody can answer, and writes the files.
fn init(flags: Flags) -> Result<Vec<String>, Failed> {
    let (stdin, mut stderr) = (std::io::stdin(), std::io::stderr());
    let is_terminal = stdin.is_terminal() && stderr.is_terminal();
    let mut input = stdin.lock();
    let terminal = is_terminal.then_some(Terminal { input: &mut input, output: &mut stderr });
    let answers = operator::complete(flags, terminal)
        .map_err(|unanswered| Failed { code: 2, reasons: vec![unanswered.to_string()] })?;
    operator::init(&answers, &SystemRandomness).map_err(|error| Failed::not_done(&error))
}

/// Says of each rule how a connector keeps it.
fn check_connector(wanted: &ConnectorCheck) -> Result<Vec<String>, Failed> {
    let settings = config::connector(&wanted.url, &wanted.token_file, wanted.ca_file.as_deref());
    let settings = settings.map_err(|mistakes| Failed {
        code: 2,
        reasons: mistakes.iter().map(ToString::to_string).collect(),
    })?;
    let plan = connector::Plan {
        person: wanted.person.clone(),
        device: wanted.device.clone(),
        really_reset: wanted.really_reset,
        remembered: wanted.remembered.clone(),
        patience: Duration::from_secs(u64::from(wanted.wait_seconds)),
        between: None,
    };
    let checked = connector::check(&settings, &plan, Arc::new(SystemClock), Arc::new(SystemRandomness));
    let lines = runtime()?.block_on(checked).map_err(|error| Failed::not_done(&error.0))?;
    let wrong = lines.iter().filter(|line| matches!(line.verdict, connector::Verdict::Wrong(_))).count();
    let told = lines.iter().map(ToString::to_string).collect();
    match wrong {
        0 => Ok(told),
        _ => {
            say(&told);
            Err(Failed::not_done(&format!(
                "the connector breaks {wrong} rule(s): docs/device-services/http.md"
            )))
        }
    }
}

/// Does what an operator asked.
async fn operate(settings: &Settings, wanted: &Command) -> Result<Vec<String>, OperatorError> {
    match wanted {
        Command::Audit(AuditCommand::Verify { anchor, file: None }) => {
            operator::verify(settings, *anchor).await
        }
        Command::Audit(AuditCommand::Seal { anchor }) => {
            operator::seal(settings, *anchor, &SystemClock).await
        }
        Command::Audit(AuditCommand::Export { from, to }) => {
            let mut out = std::io::BufWriter::new(std::io::stdout());
            operator::export(settings, *from, *to, &mut out).await.map(|()| Vec::new())
        }
        Command::Passcodes(PasscodesCommand::Rekey) => operator::reseal(settings).await,
        Command::Backup { to } => operator::back_up(settings, to, &SystemClock).await,
        Command::Restore { from } => operator::restore(settings, from, &SystemClock).await,
        // Done without a database.
        Command::Audit(AuditCommand::Verify { file: Some(_), .. })
        | Command::Connector(_)
        | Command::Serve
        | Command::Check { .. }
        | Command::Init(_)
        | Command::Help(_)
        | Command::Version => Ok(Vec::new()),
    }
}

/// Reads the configuration. The environment's copy of the keys in this process' memory is wiped when this returns.
fn settings(file: Option<&Path>) -> Result<Settings, Failed> {
    let environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    config::load(file, &environment).map_err(|mistakes| {
        let count = format!("the configuration has {} mistake(s):", mistakes.len());
        let mistakes = mistakes.into_iter().map(|mistake| format!("  {mistake}"));
        Failed { code: 2, reasons: std::iter::once(count).chain(mistakes).collect() }
    })
}

fn serve(settings: &Settings) -> Result<Vec<String>, Failed> {
    let log = system::start_log(settings.log_format);
    let result = runtime().and_then(|runtime| {
        let result = runtime.block_on(composition::run(settings));
        result.map_err(|error| cannot_start(&error))
    });
    match result {
        Ok(()) => {
            log.end(&[]);
            Ok(Vec::new())
        }
        // By the way of the log, which does not wait for ever for a reader.
        Err(Failed { code, reasons }) => {
            log.end(&reasons);
            Err(Failed { code, reasons: Vec::new() })
        }
    }
}

fn cannot_start(error: &impl std::fmt::Display) -> Failed {
    Failed::not_done(&format!("the server cannot start: {error}"))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| cannot_start(&error))
}
