//! Searching for secrets where none may be (security.md, server, row 7).

use crate::support::TestServer;
use axum::http::StatusCode;
use portal_server::composition::fleet_database;
use std::path::Path;

/// Everything in a folder that belongs to a database, the write-ahead log included.
fn pages(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.to_string_lossy().contains(".sqlite"))
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn no_page_of_a_database_holds_a_passcode_or_a_token() {
    let server = TestServer::start().await;
    let token = server.token("p-aiko", 60);
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let shown = server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await.json();
    let passcode = shown["passcode"].as_str().unwrap().to_owned();
    let pages = pages(server.folder.path());
    assert!(holds(&pages, b"d-aiko-android"), "the search itself works");
    assert!(!holds(&pages, passcode.as_bytes()));
    assert!(!holds(&pages, token.split('.').next_back().unwrap().as_bytes()));
    assert!(fleet_database(&server.database()).exists());
}

#[tokio::test]
async fn an_expired_passcode_is_erased_from_the_file_and_the_call_says_404() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
    assert_eq!(server.get("p-aiko", path).await.status, StatusCode::OK);
    let pool = crate::support::server::open(&server.database()).await;
    let sealed: Vec<u8> =
        sqlx::query_scalar("SELECT ciphertext FROM passcodes").fetch_one(&pool).await.unwrap();
    pool.close().await;
    assert!(holds(&pages(server.folder.path()), &sealed));
    server.clock.advance(7 * 86_400);
    assert_eq!(server.get("p-aiko", path).await.status, StatusCode::NOT_FOUND, "also before the sweep");
    assert_eq!(server.server.portal.sweep().await, Ok(1));
    assert!(!holds(&pages(server.folder.path()), &sealed), "not even its ciphertext is left");
    assert_eq!(server.count("SELECT COUNT(*) FROM audit WHERE event = 'passcodeErased'").await, 1);
}

#[tokio::test]
async fn a_newer_reset_replaces_the_passcode_of_an_older_one() {
    let server = TestServer::start().await;
    let path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
    server.reset("p-aiko", "d-aiko-android", "a").await;
    server.pass(10).await;
    let first = server.get("p-aiko", path).await.json();
    server.reset("p-aiko", "d-aiko-android", "b").await;
    server.pass(10).await;
    let second = server.get("p-aiko", path).await.json();
    assert_ne!(first["passcode"], second["passcode"]);
    assert_eq!(server.count("SELECT COUNT(*) FROM passcodes").await, 1);
}

#[tokio::test]
async fn a_passcode_moved_to_another_reset_does_not_open() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "a").await;
    server.reset("p-aiko", "d-aiko-lumia", "b").await;
    server.pass(10).await;
    let pool = crate::support::server::open(&server.database()).await;
    sqlx::query(
        "UPDATE passcodes SET (nonce, ciphertext) = (SELECT nonce, ciphertext FROM passcodes AS other \
         WHERE other.device_id = 'd-aiko-lumia') WHERE device_id = 'd-aiko-android'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let answer = server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.code(), "internalError");
}

#[test]
fn no_debug_output_shows_a_secret() {
    use portal_contract::{CharacterSet, SecretText, TemporaryPasscode, UtcTime};
    use portal_server::domain::action::Action;
    use portal_server::domain::action_run::Report;
    use portal_server::domain::ids::{DeviceId, ResultId};
    use portal_server::domain::person::PersonId;
    use portal_server::domain::policy::Reset;
    use portal_server::ports::{KeptSecret, Reported, RunKey, Sealed, StartRun};
    let secret = "ad3k7fhx";
    let passcode = SecretText::new(secret.to_owned());
    let sealed = Sealed { key: None, nonce: vec![97; 8], ciphertext: vec![98; 8] };
    let shown = [
        format!("{passcode:?}"),
        format!(
            "{:?}",
            StartRun {
                run: RunKey {
                    id: ResultId::trusted("r".to_owned()),
                    device: DeviceId::trusted("d".to_owned()),
                    action: Action::ResetPasscode(Reset::Temporary(CharacterSet::Digits)),
                    person: PersonId::new("p".to_owned()),
                    started: UtcTime::NEVER,
                    expires: UtcTime::NEVER,
                    external: None,
                },
                secret: Some(passcode.clone()),
            }
        ),
        format!("{:?}", Reported { state: Report::Pending, issued: Some(passcode.clone()) }),
        format!(
            "{:?}",
            TemporaryPasscode {
                passcode,
                character_set: CharacterSet::Digits,
                expires_date_time: UtcTime::NEVER,
                result_id: "r".to_owned(),
                is_confirmed: true,
            }
        ),
        format!(
            "{:?}",
            KeptSecret {
                run: ResultId::trusted("r".to_owned()),
                person: PersonId::new("p".to_owned()),
                device: DeviceId::trusted("d".to_owned()),
                sealed,
                character_set: CharacterSet::Digits,
                expires: UtcTime::NEVER,
                is_confirmed: true,
            }
        ),
    ];
    for text in shown {
        assert!(!text.contains(secret) && !text.contains("97, 97") && !text.contains("98, 98"), "{text}");
    }
}
