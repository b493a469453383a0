//! Searching a whole server for secrets after they expired (security.md, server, row 7): files, log, answers, and the
//! memory of its process, as a core dump would show it.
//!
//! The server runs in a process of its own - this very test binary, started with [`served_elsewhere`] - because the memory
//! of the test itself is full of tokens. Its clock and its queue are moved by lines on its standard input. What is to be
//! found as a proof that the search works is handed over as numbers, so that only the decoded copy is it.

#![cfg(target_os = "linux")]

use crate::support::server::{configuration, open};
use crate::support::{Provider, TestClock};
use memchr::memmem;
use portal_server::composition::{Environment, Server, fleet_database};
use portal_server::http::{Listeners, serve};
use portal_testkit::client::talk;
use portal_testkit::process::Running;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// Says something to the test: a line that begins with `@`.
#[allow(clippy::print_stdout, reason = "standard output is the way to the test that started this process")]
fn tell_test(text: &str) {
    println!("@{text}");
}

const CONFIGURATION: &str = "PORTAL_TEST_SERVED_ELSEWHERE";
/// How long something that must happen soon is waited for before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Not a test: the other process. It does nothing unless it was started by the test below.
#[tokio::test(flavor = "multi_thread")]
async fn served_elsewhere() {
    let Some(file) = std::env::var_os(CONFIGURATION) else { return };
    let file = Path::new(&file);
    let log = std::fs::File::create(file.with_file_name("log.txt")).unwrap();
    tracing_subscriber::fmt().with_env_filter("trace").with_ansi(false).with_writer(Mutex::new(log)).init();
    let settings = portal_server::config::load(Some(file), &[]).unwrap();
    let clock = Arc::new(TestClock::new());
    let server = Server::build(&settings, Environment { clock: clock.clone(), ..Environment::default() });
    let server = server.await.unwrap();
    let listeners = Listeners::open("127.0.0.1:0").await.unwrap();
    let operation = Listeners::open("127.0.0.1:0").await.unwrap();
    tell_test(&format!("{} {}", listeners.addresses()[0], operation.addresses()[0]));
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let metrics = Arc::clone(&server.metrics);
    let limits = server.limits.clone();
    let metrics_of_operation = Arc::new(portal_server::metrics::Metrics::new(|| 0));
    tokio::spawn(serve(operation, server.operation.clone(), limits, metrics_of_operation, stopped.clone()));
    tokio::spawn(serve(listeners, server.router.clone(), server.limits.clone(), metrics, stopped));
    let mut lines = std::io::stdin().lines();
    let mut held = None;
    // Reading blocks this thread; the server has others.
    while let Some(Ok(line)) = tokio::task::block_in_place(|| lines.next()) {
        let (word, value) = line.split_once(' ').unwrap_or((&line, ""));
        match word {
            "pass" => {
                for _ in 0..value.parse().unwrap() {
                    server.queue.pass().await.unwrap();
                    clock.advance(1);
                }
            }
            "advance" => clock.advance(value.parse().unwrap()),
            "sweep" => assert_eq!(server.portal.sweep().await, Ok(value.parse().unwrap())),
            // Byte by byte onto the heap: an array would leave a copy on the stack, which nobody wipes.
            "hold" => held = Some(value.split(',').map(|byte| byte.parse().unwrap()).collect::<Vec<u8>>()),
            "drop" => drop(held.take()),
            other => panic!("{other}"),
        }
        tell_test("done");
    }
}

/// A server in a process of its own.
pub(crate) struct Elsewhere {
    child: Running,
    input: ChildStdin,
    output: mpsc::Receiver<String>,
    address: String,
    operation: String,
}

