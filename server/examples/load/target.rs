//! The server under attack: the real program with its usual limits.

use portal_testkit::process::{Running, free_address};
use portal_testkit::{Provider, Signer};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) struct Target {
    running: Running,
    address: SocketAddr,
    _folder: TempDir,
}

impl Target {
    /// Starts it; with `room`, for that many connections from as few addresses as there may be.
    pub(crate) async fn start(program: &Path, provider: &Provider, room: Option<usize>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().unwrap();
        let limits = room
            .map(|room| format!("[limits]\nconnections = {room}\nconnections_per_address = {room}\n"))
            .unwrap_or_default();
        let text = format!(
            "listen = \"{address}\"\ndatabase = {:?}\n[oidc]\nissuer = \"{}\"\n\
             audience = \"urn:passcode-portal:api\"\nalgorithms = [\"ES256\"]\n{limits}",
            folder.path().join("portal.sqlite"),
            provider.issuer
        );
        let file = folder.path().join("server.toml");
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new(program);
        command
            .arg("--config")
            .arg(&file)
            // Made for this one run; nothing it protects outlives it.
            .env("PORTAL__PASSCODE__KEY", "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=")
            .env("PORTAL_LOG", "error")
            .stdout(Stdio::null());
        let mut running = Running::start(&mut command).unwrap();
        assert!(running.answers(address, "/healthz").await, "the server did not start");
        Self { running, address, _folder: folder }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A token that looks right and is signed by somebody else.
    pub(crate) fn forged(&self, provider: &Provider) -> String {
        Signer::es256("key-1", 9).sign(&provider.claims("p-aiko", provider.clock.seconds(), 5))
    }

    /// Resident memory in bytes; 0 where the system does not say.
    pub(crate) fn memory(&self) -> u64 {
        let text =
            std::fs::read_to_string(format!("/proc/{}/status", self.running.0.id())).unwrap_or_default();
        let kilobytes = text.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        kilobytes.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// Open sockets of the process; 0 where the system does not say.
    pub(crate) fn connections(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.running.0.id()));
        files.map(Iterator::count).unwrap_or(0)
    }
}
