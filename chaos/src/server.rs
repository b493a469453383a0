//! The program under test: its configuration, starting it, killing it.

use crate::error::ChaosError;
use crate::exchange::{Answer, Request, exchange};
use crate::provider::Provider;
use base64ct::{Base64, Encoding as _};
use std::fs::OpenOptions;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const AUDIENCE: &str = "urn:passcode-portal:api";
/// How long a start may take.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long an orderly stop may take.
const STOPPED_WITHIN: Duration = Duration::from_secs(60);

/// How to start it, again and again over the same files.
pub(crate) struct Setup {
    binary: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) address: SocketAddr,
    passcode_key: String,
}

/// A running server; dropping it kills it.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Setup {
    pub(crate) fn new(
        binary: &Path,
        folder: &Path,
        provider: &Provider,
        people: u32,
        fleet_speed: f64,
    ) -> Result<Self, ChaosError> {
        let address = free_address()?;
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key).map_err(|_| ChaosError::Key("the machine has no random bytes"))?;
        let setup = Self {
            binary: binary.to_path_buf(),
            folder: folder.to_path_buf(),
            address,
            passcode_key: Base64::encode_string(&key),
        };
        let text = format!(
            "listen = \"{address}\"\ndatabase = {database:?}\n\
             [oidc]\nissuer = \"{issuer}\"\naudience = \"{AUDIENCE}\"\nalgorithms = [\"ES256\"]\n\
             [fleet]\nspeed = {fleet_speed:?}\ncrowd = {people}\nandroid_command_minutes = 10\nother_command_hours = 1\n\
             [limits]\nresets_per_hour = {many}\nresets_per_device_per_hour = {many}\nreveals_per_hour = {many}\n\
             reveals_per_device_per_hour = {many}\nattempts_per_minute = {many}\nresets_per_address_per_hour = {many}\n\
             reveals_per_address_per_hour = {many}\nsign_in_failures_per_address_per_minute = {many}\n\
             connections_per_address = 4096\n",
            database = setup.database(),
            issuer = provider.issuer,
            many = 1_000_000,
        );
        std::fs::write(setup.configuration(), text)
            .map_err(|error| ChaosError::Io("the configuration cannot be written", error))?;
        Ok(setup)
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("server.toml")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("portal.sqlite")
    }

    /// Where the server keeps the simulated fleet.
    pub(crate) fn fleet_database(&self) -> PathBuf {
        self.folder.join("portal.fleet.sqlite")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Starts it; it may not be ready yet.
    pub(crate) fn start(&self) -> Result<Running, ChaosError> {
        let failed = |error| ChaosError::Io("the server cannot be started", error);
        let log = OpenOptions::new().create(true).append(true).open(self.log()).map_err(failed)?;
        Command::new(&self.binary)
            .arg("--config")
            .arg(self.configuration())
            .env("PORTAL__PASSCODE__KEY", &self.passcode_key)
            .env("PORTAL_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map(Running)
            .map_err(failed)
    }

    /// Waits until it answers and can do its work; how long that took.
    pub(crate) async fn ready(
        &self,
        running: &mut Running,
        started: Instant,
    ) -> Result<Duration, ChaosError> {
        loop {
            let answer = exchange(self.address, &Request::get("/readyz")).await;
            if matches!(answer, Answer::Status(200, _)) {
                return Ok(started.elapsed());
            }
            let is_gone = !matches!(running.0.try_wait(), Ok(None));
            if is_gone || started.elapsed() > READY_WITHIN {
                let log = std::fs::read_to_string(self.log()).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                let end = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n");
                return Err(ChaosError::NotReady(READY_WITHIN, end));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Running {
    /// SIGKILL: nothing is finished, nothing is tidied up.
    pub(crate) fn kill(mut self) -> Result<(), ChaosError> {
        let failed = |error| ChaosError::Io("the server cannot be killed", error);
        self.0.kill().map_err(failed)?;
        self.0.wait().map_err(failed)?;
        Ok(())
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<(), ChaosError> {
        let failed = |error| ChaosError::Io("the server cannot be stopped", error);
        Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().map_err(failed)?;
        let asked = Instant::now();
        while self.0.try_wait().map_err(failed)?.is_none() {
            if asked.elapsed() > STOPPED_WITHIN {
                return self.kill();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// A port nobody listens on, below those the system hands out for outgoing connections: while the server is down, a client
/// that dials a port of that range can meet itself.
fn free_address() -> Result<SocketAddr, ChaosError> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrInUse);
    for _ in 0..50 {
        match TcpListener::bind(("127.0.0.1", fastrand::u16(15_000..30_000))).and_then(|one| one.local_addr())
        {
            Ok(address) => return Ok(address),
            Err(error) => last = error,
        }
    }
    Err(ChaosError::Io("no free port", last))
}
