//! What an operator does with the real program: verify, export, rekey, back up, restore.

use crate::crash_points::World;
use crate::operation::Program;
use crate::support::server::{KEY, count, open, write_private};
use crate::support::{Provider, TestClock, TestServer};
use portal_contract::{ActionState, FailureCode};
use portal_server::composition::{Environment, Server};
use portal_server::config::{self, Settings};
use portal_server::domain::action_run::{Ending, Report};
use portal_server::domain::audit_chain::End;
use portal_server::domain::operation::NotReady;
use portal_server::operator;
use portal_server::ports::NoCrash;
use portal_server::store_sqlite::{DatabaseLock, SqliteStore, StoreOptions};
use portal_testkit::process::Running;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

const NEW_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn run(server: &TestServer, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portal-server"))
        .env_clear()
        .arg("--config")
        .arg(server.folder.path().join("server.toml"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Exit code and what was said, on whichever stream.
fn said(output: &Output) -> (i32, String) {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// Changes the record as somebody would who has the file: around the triggers, which are there again afterwards.
pub(crate) async fn tamper(database: &Path, statement: &'static str) {
    let pool = open(database).await;
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(triggers.len(), 6);
    for (name, _) in &triggers {
        let drop = sqlx::AssertSqlSafe(format!("DROP TRIGGER {name}"));
        sqlx::query(drop).execute(&pool).await.unwrap();
    }
    sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    for (_, sql) in triggers {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
    pool.close().await;
}

async fn with_a_history() -> TestServer {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k-1").await;
    server.pass(10).await;
    server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await;
    server.reset_aged("p-aiko", "d-aiko-lumia", "k-2", 400).await;
    server.link().await;
    server
}

#[tokio::test]
async fn the_audit_record_is_verified_while_the_server_runs_and_a_tampered_line_is_named() {
    let server = with_a_history().await;
    let (code, text) = said(&run(&server, &["audit", "verify"]));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("4 lines") && text.contains("unbroken"), "{text}");
    let head = text.lines().find_map(|line| line.strip_prefix("head ")).unwrap().to_owned();
    assert!(head.starts_with("4:"), "{text}");
    server.reset("p-ben", "d-ben-iphone", "k-3").await;
    let (code, text) = said(&run(&server, &["audit", "verify", "--anchor", &head]));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("5 lines") && text.contains("1 of them, the newest, are not linked yet"), "{text}");

    for (statement, expected) in [
        ("UPDATE audit SET person_id = 'p-ben' WHERE sequence = 2", "audit.line_changed: line 2"),
        ("DELETE FROM audit WHERE sequence = 3", "audit.line_missing: line 3"),
        (
            "INSERT INTO audit (sequence, at, event, result) VALUES (6, 0, 'resetAccepted', 'ok')",
            "audit.line_without_hash: line 6",
        ),
        ("UPDATE audit_chain SET hash = zeroblob(32) WHERE sequence = 1", "audit.line_changed: line 1"),
        // The fifth line waits for its link.
        ("UPDATE audit SET person_id = 'p-aiko' WHERE sequence = 5", "audit.line_changed: line 5"),
        ("DELETE FROM audit_seals WHERE sequence = 5", "audit.line_without_hash: line 5"),
        ("DELETE FROM audit WHERE sequence = 5", "audit.line_missing: line 5"),
        ("DELETE FROM audit WHERE sequence >= 4", "audit.line_missing: line 4"),
    ] {
        let copy = server.folder.path().join("copy.sqlite");
        // A copy each, so that the damages do not add up.
        assert_eq!(said(&run(&server, &["backup", "--to", copy.to_str().unwrap()])).0, 0);
        tamper(&copy, statement).await;
        let output = Command::new(env!("CARGO_BIN_EXE_portal-server"))
            .env("PORTAL__DATABASE", &copy)
            .arg("--config")
            .arg(server.folder.path().join("server.toml"))
            .args(["audit", "verify"])
            .output()
            .unwrap();
        let (code, text) = said(&output);
        assert_eq!(code, 1, "{statement}: {text}");
        assert!(text.contains(expected), "{statement}: {text}");
        std::fs::remove_file(&copy).unwrap();
    }
    // Whoever also resets the counter and removes the hashes leaves nothing to see, except for an anchor.
    tamper(&server.database(), "DELETE FROM audit WHERE sequence >= 4").await;
    tamper(&server.database(), "DELETE FROM audit_chain WHERE sequence >= 4").await;
    tamper(&server.database(), "DELETE FROM audit_seals WHERE sequence >= 4").await;
    tamper(&server.database(), "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'").await;
    assert_eq!(said(&run(&server, &["audit", "verify"])).0, 0);
    let (code, text) = said(&run(&server, &["audit", "verify", "--anchor", &head]));
    assert_eq!(code, 1);
    assert!(text.contains("audit.end_missing"), "{text}");
}

#[tokio::test]
async fn an_export_is_verified_without_the_database_and_a_part_says_what_it_follows() {
    let server = with_a_history().await;
    let exported = run(&server, &["audit", "export"]);
    assert_eq!(exported.status.code(), Some(0));
    let file = server.folder.path().join("all.jsonl");
    std::fs::write(&file, &exported.stdout).unwrap();
    let verify = |file: &Path| {
        let program = env!("CARGO_BIN_EXE_portal-server");
        said(
            &Command::new(program)
                .env_clear()
                .args(["audit", "verify", "--file"])
                .arg(file)
                .output()
                .unwrap(),
        )
    };
    assert_eq!(verify(&file).0, 0);
    let text = String::from_utf8(exported.stdout).unwrap();
    assert_eq!(text.lines().count(), 6, "beginning, four lines, end");
    std::fs::write(&file, text.replace("insufficientUserAuthentication", "ok")).unwrap();
    let (code, told) = verify(&file);
    assert_eq!(code, 1);
    assert!(told.contains("audit.line_changed: line 4"), "{told}");
    // Lines 3 and 4 were written ten seconds after the first.
    let moment = portal_contract::UtcTime::from_unix_seconds(crate::support::clock::START + 10).to_rfc3339();
    let part = run(&server, &["audit", "export", "--from", &moment]);
    std::fs::write(&file, &part.stdout).unwrap();
    let (code, told) = verify(&file);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("2 lines") && told.contains("follows 2:"), "{told}");
    let none = run(&server, &["audit", "export", "--from", "2100-01-01"]);
    std::fs::write(&file, &none.stdout).unwrap();
    assert!(verify(&file).1.contains("0 lines"));
}

/// The settings of a server whose key files hold these lines.
fn with_keys(server: &TestServer, passcode: &str, audit: Option<&str>) -> Settings {
    let file = server.folder.path().join("server.toml");
    write_private(&server.folder.path().join("passcode.keys"), passcode);
    let mut text = std::fs::read_to_string(&file).unwrap();
    text.truncate(text.find("\n[audit]").unwrap_or(text.len()));
    if let Some(keys) = audit {
        let path = server.folder.path().join("audit.keys");
        write_private(&path, keys);
        text.push_str(&format!("\n[audit]\nkey_file = {path:?}\n"));
    }
    std::fs::write(&file, text).unwrap();
    config::load(Some(&file), &[]).unwrap()
}

async fn restarted_with(server: TestServer, settings: Settings) -> TestServer {
    TestServer { settings, ..server }.restarted().await
}

#[tokio::test]
async fn keys_are_rotated_without_losing_a_passcode_and_a_missing_key_is_named() {
    let server = with_a_history().await;
    let path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
    let before = server.get("p-aiko", path).await.json();
    // A new key alone: what was sealed with the old one cannot be shown, and everything else works.
    let settings = with_keys(&server, NEW_KEY, None);
    let server = restarted_with(server, settings).await;
    assert_eq!(server.get("p-aiko", path).await.status.as_u16(), 500);
    assert_eq!(server.reset("p-aiko", "d-aiko-lumia", "k-9").await.status.as_u16(), 202);
    let (code, text) = said(&run(&server, &["passcodes", "rekey"]));
    let old = config::load(None, &good_environment()).unwrap().passcode_keys.current().id().clone();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains(&format!("sealed with key {old}")) && text.contains("1 passcode"), "{text}");
    // The old key below the new one.
    let settings = with_keys(&server, &format!("{NEW_KEY}\n{KEY}\n"), None);
    let server = restarted_with(server, settings).await;
    assert_eq!(server.get("p-aiko", path).await.json()["passcode"], before["passcode"]);
    let (code, text) = said(&run(&server, &["passcodes", "rekey"]));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("1 passcodes sealed anew"), "{text}");
    assert_eq!(server.column("SELECT result FROM audit WHERE event = 'passcodesResealed'").await.len(), 1);
    // The old key can go.
    let settings = with_keys(&server, NEW_KEY, None);
    let server = restarted_with(server, settings).await;
    assert_eq!(server.get("p-aiko", path).await.json()["passcode"], before["passcode"]);
    assert_eq!(said(&run(&server, &["audit", "verify"])).0, 0);
}

