//! Every earlier version of the database, with rows in it, opened by the present server (`tests/fixtures/schema`).

use crate::support::TestServer;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use portal_server::composition::{Environment, Server, fleet_database};
use portal_server::domain::audit_chain::End;
use portal_server::store_sqlite::SqliteStore;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The files of `migrations/store`, by their versions.
fn migrations() -> Vec<(u32, PathBuf)> {
    numbered(&Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/store"), ".sql")
}

/// Files of a folder that begin with a version, in order.
fn numbered(folder: &Path, end: &str) -> Vec<(u32, PathBuf)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = files
        .filter(|path| path.to_string_lossy().ends_with(end))
        .map(|path| (path.file_name().unwrap().to_str().unwrap()[..4].parse().unwrap(), path))
        .collect();
    found.sort();
    found
}

fn fixtures() -> Vec<(u32, PathBuf)> {
    numbered(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema"), "_portal.sql")
}

/// Runs a dump into a new database.
async fn load(dump: &Path, database: &Path) {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .foreign_keys(false);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let text = std::fs::read_to_string(dump).unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&pool).await.unwrap();
    pool.close().await;
}

/// A server over the database of an earlier version, at the moment its rows end.
async fn migrated(dump: &Path) -> TestServer {
    let server = TestServer::start().await;
    let mut settings = server.settings.clone();
    settings.database = server.folder.path().join("old.sqlite");
    load(dump, &settings.database).await;
    load(&dump.with_file_name("fleet.sql"), &fleet_database(&settings.database)).await;
    server.clock.advance(100);
    let replaceable = Environment { clock: server.clock.clone(), ..Environment::default() };
    let built = Server::build(&settings, replaceable).await.unwrap();
    TestServer { server: built, settings, ..server }
}

/// From the address that had used up its resets when the databases of version 4 and later were written.
async fn reset_from_elsewhere(server: &TestServer) -> StatusCode {
    let request = Request::post("/api/v1.0/me/managedDevices/d-chiyo-visionos/resetPasscode")
        .header("authorization", format!("Bearer {}", server.token("p-chiyo", 60)))
        .header("idempotency-key", "k-limit");
    server.send_from("203.0.113.9:1", request.body(Body::empty()).unwrap()).await.status
}

async fn newest(server: &TestServer, person: &str, device: &str) -> Value {
    let path = format!("/me/managedDevices/{device}");
    server.get(person, &path).await.json()["deviceActionResults"][0].clone()
}

#[tokio::test]
async fn every_earlier_version_is_brought_up_to_date_and_the_server_works_on_it() {
    for (version, dump) in fixtures() {
        let name = dump.display();
        let server = migrated(&dump).await;
        // What was there is there.
        let lines = server.count("SELECT COUNT(*) FROM audit WHERE event <> 'auditChainStarted'").await;
        assert!(lines >= 11, "{name}: {lines}");
        assert_eq!(newest(&server, "p-aiko", "d-aiko-android").await["actionState"], "done", "{name}");
        let failed = newest(&server, "p-dana", "d-dana-unlocktoken").await;
        assert_eq!(
            (&failed["actionState"], &failed["errorCode"]),
            (&"failed".into(), &"unlockTokenInvalid".into())
        );
        // A passcode that was sealed then opens now, before and after it is sealed anew.
        let path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
        assert_eq!(server.get("p-aiko", path).await.json()["passcode"], "nrj3tm4m", "{name}");
        server.server.reseal_passcodes().await;
        assert_eq!(server.count("SELECT COUNT(*) FROM passcodes WHERE key_id IS NULL").await, 0, "{name}");
        assert_eq!(server.get("p-aiko", path).await.json()["passcode"], "nrj3tm4m", "{name}");
        // A limit that was reached then is reached now.
        let expected = if version < 4 { 202 } else { 429 };
        assert_eq!(reset_from_elsewhere(&server).await.as_u16(), expected, "{name}");
        // What was under way goes on: recorded then, sent and done now, with the passcode of then.
        server.pass(30).await;
        assert_eq!(newest(&server, "p-aiko", "d-aiko-lumia").await["actionState"], "done", "{name}");
        let lumia = server.get("p-aiko", "/me/managedDevices/d-aiko-lumia/temporaryPasscode").await;
        assert_eq!(lumia.status.as_u16(), 200, "{name}");
        assert_eq!(newest(&server, "p-dana", "d-dana-offline").await["actionState"], "pending", "{name}");
        // New work is taken, old keys are remembered.
        assert_eq!(server.reset("p-aiko", "d-aiko-iphone", "k-new").await.status.as_u16(), 202, "{name}");
        let again = server.reset("p-aiko", "d-aiko-android", "k-1").await.json();
        assert_eq!(again["id"], newest(&server, "p-aiko", "d-aiko-android").await["id"], "{name}");
        // The record is a whole chain, and nothing in it can be changed.
        let options = portal_server::composition::store_options(&server.settings);
        let store = SqliteStore::look(&server.database(), options).await.unwrap();
        assert!(store.verify_audit(None, End::OfTheRecord).await.unwrap().is_ok(), "{name}");
        store.close().await;
        let pool = crate::support::server::open(&server.database()).await;
        for forbidden in [
            "UPDATE audit SET result = 'x'",
            "DELETE FROM audit",
            "UPDATE audit_chain SET hash = x'00'",
            "DELETE FROM audit_chain",
        ] {
            let error = sqlx::query(forbidden).execute(&pool).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{name}: {error}");
        }
        let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&pool).await.unwrap();
        assert_eq!(sound, "ok", "{name}");
        pool.close().await;
    }
}

