//! The server under attack: the real program with its usual limits.

use crate::provider::{Provider, Signer};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

pub(crate) struct Target {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

impl Target {
    /// Starts it; with `room`, for that many connections from as few addresses as there may be.
    pub(crate) async fn start(program: &Path, provider: &Provider, room: Option<usize>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
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
        let child = Command::new(program)
            .arg("--config")
            .arg(&file)
            // Made for this one run; nothing it protects outlives it.
            .env("PORTAL__PASSCODE__KEY", "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=")
            .env("PORTAL_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Whoever drops it ends the program.
        let target = Self { child, address, _folder: folder };
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return target;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not start");
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A good token of a person.
    pub(crate) fn token(&self, provider: &Provider, person: &str) -> String {
        provider.signer.sign(&provider.claims(person, now(), 5))
    }

    /// A token that looks right and is signed by somebody else.
    pub(crate) fn forged(&self, provider: &Provider) -> String {
        Signer::es256("key-1", 9).sign(&provider.claims("p-aiko", now(), 5))
    }

    /// Resident memory in bytes; 0 where the system does not say.
    pub(crate) fn memory(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kilobytes = text.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        kilobytes.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// Open sockets of the process; 0 where the system does not say.
    pub(crate) fn connections(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        files.map(Iterator::count).unwrap_or(0)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