fn good_environment() -> Vec<(String, String)> {
    [
        ("PORTAL__DATABASE", "portal.sqlite"),
        ("PORTAL__OIDC__ISSUER", "https://id.example.test"),
        ("PORTAL__OIDC__AUDIENCE", "urn:api"),
        ("PORTAL__PASSCODE__KEY", KEY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

#[tokio::test]
async fn a_sealed_record_cannot_be_computed_anew_and_is_not_left_unsealed() {
    let server = with_a_history().await;
    let settings = with_keys(&server, KEY, Some(NEW_KEY));
    // Nobody answers yet for the lines from before the key: neither does the server, by starting with it.
    assert!(said(&run(&server, &["audit", "verify"])).1.contains("audit.not_sealed"));
    assert!(refused(&server, &settings).await.contains("`portal-server audit seal`"));
    let wrong = format!("4:{}", "0".repeat(64));
    let (code, text) = said(&run(&server, &["audit", "seal", "--anchor", &wrong]));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("audit.anchor_differs"), "{text}");
    let (code, text) = said(&run(&server, &["audit", "seal"]));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("4 lines, 0 of them sealed") && text.contains("head 4:"), "{text}");
    let server = restarted_with(server, settings).await;
    let (code, text) = said(&run(&server, &["audit", "seal"]));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("nothing to do"), "{text}");
    let (code, text) = said(&run(&server, &["audit", "verify"]));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("5 lines, 1 of them sealed"), "{text}");
    // Rotated: the new one first.
    let settings = with_keys(&server, KEY, Some(&format!("{KEY}\n{NEW_KEY}")));
    assert!(refused(&server, &settings).await.contains("`portal-server audit seal`"));
    assert_eq!(said(&run(&server, &["audit", "seal"])).0, 0);
    let server = restarted_with(server, settings).await;
    assert!(said(&run(&server, &["audit", "verify"])).1.contains("6 lines, 2 of them sealed"));
    // Without any key the server does not go on: its lines would look like a forger's.
    let settings = with_keys(&server, KEY, None);
    let error = refused(&server, &settings).await;
    assert!(error.contains("audit.key_file"), "{error}");
}