/// The schema as SQLite keeps it, without the layout of its texts.
async fn schema(database: &Path) -> Vec<String> {
    let pool = crate::support::server::open(database).await;
    let texts: Vec<String> = sqlx::query_scalar(
        "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY type, name",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    pool.close().await;
    let squeezed = |text: &String| {
        let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    texts.iter().map(squeezed).collect()
}

#[tokio::test]
async fn there_is_a_database_of_every_version_before_the_newest_and_it_has_that_versions_tables() {
    let (fixtures, migrations) = (fixtures(), migrations());
    let versions = |files: &[(u32, PathBuf)]| files.iter().map(|(version, _)| *version).collect::<Vec<_>>();
    let (_, earlier) = migrations.split_last().unwrap();
    assert_eq!(versions(&fixtures), versions(earlier), "see tests/fixtures/schema/README.md");
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("migrations");
    std::fs::create_dir(&files).unwrap();
    for ((version, dump), (_, migration)) in fixtures.iter().zip(earlier) {
        std::fs::copy(migration, files.join(migration.file_name().unwrap())).unwrap();
        let [made, loaded] = ["made", "loaded"].map(|name| folder.path().join(format!("{name}-{version}")));
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&made).create_if_missing(true);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        sqlx::migrate::Migrator::new(files.as_path()).await.unwrap().run(&pool).await.unwrap();
        pool.close().await;
        load(dump, &loaded).await;
        assert_eq!(schema(&loaded).await, schema(&made).await, "{}", dump.display());
    }
}

#[tokio::test]
async fn lines_from_before_the_chain_are_chained_and_the_record_says_so() {
    let (_, dump) = fixtures().into_iter().find(|(version, _)| *version == 2).unwrap();
    let server = migrated(&dump).await;
    let started = "SELECT result FROM audit WHERE event = 'auditChainStarted'";
    assert_eq!(server.column(started).await, ["13 earlier lines"]);
    let server = server.restarted().await;
    assert_eq!(server.column(started).await.len(), 1, "once");
}

#[tokio::test]
async fn a_database_of_a_later_version_is_refused_and_left_alone() {
    let server = TestServer::start().await;
    let pool = crate::support::server::open(&server.database()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, execution_time \
         FROM _sqlx_migrations WHERE version = 1",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    let replaceable = Environment { clock: server.clock.clone(), ..Environment::default() };
    let error = Server::build(&server.settings, replaceable).await.err().unwrap().to_string();
    assert!(error.contains("9999"), "{error}");
}
