//! A disk that takes no more (really: the system refuses the writes of the program), and a database that another process
//! holds. Clear answers, nothing half done, and afterwards everything goes on.

use crate::crash_points::World;
use crate::support::server::{count, open};
use crate::support::{Provider, TestServer};
use portal_contract::ActionState;
use portal_server::composition::fleet_database;
use portal_server::domain::action_run::{Ending, Report};
use portal_server::ports::{CrashPoint, CrashPoints};
use portal_testkit::client::{Request, ask};
use portal_testkit::process::{Running, free_address};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

#[tokio::test]
async fn while_another_process_holds_the_database_writes_are_unavailable_reads_work_and_nothing_is_lost() {
    let server = TestServer::with_patience("", Some(Duration::from_millis(200))).await;
    let accepted = server.reset("p-aiko", "d-aiko-android", "k").await;
    assert_eq!(accepted.status.as_u16(), 202);
    let pool = open(&server.database()).await;
    let mut other = pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *other).await.unwrap();
    let refused = server.reset("p-aiko", "d-aiko-iphone", "k2").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "unavailable"));
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(server.get("p-aiko", "/me/managedDevices").await.status.as_u16(), 200, "reading works");
    sqlx::query("ROLLBACK").execute(&mut *other).await.unwrap();
    assert_eq!(server.reset("p-aiko", "d-aiko-iphone", "k2").await.status.as_u16(), 202);
    server.pass(10).await;
    let again = server.reset("p-aiko", "d-aiko-android", "k").await;
    assert_eq!(again.json()["id"], accepted.json()["id"]);
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs WHERE action_state = 'done'").await, 2);
    assert_eq!(count(&fleet_database(&server.database()), "SELECT COUNT(*) FROM starts").await, 2);
}

/// Lets another process take the database at one point of a command's life, and keep it until it is told to let go.
struct LockAt {
    point: CrashPoint,
    database: PathBuf,
    release: Mutex<Option<mpsc::Sender<()>>>,
    is_done: AtomicBool,
}

impl CrashPoints for LockAt {
    fn stops_at(&self, point: CrashPoint) -> bool {
        if point == self.point && !self.is_done.swap(true, Ordering::SeqCst) {
            let (held, is_held) = mpsc::channel();
            let (release, is_released) = mpsc::channel();
            let database = self.database.clone();
            std::thread::spawn(move || hold(&database, &held, &is_released));
            is_held.recv().unwrap();
            *self.release.lock().unwrap() = Some(release);
        }
        false
    }
}

fn hold(database: &Path, held: &mpsc::Sender<()>, released: &mpsc::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let pool = open(database).await;
        let mut connection = pool.acquire().await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await.unwrap();
        held.send(()).unwrap();
        // Also when the test failed and its end is gone.
        let _ = released.recv();
        sqlx::query("ROLLBACK").execute(&mut *connection).await.unwrap();
    });
}

#[tokio::test]
async fn a_database_locked_between_sending_and_writing_that_down_leads_to_one_delivery() {
    for point in [CrashPoint::BeforeSending, CrashPoint::AfterStarted] {
        let world = World { patience: Some(Duration::from_millis(200)), ..World::new() };
        let lock = Arc::new(LockAt {
            point,
            database: world.database(),
            release: Mutex::default(),
            is_done: AtomicBool::new(false),
        });
        let process = world.process(lock.clone()).await;
        process.reset(&world.clock, "k").await;
        process.queue.pass().await.unwrap();
        let release = lock.release.lock().unwrap().take().expect("the lock was never taken");
        release.send(()).unwrap();
        process.work(&world.clock, 5).await;
        assert_eq!(*world.back_end.starts.lock().unwrap(), 1, "{point:?}");
        world.back_end.report_all(Report::Ended(Ending::Done));
        process.work(&world.clock, 5).await;
        assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Done, "{point:?}");
    }
}

