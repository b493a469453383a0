//! Running other programs: with a time limit, with their output kept, and never leaving one behind.
//!
//! Each program gets a process group of its own (`process-wrap`). When it ends, runs over its limit or this program is
//! interrupted, the whole group is ended, so that neither a hanging download nor a forgotten browser survives.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fs_err as fs;
use nix::sys::signal::Signal;
use process_wrap::std::{ChildWrapper, CommandWrap, ProcessGroup};

use crate::error::{Error, Result};
use crate::interrupt;

/// How often a wait looks at the child and at the interrupt flag.
const LOOK: Duration = Duration::from_millis(20);
/// How long a group may take to end after SIGTERM before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// How much of a program's output stands in an error.
const TAIL_LINES: usize = 120;

/// Variables that cargo and rustup set for the program they start, and that would mislead the cargo *we* start: another
/// compiler than asked for, or rebuilds because a build script watches `CARGO_PKG_*`.
const LEAKED: &[&str] = &[
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
    "OUT_DIR",
    "RUSTC",
    "RUSTDOC",
    "RUSTUP_TOOLCHAIN_SOURCE",
    "RUST_RECURSION_COUNT",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
];

/// A program to run: what, where, and for how long at most.
pub(crate) struct Program {
    what: String,
    command: Command,
    limit: Option<Duration>,
}

/// How a program ended, with what it wrote.
pub(crate) struct Finished {
    /// Whether it ended with exit code 0 in time.
    pub(crate) success: bool,
    /// Set when it was stopped at its limit.
    pub(crate) timed_out: Option<Duration>,
    /// Standard output and standard error, in the order in which they arrived.
    pub(crate) output: String,
    /// Standard output alone.
    pub(crate) stdout: String,
}

impl Program {
    /// A program named for messages by `what`; leaked cargo and rustup variables are removed from its environment.
    pub(crate) fn new(what: impl Into<String>, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        let is_leaked = |name: &OsString| {
            let text = name.to_string_lossy();
            LEAKED.contains(&&*text) || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_")
        };
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_leaked(name)) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        Self { what: what.into(), command, limit: None }
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds several arguments.
    pub(crate) fn args<I, S>(mut self, args: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.command.args(args);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The directory to run in.
    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// The longest it may run.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Runs it to its end; a failure of the program is in the answer, not an error.
    pub(crate) fn run(mut self) -> Result<Finished> {
        if interrupt::asked_to_end() {
            return Err(Error::Interrupted);
        }
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::start(self.command, &self.what)?;
        let collected = Arc::new(Mutex::new(Collected::default()));
        let readers = [
            group.child.stdout().take().map(|pipe| collect(pipe, Arc::clone(&collected), true)),
            group.child.stderr().take().map(|pipe| collect(pipe, Arc::clone(&collected), false)),
        ];
        let started = Instant::now();
        let mut timed_out = None;
        let success = loop {
            let status = group.child.inner_mut().try_wait();
            if let Some(status) = status? {
                break status.success();
            }
            if interrupt::asked_to_end() {
                return Err(Error::Interrupted);
            }
            timed_out = self.limit.filter(|limit| started.elapsed() >= *limit);
            if timed_out.is_some() {
                break false;
            }
            thread::sleep(LOOK);
        };
        // What the program left running in its group (a browser, a download) ends with it.
        drop(group);
        let patience = Instant::now();
        while readers.iter().flatten().any(|reader| !reader.is_finished())
            && patience.elapsed() < Duration::from_secs(2)
        {
            thread::sleep(Duration::from_millis(5));
        }
        let (output, stdout) = match collected.lock() {
            Ok(all) => (text(&all.everything), text(&all.stdout)),
            Err(_) => (String::new(), String::new()),
        };
        Ok(Finished { success, timed_out, output, stdout })
    }

    /// Runs it to its end and makes a failure an error with the end of the output.
    pub(crate) fn run_ok(self) -> Result<Finished> {
        let what = self.what.clone();
        let finished = self.run()?;
        if finished.success {
            return Ok(finished);
        }
        let output = tail(&finished.output, TAIL_LINES);
        Err(match finished.timed_out {
            Some(limit) => Error::TimedOut { what, limit, output },
            None => Error::ProgramFailed { what, output },
        })
    }

    /// Starts it as a service that runs until the answer is dropped; its output goes to `log`.
    pub(crate) fn serve(self, log: &Path) -> Result<Service> {
        let file = fs_err::File::create(log)?.into_file();
        let second = file.try_clone()?;
        let mut command = tied_to_us(self.command);
        command.stdin(Stdio::null()).stdout(Stdio::from(file)).stderr(Stdio::from(second));
        let group = Group::start(command, &self.what)?;
        Ok(Service { what: self.what, group, log: log.to_path_buf() })
    }
}

/// A running service. Dropping it ends it and everything it started.
pub(crate) struct Service {
    what: String,
    group: Group,
    log: PathBuf,
}

impl Service {
    /// Fails when the service has ended by itself.
    pub(crate) fn still_running(&mut self) -> Result<()> {
        match self.group.child.inner_mut().try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(_)) | Err(_) => Err(self.down()),
        }
    }

    /// The error that says that this service is not there, with the end of its log.
    pub(crate) fn down(&self) -> Error {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        Error::ServiceDown { what: self.what.clone(), log: tail(&log, 30) }
    }

    /// The process id, for measuring.
    pub(crate) fn id(&self) -> u32 {
        self.group.id
    }
}

