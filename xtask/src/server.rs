//! Building portal-server, and the configuration that the sample run gives it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use fs_err as fs;

use crate::error::{Error, Result};
use crate::process::Program;
use crate::progress;
use crate::template;
use crate::workspace::Workspace;

/// A program of the workspace: as cargo is told to build it, and where it puts it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binary {
    kind: &'static str,
    name: &'static str,
    file: &'static str,
}

/// The server.
pub(crate) const SERVER: Binary = Binary { kind: "--bin", name: "portal-server", file: "portal-server" };
/// What kills it under load (`cargo xtask chaos`).
pub(crate) const CHAOS: Binary = Binary { kind: "--bin", name: "portal-chaos", file: "portal-chaos" };
/// What attacks it (`cargo xtask load`).
pub(crate) const ATTACKER: Binary = Binary { kind: "--example", name: "load", file: "examples/load" };
/// The sample connector (the suite `connector`).
pub(crate) const CONNECTOR: Binary =
    Binary { kind: "--example", name: "connector", file: "examples/connector" };

/// The simulated Graph (the suites `graph` and end to end, the chaos).
pub(crate) const SIMULATED_GRAPH: Binary =
    Binary { kind: "--example", name: "simulated_graph", file: "examples/simulated_graph" };

/// What is built with it: the programs of the end-to-end suite (e2e/tests/support).
const EXAMPLES: [&str; 3] = [CONNECTOR.name, SIMULATED_GRAPH.name, "provider_with_habits"];

/// Builds a program as the suite `native` does, so that each is compiled once in a gate, and says where it is.
///
/// Cargo unites the features of all crates and of their tests only if it is asked for the whole workspace and for something
/// that tests stand on, which an example is: with fewer, sixty crates would be compiled again with other features.
pub(crate) fn build(workspace: &Workspace, binary: Binary) -> Result<PathBuf> {
    let examples = EXAMPLES.into_iter().flat_map(|name| ["--example", name]);
    built(workspace, binary, &["--workspace"].into_iter().chain(examples).collect::<Vec<_>>(), "debug")
}

/// Builds the server as it is deployed, for measuring.
pub(crate) fn build_release(workspace: &Workspace) -> Result<PathBuf> {
    built(workspace, SERVER, &["--package", "portal-server", "--release"], "release")
}

fn built(workspace: &Workspace, binary: Binary, how: &[&str], profile: &str) -> Result<PathBuf> {
    let what = format!("building {}", binary.name);
    progress::note(&what);
    let started = Instant::now();
    Program::new(&what, "cargo")
        .args(["build", "--quiet", "--locked", binary.kind, binary.name])
        .args(how)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .dir(&workspace.root)
        .limit(Duration::from_secs(40 * 60))
        .run_ok()?;
    if started.elapsed() > Duration::from_secs(5) {
        progress::note(&format!("built {} in {}", binary.name, progress::time(started.elapsed())));
    }
    let file = workspace.target.join(profile).join(binary.file);
    if file.is_file() { Ok(file) } else { Err(Error::Build(format!("cargo built no {}", file.display()))) }
}

/// How people sign in to the sample (docs/session-mode.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mode {
    /// The page is the provider's client and holds tokens.
    Token,
    /// The server is, and the browser holds a cookie.
    Session,
}

/// What the sample server is told.
#[derive(Debug, Clone)]
pub(crate) struct Sample<'a> {
    /// Port of the page and the API.
    pub(crate) port: u16,
    /// Port of the sample provider.
    pub(crate) provider_port: u16,
    /// Where the database lies.
    pub(crate) data: &'a Path,
    /// The finished page.
    pub(crate) page: &'a Path,
    /// How many seconds of the simulated fleet pass in one.
    pub(crate) fleet_speed: f64,
    /// How people sign in.
    pub(crate) mode: Mode,
    /// How often a person may try, for measuring; `None` leaves the server's own limits.
    pub(crate) limits: Option<u32>,
}