/// Why a server does not start.
async fn refused(server: &TestServer, settings: &Settings) -> String {
    let replaceable = Environment { clock: server.clock.clone(), ..Environment::default() };
    Server::build(settings, replaceable).await.err().expect("it started").to_string()
}

/// Everything of the chain is gone, a line says something else, and the database claims to come from before the chain.
const CHAIN_THROWN_AWAY: &str = "UPDATE audit SET person_id = 'p-ben' WHERE event = 'resetAccepted'; \
     DELETE FROM audit WHERE sequence > 3; DELETE FROM audit_chain; DELETE FROM audit_seals; \
     UPDATE audit_chain_start SET is_chained = 0, is_told = 1; \
     UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'";

/// The same, with the whole chain computed anew as whoever has no key can compute it.
async fn computed_anew(database: &Path) {
    use portal_server::domain::audit_chain::{LineHash, hash};
    tamper(database, CHAIN_THROWN_AWAY).await;
    let store = SqliteStore::look(database, StoreOptions::default()).await.unwrap();
    let mut previous = LineHash::NOTHING;
    let mut hashes = Vec::new();
    let read = store.each_line(|line, _| {
        previous = hash(previous, &line, None);
        hashes.push((line.sequence, previous.0.to_vec()));
        Ok::<(), ()>(())
    });
    read.await.unwrap().unwrap();
    store.close().await;
    let pool = open(database).await;
    for (sequence, hash) in hashes {
        sqlx::query("INSERT INTO audit_chain (sequence, hash) VALUES (?, ?)")
            .bind(sequence)
            .bind(hash)
            .execute(&pool)
            .await
            .unwrap();
    }
    pool.close().await;
}

