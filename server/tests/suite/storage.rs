//! A database in trouble: full, unwritable, gone.

use crate::support::TestServer;
use portal_server::composition::{Replaceable, Server};

#[tokio::test]
async fn a_full_disk_during_a_reset_is_503_and_leaves_nothing_half_recorded() {
    let server = TestServer::start().await;
    let pool = crate::support::server::open(&server.database()).await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&pool).await.unwrap();
    pool.close().await;
    let mut settings = server.settings.clone();
    settings.database_pages = Some(u32::try_from(pages).unwrap() + 2);
    let replaceable = Replaceable { clock: server.clock.clone(), ..Replaceable::default() };
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
    let commands = full.count("SELECT COUNT(*) FROM commands").await;
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
    let error = Server::build(&settings, Replaceable::default()).await.err().unwrap().to_string();
    assert!(error.contains("missing") && error.contains("check that the folder exists"), "{error}");
}
