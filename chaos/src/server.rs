//! The program under test: its configuration, starting it, killing it.

use crate::error::ChaosError;
use crate::services::Services;
use base64ct::{Base64, Encoding as _};
use portal_testkit::Provider;
use portal_testkit::process::{PATIENCE, Running, free_address};
use portal_testkit::provider::AUDIENCE;
use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How to start it, again and again over the same files.
pub(crate) struct Setup {
    binary: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) address: SocketAddr,
    passcode_key: String,
}

impl Setup {
    pub(crate) fn new(
        binary: &Path,
        folder: &Path,
        provider: &Provider,
        services: &Services,
    ) -> Result<Self, ChaosError> {
        let address = free_address().map_err(|error| ChaosError::Io("no free port", error))?;
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
             [oidc]\nissuer = \"{issuer}\"\naudience = \"{AUDIENCE}\"\nalgorithms = [\"ES256\"]\n{subject}{services}\
             [limits]\nresets_per_hour = {many}\nresets_per_device_per_hour = {many}\nactions_per_hour = {many}\n\
             actions_per_device_per_hour = {many}\nreveals_per_hour = {many}\n\
             reveals_per_device_per_hour = {many}\nattempts_per_minute = {many}\nresets_per_address_per_hour = {many}\n\
             reveals_per_address_per_hour = {many}\nsign_in_failures_per_address_per_minute = {many}\n\
             connections_per_address = 4096\n",
            database = setup.database(),
            issuer = provider.issuer,
            many = 1_000_000,
            subject = services.subject(),
            services = services.configuration(folder, provider)?,
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

    /// Where the server keeps what it sent to Graph.
    pub(crate) fn graph_database(&self) -> PathBuf {
        self.folder.join("portal.graph.sqlite")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Starts it; it may not be ready yet.
    pub(crate) fn start(&self) -> Result<Running, ChaosError> {
        let failed = |error| ChaosError::Io("the server cannot be started", error);
        let log = OpenOptions::new().create(true).append(true).open(self.log()).map_err(failed)?;
        let mut command = Command::new(&self.binary);
        command
            .arg("--config")
            .arg(self.configuration())
            .env("PORTAL__PASSCODE__KEY", &self.passcode_key)
            .env("PORTAL_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        Running::start(&mut command).map_err(failed)
    }

    /// Waits until it answers and can do its work; how long that took.
    pub(crate) async fn ready(
        &self,
        running: &mut Running,
        started: Instant,
    ) -> Result<Duration, ChaosError> {
        if running.answers(self.address, "/readyz").await {
            return Ok(started.elapsed());
        }
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let end = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n");
        Err(ChaosError::NotReady(PATIENCE, end))
    }
}

/// SIGKILL: nothing is finished, nothing is tidied up.
pub(crate) fn killed(mut running: Running) -> Result<(), ChaosError> {
    running.kill().map(drop).map_err(|error| ChaosError::Io("the server cannot be killed", error))
}

/// Asks it to end (SIGTERM) and waits until it has; kills it when that takes too long.
pub(crate) async fn stopped(mut running: Running) -> Result<(), ChaosError> {
    let failed = |error| ChaosError::Io("the server cannot be stopped", error);
    running.terminate().map_err(failed)?;
    running.ended().await.map(drop).map_err(failed)
}