/// The program; with a limit no file it writes may grow beyond so many blocks of 512 bytes. The system refuses the write
/// then, as it does on a full disk (`SIGXFSZ` is ignored, or it would end the program instead).
fn start(folder: &Path, blocks: Option<u32>) -> Running {
    let limit = blocks.map_or(String::new(), |blocks| format!("trap '' XFSZ; ulimit -f {blocks}; "));
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{limit}exec \"$0\" --config \"$1\""))
        .arg(env!("CARGO_BIN_EXE_portal-server"))
        .arg(folder.join("server.toml"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Running::start(&mut command).unwrap()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_more_refuses_new_resets_and_keeps_the_accepted_ones() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::in_real_time().await;
    let address = free_address().unwrap();
    let database = folder.path().join("portal.sqlite");
    let text = crate::support::server::configuration(&provider, &database, "")
        .replace("127.0.0.1:0", &address.to_string())
        + "[fleet]\nspeed = 200.0\n[limits]\nresets_per_hour = 10000\nresets_per_device_per_hour = 10000\n\
           attempts_per_minute = 10000\n";
    std::fs::write(folder.path().join("server.toml"), text).unwrap();
    let token = provider.token("p-bench", 5);
    let reset = async |number: u32| {
        let path = format!("/api/v1.0/me/managedDevices/d-bench-{number:03}/resetPasscode");
        let key = format!("k-{number}-{}", "x".repeat(200));
        let answer = ask(address, &Request::post(path).token(&token).key(&key)).await;
        (answer.status.as_u16(), answer.json()["id"].as_str().unwrap_or_default().to_owned())
    };
    let mut full = start(folder.path(), Some(2000));
    assert!(full.answers(address, "/healthz").await, "the server did not start");
    let mut accepted = Vec::new();
    let mut refused = 0;
    for number in 1..=500 {
        match reset(number).await {
            (202, id) => accepted.push((number, id)),
            (503, _) => refused += 1,
            (status, _) => panic!("a full disk was answered with {status}"),
        }
        if refused == 3 {
            break;
        }
    }
    assert!(!accepted.is_empty() && refused == 3, "accepted {}, refused {refused}", accepted.len());
    let read = ask(address, &Request::get("/api/v1.0/me/managedDevices?$top=1").token(&token)).await;
    assert_eq!(read.status.as_u16(), 200, "reading still works");
    drop(full);

    let mut roomy = start(folder.path(), None);
    assert!(roomy.answers(address, "/healthz").await, "the server did not start");
    for (number, id) in &accepted {
        assert_eq!(reset(*number).await, (202, id.clone()), "the same key, the same result");
    }
    assert_eq!(reset(499).await.0, 202, "the next one works");
    let started = Instant::now();
    let open_ones = "SELECT COUNT(*) FROM action_runs WHERE queue_state <> 'ended'";
    while count(&database, open_ones).await > 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "an accepted reset does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let resets = i64::try_from(accepted.len()).unwrap() + 1;
    assert_eq!(
        count(&database, "SELECT COUNT(*) FROM action_runs").await,
        resets,
        "exactly the accepted ones"
    );
    let fleet = fleet_database(&database);
    assert_eq!(count(&fleet, "SELECT COUNT(*) FROM starts").await, resets, "each handed over once");
    assert_eq!(count(&fleet, "SELECT COUNT(DISTINCT device_id) FROM starts").await, resets);
    let pool = open(&database).await;
    let healthy: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&pool).await.unwrap();
    assert_eq!(healthy, "ok");
}

#[cfg(unix)]
#[tokio::test]
async fn the_databases_are_for_the_servers_user_alone_whatever_they_were_before() {
    use portal_server::composition::{Environment, Server, fleet_database};
    use std::os::unix::fs::PermissionsExt as _;
    let server = crate::support::TestServer::start().await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let of = |database: &std::path::Path| {
        ["", "-wal", "-shm"].map(|suffix| std::path::PathBuf::from(format!("{}{suffix}", database.display())))
    };
    let files = || of(&server.database()).into_iter().chain(of(&fleet_database(&server.database())));
    for file in files() {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    for file in files() {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let replaceable = Environment { clock: server.clock.clone(), ..Environment::default() };
    let _second = Server::build(&server.settings, replaceable).await.unwrap();
    for file in files() {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