impl Elsewhere {
    pub(crate) fn start(configuration: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "memory::served_elsewhere", "--nocapture", "--test-threads=1"])
            .env(CONFIGURATION, configuration)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = Running::start(&mut command).unwrap();
        let (sender, output) = mpsc::channel();
        let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
        std::thread::spawn(move || {
            // The harness prints lines of its own.
            let ours = lines
                .map_while(Result::ok)
                .filter_map(|line| line.split_once('@').map(|(_, l)| l.to_owned()));
            ours.for_each(|line| drop(sender.send(line)));
        });
        let input = child.0.stdin.take().unwrap();
        let addresses = output.recv_timeout(PATIENCE).expect("the server did not start");
        let (address, operation) = addresses.split_once(' ').unwrap();
        let (address, operation) = (address.to_owned(), operation.to_owned());
        Self { child, input, output, address, operation }
    }

    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
        assert_eq!(self.output.recv_timeout(PATIENCE).as_deref(), Ok("done"), "{line}");
    }

    /// One request on a connection of its own; its answer as it came.
    pub(crate) fn request(&self, head: &str) -> String {
        request(&self.address, head)
    }

    /// What the monitoring system is told.
    pub(crate) fn metrics(&self) -> String {
        let metrics = request(&self.operation, "GET /metrics HTTP/1.1");
        assert!(metrics.contains("portal_http_requests_total{"), "{metrics}");
        metrics
    }

    fn get(&self, token: &str, path: &str) -> String {
        self.request(&format!("GET /api/v1.0{path} HTTP/1.1\r\nauthorization: Bearer {token}"))
    }

    /// Which of the texts are in the memory that the process can write: its heap, its stacks, its statics. The rest is
    /// files, the same for every process.
    pub(crate) fn remembered<'text>(&self, texts: &'text [String]) -> Vec<&'text str> {
        let folder = Path::new("/proc").join(self.child.0.id().to_string());
        let maps = std::fs::read_to_string(folder.join("maps")).unwrap();
        let memory = std::fs::File::open(folder.join("mem")).expect(
            "the memory of a child can be read where ptrace is allowed (kernel.yama.ptrace_scope at most 1)",
        );
        let finders: Vec<_> = texts.iter().map(|text| (text, memmem::Finder::new(text.as_bytes()))).collect();
        let mut found = Vec::new();
        let mut buffer = Vec::new();
        for line in
            maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw")))
        {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
            buffer.resize(usize::try_from(to - from).unwrap(), 0);
            // A mapping may go away between the two reads.
            let read = memory.read_at(&mut buffer, from).unwrap_or(0);
            for (text, finder) in &finders {
                if finder.find(&buffer[..read]).is_some() && !found.contains(&text.as_str()) {
                    found.push(text.as_str());
                }
            }
        }
        found
    }

    /// Waits until the process remembers none of the texts: it may be closing its connections still.
    pub(crate) fn forgets(&self, texts: &[String], when: &str) {
        let started = Instant::now();
        loop {
            let found = self.remembered(texts);
            if found.is_empty() {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{when}, the process still remembers {found:?}");
        }
    }
}

fn request(address: &str, head: &str) -> String {
    let text = format!("{head}\r\nhost: a\r\nconnection: close\r\n\r\n");
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(talk(address, &text)))
}

/// Pieces of a token, each long enough to be no coincidence: also a half overwritten token is one.
pub(crate) fn pieces(token: &str) -> Vec<String> {
    let signature = token.rsplit('.').next().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let middle = signature.len() / 2;
    [&signature[..24], &signature[middle - 12..middle + 12], &signature[signature.len() - 24..]]
        .into_iter()
        .chain([&payload[payload.len() - 40..]])
        .map(ToOwned::to_owned)
        .collect()
}