/// A process and everything it started. Dropping it ends them all.
struct Group {
    child: Box<dyn ChildWrapper>,
    id: u32,
}

impl Group {
    fn start(command: Command, what: &str) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = CommandWrap::from(command).wrap(ProcessGroup::leader()).spawn().map_err(|source| {
            if source.kind() == std::io::ErrorKind::NotFound {
                Error::Missing {
                    what: format!("`{program}` is not installed ({what})."),
                    remedy: format!("install `{program}`."),
                }
            } else {
                source.into()
            }
        })?;
        let id = child.id();
        interrupt::remember(id);
        Ok(Self { child, id })
    }
}

impl Drop for Group {
    /// Asks the group to end, waits for its first process, then kills what is left.
    fn drop(&mut self) {
        if matches!(self.child.inner_mut().try_wait(), Ok(None)) {
            interrupt::signal(self.id, Signal::SIGTERM);
            let asked = Instant::now();
            while asked.elapsed() < GRACE && matches!(self.child.inner_mut().try_wait(), Ok(None)) {
                thread::sleep(LOOK);
            }
        }
        interrupt::signal(self.id, Signal::SIGKILL);
        let _reaped = self.child.inner_mut().wait();
        interrupt::forget(self.id);
    }
}

/// The same command, on Linux through `setpriv`, which asks the kernel to end it when we die: even a SIGKILL of this
/// program then leaves nothing behind. Elsewhere unchanged.
fn tied_to_us(command: Command) -> Command {
    let Some(setpriv) = find_on_path("setpriv").filter(|_| cfg!(target_os = "linux")) else {
        return command;
    };
    let mut tied = Command::new(setpriv);
    tied.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        tied.current_dir(dir);
    }
    tied
}

#[derive(Default)]
struct Collected {
    everything: Vec<u8>,
    stdout: Vec<u8>,
}

fn collect(
    mut pipe: impl Read + Send + 'static,
    into: Arc<Mutex<Collected>>,
    is_stdout: bool,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0_u8; 16 * 1024];
        while let Ok(count) = pipe.read(&mut buffer) {
            let Some(part) = buffer.get(..count).filter(|part| !part.is_empty()) else {
                return;
            };
            if let Ok(mut all) = into.lock() {
                all.everything.extend_from_slice(part);
                if is_stdout {
                    all.stdout.extend_from_slice(part);
                }
            }
        }
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The last `count` lines of a text.
pub(crate) fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let skip = lines.len().saturating_sub(count);
    lines.into_iter().skip(skip).collect::<Vec<_>>().join("\n")
}

/// The first executable of that name on PATH.
pub(crate) fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// PATH with `first` before everything else.
pub(crate) fn path_with(first: &[PathBuf]) -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = first.iter().cloned().chain(std::env::split_paths(&rest));
    std::env::join_paths(all).unwrap_or(rest)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended_at_its_limit_with_everything_it_started() {
        let marker = format!("97{}", std::process::id());
        let finished = Program::new("sleeper", "sh")
            .args(["-c", &format!("echo before; sleep {marker} & sleep {marker}")])
            .limit(Duration::from_millis(300))
            .run()
            .unwrap();
        assert!(!finished.success);
        assert!(finished.timed_out.is_some());
        assert_eq!(finished.stdout.trim(), "before");
        let left = std::process::Command::new("pgrep").args(["-f", &format!("^sleep {marker}$")]).output();
        if let Ok(left) = left {
            assert_eq!(String::from_utf8_lossy(&left.stdout), "", "a grandchild survived");
        }
    }

    #[test]
    fn failure_is_an_error_with_the_output_in_it() {
        let error =
            Program::new("the thing", "sh").args(["-c", "echo why >&2; exit 3"]).run_ok().err().unwrap();
        assert!(error.to_string().contains("the thing failed") && error.to_string().contains("why"));
    }

    #[test]
    fn a_missing_program_says_so() {
        let error = Program::new("x", "no-such-program-here").run_ok().err().unwrap();
        assert!(error.to_string().contains("is not installed"));
    }

    #[test]
    fn a_dropped_service_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let service = Program::new("service", "sleep").arg("1000").serve(&dir.path().join("log")).unwrap();
        let id = service.id();
        drop(service);
        assert!(!Path::new(&format!("/proc/{id}")).exists());
    }

    #[test]
    fn the_tail_of_a_text_is_its_last_lines() {
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
        assert_eq!(tail("a", 5), "a");
    }
}
