//! A database in trouble: full, unwritable, gone.

use crate::support::{TestServer, clock};
use portal_server::composition::{Environment, Server};
use serde_json::json;
use sqlx::migrate::Migrator;

#[tokio::test]
async fn a_full_disk_during_a_reset_is_503_and_leaves_nothing_half_recorded() {
    let server = TestServer::start().await;
    let pool = crate::support::server::open(&server.database()).await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&pool).await.unwrap();
    pool.close().await;
    let mut settings = server.settings.clone();
    settings.serving.database_pages = Some(u32::try_from(pages).unwrap() + 2);
    let replaceable = Environment { clock: server.clock.clone(), ..Environment::default() };
    let full =
        TestServer { server: Server::build(&settings, replaceable).await.unwrap(), settings, ..server };
    let mut refused = None;
    for number in 0..200 {
        let answer = full.reset("p-aiko", "d-aiko-android", &format!("k-{number}-{}", "x".repeat(200))).await;
        if answer.status.as_u16() == 202 {
            full.clock.advance(86_401 * 2);
            full.server.queue.pass().await.unwrap();
        } else if answer.status.as_u16() == 503 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("the database never filled up");
    assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("unavailable", "5"));
    let commands = full.count("SELECT COUNT(*) FROM action_runs").await;
    assert_eq!(full.count("SELECT COUNT(*) FROM idempotency_keys").await, commands);
    assert_eq!(full.count("SELECT COUNT(*) FROM audit WHERE event = 'resetAccepted'").await, commands);
    let read = full.get("p-aiko", "/me/managedDevices").await;
    assert_eq!(read.status.as_u16(), 200, "reading still works");
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named_with_what_to_do() {
    let server = TestServer::start().await;
    let mut settings = server.settings.clone();
    settings.database = server.folder.path().join("missing").join("portal.sqlite");
    let error = Server::build(&settings, Environment::default()).await.err().unwrap().to_string();
    assert!(error.contains("missing") && error.contains("check that the folder exists"), "{error}");
}

/// Only the first migration, as a server of that time ran it.
const FIRST: &str = include_str!("../../migrations/store/0001_portal.sql");

#[tokio::test]
async fn a_database_of_the_first_version_with_rows_in_it_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let migrations = folder.path().join("migrations");
    std::fs::create_dir(&migrations).unwrap();
    std::fs::write(migrations.join("0001_portal.sql"), FIRST).unwrap();
    let server = TestServer::start().await;
    let mut settings = server.settings.clone();
    settings.database = folder.path().join("old.sqlite");
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(&settings.database).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    Migrator::new(migrations).await.unwrap().run(&pool).await.unwrap();
    let then = (clock::START - 100) * 1000;
    for (id, device, queue_state, action_state) in
        [("r-old", "d-aiko-android", "ended", "done"), ("r-open", "d-aiko-iphone", "recorded", "pending")]
    {
        sqlx::query(
            "INSERT INTO commands (id, device_id, device_name, person_id, reset, queue_state, action_state, started, \
             updated, expires, due) VALUES (?, ?, 'Phone', 'p-aiko', 'removed', ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(device)
        .bind(queue_state)
        .bind(action_state)
        .bind(then)
        .bind(then)
        .bind(then + 86_400_000)
        .bind(then)
        .execute(&pool)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO audit (at, event, person_id, device_id, result_id, address, request_id, result) \
             VALUES (?, 'resetAccepted', 'p-aiko', ?, ?, '198.51.100.7', 'q-old', 'ok')",
        )
        .bind(then)
        .bind(device)
        .bind(id)
        .execute(&pool)
        .await
        .unwrap();
    }
    pool.close().await;

    let replaceable = Environment { clock: server.clock.clone(), ..Environment::default() };
    let built = Server::build(&settings, replaceable).await.unwrap();
    let server = TestServer { server: built, settings, ..server };
    let history = server.get("p-aiko", "/me/history").await.json();
    assert_eq!(history["value"].as_array().unwrap().len(), 2);
    assert_eq!(
        history["value"][0]["client"],
        json!({ "browser": "other", "system": "other", "network": "public", "address": "198.51.100.x" }),
        "what was not written down is not known"
    );
    let result = async |device: &str| {
        server.get("p-aiko", &format!("/me/managedDevices/{device}")).await.json()["deviceActionResults"][0]
            .clone()
    };
    assert_eq!(result("d-aiko-android").await["progress"], "acknowledged");
    assert_eq!(result("d-aiko-iphone").await["progress"], "queued");
    server.pass(10).await;
    assert_eq!(result("d-aiko-iphone").await["progress"], "acknowledged", "an open command goes on");
    assert_eq!(server.count("SELECT COUNT(*) FROM events").await, 3, "delivered, done, notification");
    let pool = crate::support::server::open(&server.database()).await;
    for forbidden in ["UPDATE audit SET result = 'x'", "DELETE FROM audit"] {
        let error = sqlx::query(forbidden).execute(&pool).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}