pub(crate) fn files(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.flat_map(|path| std::fs::read(path).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_expiry_no_file_no_answer_and_no_byte_of_memory_holds_a_passcode_or_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let configuration_file = folder.path().join("server.toml");
    let database = folder.path().join("portal.sqlite");
    std::fs::write(&configuration_file, configuration(&provider, &database, "")).unwrap();
    let mut server = Elsewhere::start(&configuration_file);

    // The search works: what is in memory is found, and what was freed is not.
    let marker: Vec<String> = vec![format!("found-{:010}", std::process::id())];
    assert!(server.remembered(&marker).is_empty());
    let bytes: Vec<String> = marker[0].bytes().map(|byte| byte.to_string()).collect();
    server.tell(&format!("hold {}", bytes.join(",")));
    assert_eq!(server.remembered(&marker), [marker[0].as_str()]);
    server.tell("drop");
    server.forgets(&marker, "after dropping it");

    let token = |person: &str, age| provider.token(person, age);
    let (fresh, stale, other) = (token("p-aiko", 5), token("p-aiko", 4000), token("p-ben", 6));
    let mut answers = String::new();
    let mut passcodes = Vec::new();
    let devices = ["d-aiko-android", "d-aiko-lumia", "d-aiko-wp81"];
    for device in devices {
        let path = format!("/api/v1.0/me/managedDevices/{device}/resetPasscode");
        let accepted = server.request(&format!(
            "POST {path} HTTP/1.1\r\nauthorization: Bearer {fresh}\r\nidempotency-key: {device}\r\ncontent-length: 0"
        ));
        assert!(accepted.starts_with("HTTP/1.1 202"), "{accepted}");
        answers.push_str(&accepted);
    }
    server.tell("pass 20");
    for device in devices {
        let path = format!("/me/managedDevices/{device}/temporaryPasscode");
        for _ in 0..3 {
            let shown = server.get(&fresh, &path);
            let (_, rest) = shown.split_once("\"passcode\":\"").expect(&shown);
            passcodes.push(rest.split('"').next().unwrap().to_owned());
        }
        // Refused: too old a sign-in, somebody else, a broken signature, a token that is none.
        // The last character holds two bits only; the first of the signature is another for certain.
        let (signed, signature) = fresh.rsplit_once('.').unwrap();
        let other_start = if signature.starts_with('A') { 'B' } else { 'A' };
        let broken = format!("{signed}.{other_start}{}", &signature[1..]);
        for token in [&stale, &other, &broken, &passcodes[0]] {
            let refused = server.get(token, &path);
            assert!(refused.starts_with("HTTP/1.1 4"), "{refused}");
            answers.push_str(&refused);
        }
    }
    answers.push_str(&server.metrics());
    for path in ["/healthz", "/readyz", "/openapi.json", "/api/v1.0/me/history"] {
        answers.push_str(&server.request(&format!("GET {path} HTTP/1.1\r\nauthorization: Bearer {fresh}")));
    }
    passcodes.sort();
    passcodes.dedup();
    assert_eq!(passcodes.len(), 3);
    let tokens: Vec<String> = [&fresh, &stale, &other].into_iter().flat_map(|token| pieces(token)).collect();
    let secrets = [passcodes, tokens].concat();
    server.forgets(&secrets, "with every connection closed");

    let pool = open(&database).await;
    let sealed: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT ciphertext FROM passcodes").fetch_all(&pool).await.unwrap();
    pool.close().await;
    assert_eq!(sealed.len(), 3);
    assert!(memmem::find(&files(folder.path()), &sealed[0]).is_some(), "the search of the files works");
    server.tell(&format!("advance {}", 7 * 86_400));
    server.tell("sweep 3");
    server.forgets(&secrets, "after expiry");
    assert!(fleet_database(&database).exists());
    answers.push_str(&server.metrics());
    let log = std::fs::read(folder.path().join("log.txt")).unwrap();
    assert!(memmem::find(&log, b"TRACE").is_some(), "the log is as talkative as it can be");
    let everything = [files(folder.path()), answers.into_bytes()].concat();
    for secret in &secrets {
        assert!(memmem::find(&everything, secret.as_bytes()).is_none(), "{secret} is in a file or an answer");
    }
    for sealed in &sealed {
        assert!(memmem::find(&everything, sealed).is_none(), "a ciphertext outlived its passcode");
    }
}