#[tokio::test]
async fn whoever_has_the_database_and_not_the_key_gets_no_seal_from_start_rekey_or_restore() {
    for is_computed_anew in [false, true] {
        let server = TestServer::start().await;
        let settings = with_keys(&server, KEY, Some(NEW_KEY));
        std::fs::remove_file(server.database()).unwrap();
        let server = restarted_with(server, settings.clone()).await;
        server.reset("p-aiko", "d-aiko-android", "k-1").await;
        server.pass(10).await;
        let (code, text) = said(&run(&server, &["audit", "verify"]));
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("3 lines, 3 of them sealed"), "a record that begins with a key: {text}");
        server.reset("p-ben", "d-ben-iphone", "k-2").await;
        let backup = server.folder.path().join("b.sqlite");
        assert_eq!(said(&run(&server, &["backup", "--to", backup.to_str().unwrap()])).0, 0);
        let expected = if is_computed_anew { "audit.not_sealed" } else { "audit.line_without_hash" };
        for database in [&backup, &server.database()] {
            if is_computed_anew {
                computed_anew(database).await;
            } else {
                tamper(database, CHAIN_THROWN_AWAY).await;
            }
        }
        // A server that is running does not cover it either, and says so.
        if is_computed_anew {
            assert_eq!(server.reset("p-aiko", "d-aiko-lumia", "k-3").await.status.as_u16(), 202);
            assert!(server.server.portal.link_audit().await.is_err());
            assert_eq!(server.server.portal.not_ready().await, [NotReady::AuditRecordBroken]);
            tamper(&server.database(), "DELETE FROM audit WHERE sequence > 3").await;
            tamper(&server.database(), "DELETE FROM audit_seals").await;
            tamper(&server.database(), "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'").await;
        }
        let started = refused(&server, &settings).await;
        assert!(started.contains(expected), "{started}");
        for arguments in [
            &["audit", "verify"] as &[&str],
            &["passcodes", "rekey"],
            &["restore", "--from", backup.to_str().unwrap()],
        ] {
            let (code, text) = said(&run(&server, arguments));
            assert_eq!(code, 1, "{arguments:?}: {text}");
            assert!(text.contains(expected), "{arguments:?}: {text}");
        }
        assert!(refused(&server, &settings).await.contains(expected), "still");
    }
}

#[tokio::test]
async fn a_backup_from_before_a_change_of_the_key_is_restored_and_answered_for() {
    let server = TestServer::start().await;
    let settings = with_keys(&server, KEY, Some(KEY));
    std::fs::remove_file(server.database()).unwrap();
    let server = restarted_with(server, settings).await;
    let backup = server.folder.path().join("b.sqlite");
    assert_eq!(said(&run(&server, &["backup", "--to", backup.to_str().unwrap()])).0, 0);
    let settings = with_keys(&server, KEY, Some(&format!("{NEW_KEY}\n{KEY}")));
    let (code, text) = said(&run(&server, &["restore", "--from", backup.to_str().unwrap()]));
    assert_eq!(code, 0, "{text}");
    let server = restarted_with(server, settings).await;
    let (code, text) = said(&run(&server, &["audit", "verify"]));
    assert_eq!(code, 0, "{text}");
}