impl Sample<'_> {
    /// The address that people open.
    pub(crate) fn page_origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The issuer of the sample provider: another site than the page, as in real life.
    pub(crate) fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.provider_port)
    }

    /// Where the secret of the server's own client lies (session mode), for the server and the sample provider.
    pub(crate) fn client_secret(&self) -> PathBuf {
        self.data.join("client-secret")
    }

    /// The configuration file. The passcode key is not in it: it comes by environment.
    pub(crate) fn configuration(&self) -> Result<String> {
        let values = serde_json::json!({
            "listen": quoted(&format!("localhost:{}", self.port)),
            "database": quoted(&self.data.join("portal.sqlite").to_string_lossy()),
            "page": quoted(&self.page.to_string_lossy()),
            "origin": quoted(&self.page_origin()),
            "issuer": quoted(&self.issuer()),
            "speed": format!("{:?}", self.fleet_speed),
            "secret": quoted(&self.client_secret().to_string_lossy()),
            "session": self.mode == Mode::Session,
            "limit": self.limits,
        });
        template::render(include_str!("sample.toml.j2"), &values)
    }
}

/// A TOML basic string; JSON's escapes are a subset of TOML's.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The key for temporary passcodes, made once per data directory and readable by its owner alone. Losing it makes the
/// passcodes in the database unreadable, so it stays beside it.
pub(crate) fn passcode_key(data: &Path) -> Result<String> {
    secret_in(&data.join("passcode.key"))
}

/// Random text in a file of this name, made once and readable by its owner alone.
pub(crate) fn secret_in(file: &Path) -> Result<String> {
    use fs_err::os::unix::fs::OpenOptionsExt;
    use std::io::{Read, Write};
    match fs::read_to_string(file) {
        Ok(key) if !key.trim().is_empty() => return Ok(key.trim().to_string()),
        Ok(_) => fs::remove_file(file)?,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(source.into()),
    }
    let mut bytes = [0_u8; 32];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let key = Base64::encode_string(&bytes);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(file, "{key}")?;
    Ok(key)
}

/// Makes the data directory and sees that it can be written, before minutes are spent on building.
pub(crate) fn prepare_data(data: &Path) -> Result<()> {
    fs::create_dir_all(data)?;
    let probe = data.join(".write-probe");
    // As much as a fresh sample database needs: a full disk shows here and not in the middle of a reset.
    let written = fs::write(&probe, vec![0_u8; 16 * 1024 * 1024]);
    let removed = fs::remove_file(&probe);
    Ok(written.and(removed)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_has_32_bytes_and_belongs_to_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let key = passcode_key(dir).unwrap();
        assert_eq!(Base64::decode_vec(&key).unwrap().len(), 32);
        assert_eq!(passcode_key(dir).unwrap(), key);
        let mode = std::fs::metadata(dir.join("passcode.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_data_directory_that_is_a_file_is_refused_with_advice() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "x").unwrap();
        let error = prepare_data(&file.join("sub")).unwrap_err().to_string();
        assert!(error.contains("--data DIR"), "{error}");
    }

    #[test]
    fn the_configuration_holds_no_key_and_quotes_paths() {
        let sample = Sample {
            port: 8080,
            provider_port: 8081,
            data: Path::new("/with \"quote\""),
            page: Path::new("/page"),
            fleet_speed: 2.0,
            mode: Mode::Token,
            limits: None,
        };
        let text = sample.configuration().unwrap();
        let read = |text: &str| text.parse::<toml::Table>().unwrap();
        assert_eq!(read(&text)["database"].as_str(), Some("/with \"quote\"/portal.sqlite"));
        assert_eq!(read(&text)["fleet"]["speed"].as_float(), Some(2.0));
        assert!(!text.contains("key =") && !text.contains("[session]"));
        let text = Sample { mode: Mode::Session, limits: Some(7), ..sample }.configuration().unwrap();
        let secret = read(&text)["session"]["client_secret_file"].as_str().map(str::to_string);
        assert_eq!(secret.as_deref(), Some("/with \"quote\"/client-secret"));
        assert_eq!(read(&text)["limits"]["attempts_per_minute"].as_integer(), Some(7));
        assert!(!text.contains("authority") && !text.contains("client_secret ="));
    }
}