#[tokio::test]
async fn passcodes_are_not_sealed_anew_while_a_server_runs_with_the_keys_of_before() {
    let server = with_a_history().await;
    let lock = DatabaseLock::take(&server.database()).unwrap();
    let (code, text) = said(&run(&server, &["passcodes", "rekey"]));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("a server is running"), "{text}");
    drop(lock);
    assert_eq!(said(&run(&server, &["passcodes", "rekey"])).0, 0);
}

#[tokio::test]
async fn a_backup_is_a_private_new_file_and_is_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = with_a_history().await;
    let to = server.folder.path().join("b.sqlite");
    let (code, text) = said(&run(&server, &["backup", "--to", to.to_str().unwrap()]));
    assert_eq!(code, 0, "{text}");
    assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&to).unwrap();
    let (code, text) = said(&run(&server, &["backup", "--to", to.to_str().unwrap()]));
    assert_eq!(code, 1);
    assert!(text.contains("not overwritten"), "{text}");
    assert_eq!(std::fs::read(&to).unwrap(), before);
    assert!(!server.folder.path().join("b.sqlite-wal").exists());
}

#[tokio::test]
async fn a_restore_is_refused_while_a_server_runs_and_from_anything_that_is_no_sound_backup() {
    let server = with_a_history().await;
    let to = server.folder.path().join("b.sqlite");
    let restore = |from: &Path| said(&run(&server, &["restore", "--from", from.to_str().unwrap()]));
    assert_eq!(said(&run(&server, &["backup", "--to", to.to_str().unwrap()])).0, 0);
    let lock = DatabaseLock::take(&server.database()).unwrap();
    let (code, text) = restore(&to);
    assert_eq!(code, 1);
    assert!(text.contains("a server is running"), "{text}");
    drop(lock);
    let tampered = server.folder.path().join("tampered.sqlite");
    std::fs::copy(&to, &tampered).unwrap();
    tamper(&tampered, "UPDATE audit SET result = 'x' WHERE sequence = 2").await;
    let unfinished = server.folder.path().join("unfinished.sqlite");
    std::fs::copy(&to, &unfinished).unwrap();
    tamper(&unfinished, "DELETE FROM backup_origin").await;
    let torn = server.folder.path().join("torn.sqlite");
    std::fs::write(&torn, &std::fs::read(&to).unwrap()[..20_000]).unwrap();
    let before = server.count("SELECT COUNT(*) FROM audit").await;
    for (from, expected) in [
        (&tampered, "audit.line_changed: line 2"),
        (&unfinished, "not a finished backup"),
        (&torn, "cannot be used"),
        (&server.folder.path().join("missing"), "missing"),
    ] {
        let (code, text) = restore(from);
        assert_eq!(code, 1, "{}: {text}", from.display());
        assert!(text.contains(expected), "{}: {text}", from.display());
        assert!(!server.folder.path().join("portal.sqlite.restoring").exists());
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM audit").await, before, "the database is as it was");
}

#[tokio::test]
async fn a_database_with_something_foreign_in_it_is_neither_restored_nor_started() {
    let server = with_a_history().await;
    let to = server.folder.path().join("b.sqlite");
    assert_eq!(said(&run(&server, &["backup", "--to", to.to_str().unwrap()])).0, 0);
    for (statement, expected) in [
        (
            "CREATE TRIGGER evil AFTER INSERT ON browser_sessions WHEN NEW.person_id = 'p-ben' BEGIN \
             UPDATE browser_sessions SET person_id = 'p-aiko' WHERE id = NEW.id; END",
            "foreign trigger evil",
        ),
        ("CREATE VIEW evil AS SELECT 1", "foreign view evil"),
        ("DROP TRIGGER audit_is_never_changed", "missing trigger audit_is_never_changed"),
        (
            "DROP INDEX one_open_run_per_device_and_action; \
             CREATE INDEX one_open_run_per_device_and_action ON action_runs (device_id)",
            "changed index one_open_run_per_device_and_action",
        ),
    ] {
        let evil = server.folder.path().join("evil.sqlite");
        std::fs::copy(&to, &evil).unwrap();
        let pool = open(&evil).await;
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
        pool.close().await;
        let (code, text) = said(&run(&server, &["restore", "--from", evil.to_str().unwrap()]));
        assert_eq!(code, 1, "{text}");
        assert!(text.contains(expected), "{text}");
        let settings = Settings { database: evil, ..server.settings.clone() };
        assert!(refused(&server, &settings).await.contains(expected));
    }
}

fn settings_for(folder: &Path) -> Settings {
    let mut environment = good_environment();
    let database = folder.join("portal.sqlite").to_string_lossy().into_owned();
    environment.push(("PORTAL__DATABASE".to_owned(), database));
    config::load(None, &environment).unwrap()
}

/// Backs up and, later, restores, in process: the back end lives on between the two.
async fn back_up(world: &World, clock: &TestClock) -> PathBuf {
    let to = world.folder.path().join("backup.sqlite");
    operator::back_up(&settings_for(world.folder.path()), &to, clock).await.unwrap();
    to
}

async fn restore(world: &World, clock: &TestClock, from: &Path) {
    operator::restore(&settings_for(world.folder.path()), from, clock).await.unwrap();
}

#[tokio::test]
async fn after_a_restore_nothing_is_sent_again_and_what_became_of_it_is_asked() {
    // Backed up when it was recorded; sent and done afterwards.
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    let backup = back_up(&world, &world.clock).await;
    process.work(&world.clock, 3).await;
    world.back_end.report_all(Report::Ended(Ending::Done));
    process.work(&world.clock, 5).await;
    assert_eq!(world.back_end.deliveries().len(), 1);
    process.killed().await;
    restore(&world, &world.clock, &backup).await;
    let process = world.process(Arc::new(NoCrash)).await;
    process.work(&world.clock, 5).await;
    assert_eq!(world.back_end.deliveries().len(), 1, "not sent again");
    assert_eq!(*world.back_end.starts.lock().unwrap(), 1, "not even tried");
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Done);
    let shown = process.portal.temporary_passcode(&process.call(&world.clock)).await.unwrap();
    assert_eq!(Some(shown.passcode.reveal().to_owned()), world.back_end.deliveries()[0].1);
}

#[tokio::test]
async fn a_command_that_was_never_sent_is_reported_as_unknown_and_not_sent_after_a_restore() {
    // It may have been cancelled after the backup; only the person knows whether it is still wanted.
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    let backup = back_up(&world, &world.clock).await;
    process.killed().await;
    restore(&world, &world.clock, &backup).await;
    let process = world.process(Arc::new(NoCrash)).await;
    process.work(&world.clock, 5).await;
    let result = process.newest(&world.clock).await;
    assert_eq!(
        (result.action_state, result.error_code),
        (ActionState::Failed, Some(FailureCode::OutcomeUnknown))
    );
    assert!(world.back_end.deliveries().is_empty());
}

#[tokio::test]
async fn a_token_from_before_a_restore_is_refused() {
    let server = with_a_history().await;
    let old = format!("Bearer {}", server.token("p-aiko", 10));
    let me = "/api/v1.0/me";
    assert_eq!(server.call("GET", me, &[("authorization", &old)]).await.status.as_u16(), 200);
    let to = server.folder.path().join("b.sqlite");
    operator::back_up(&server.settings, &to, server.clock.as_ref()).await.unwrap();
    // Signed out everywhere after the backup: the restored database does not know.
    assert_eq!(server.post("p-aiko", "/me/revokeSignInSessions").await.status.as_u16(), 200);
    server.clock.advance(2);
    let TestServer { folder, provider, clock, settings, server: running } = server;
    drop(running);
    operator::restore(&settings, &to, clock.as_ref()).await.unwrap();
    let replaceable = Environment { clock: clock.clone(), ..Environment::default() };
    let built = Server::build(&settings, replaceable).await.unwrap();
    let server = TestServer { folder, provider, clock, settings, server: built };
    assert_eq!(server.call("GET", me, &[("authorization", &old)]).await.status.as_u16(), 401);
    server.clock.advance(2);
    assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
    let restored = server.column("SELECT result FROM audit WHERE event = 'databaseRestored'").await;
    assert!(restored[0].starts_with("backup of "), "{restored:?}");
    assert_eq!(said(&run(&server, &["audit", "verify"])).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_under_writes_is_consistent_and_whole() {
    let server = Arc::new(TestServer::with("[limits]\nresets_per_hour = 100000\nresets_per_device_per_hour = 100000\nattempts_per_minute = 100000\n").await);
    let writing = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let writer = {
        let (server, writing) = (Arc::clone(&server), Arc::clone(&writing));
        tokio::spawn(async move {
            let mut accepted = 0;
            for number in 0.. {
                if !writing.load(std::sync::atomic::Ordering::SeqCst) {
                    break;
                }
                for device in ["d-aiko-android", "d-aiko-lumia", "d-aiko-wp81"] {
                    let answer = server.reset("p-aiko", device, &format!("k-{number}-{device}")).await;
                    accepted += i32::from(answer.status.as_u16() == 202);
                }
                server.pass(30).await;
            }
            accepted
        })
    };
    let mut backups = Vec::new();
    for number in 0..3 {
        // Only when something was written since the last one.
        let before = server.count("SELECT COUNT(*) FROM audit").await;
        while server.count("SELECT COUNT(*) FROM audit").await < before + 4 {
            tokio::task::yield_now().await;
        }
        let to = server.folder.path().join(format!("b-{number}.sqlite"));
        operator::back_up(&server.settings, &to, server.clock.as_ref()).await.unwrap();
        backups.push(to);
    }
    writing.store(false, std::sync::atomic::Ordering::SeqCst);
    assert!(writer.await.unwrap() > 0);
    let mut sizes = Vec::new();
    for backup in backups {
        let commands = count(&backup, "SELECT COUNT(*) FROM action_runs").await;
        assert_eq!(count(&backup, "SELECT COUNT(*) FROM idempotency_keys").await, commands);
        assert_eq!(
            count(&backup, "SELECT COUNT(*) FROM audit WHERE event = 'resetAccepted'").await,
            commands
        );
        let ended = count(&backup, "SELECT COUNT(*) FROM action_runs WHERE queue_state = 'ended'").await;
        assert_eq!(count(&backup, "SELECT COUNT(*) FROM audit WHERE event = 'resetEnded'").await, ended);
        assert_eq!(
            count(&backup, "SELECT COUNT(*) FROM passcodes WHERE released = 0").await,
            commands - ended,
            "an open command has its passcode"
        );
        let folder = tempfile::tempdir().unwrap();
        let settings = settings_for(folder.path());
        operator::restore(&settings, &backup, server.clock.as_ref()).await.unwrap();
        let store = SqliteStore::look(&settings.database, StoreOptions::default()).await.unwrap();
        assert!(store.verify_audit(None, End::OfTheRecord).await.unwrap().is_ok());
        store.close().await;
        sizes.push(commands);
    }
    assert!(sizes.is_sorted() && sizes.first() < sizes.last(), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_over_the_same_database_does_not_start() {
    let provider = Provider::start().await;
    let first = Program::start(&provider, "").await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-server"));
    let file = first.folder.path().join("server.toml");
    command.env_clear().arg("--config").arg(file).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut second = Running::start(&mut command).unwrap();
    let ended = second.ended().await.unwrap().expect("the second server serves too");
    let text = std::io::read_to_string(second.0.stderr.take().unwrap()).unwrap();
    assert_eq!(ended.code(), Some(1), "{text}");
    assert!(text.contains("another server runs over the database"), "{text}");
    assert!(first.ask("GET /readyz HTTP/1.1").await.starts_with("HTTP/1.1 200"), "the first is unharmed");
}
