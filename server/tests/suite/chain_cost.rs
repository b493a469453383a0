//! What the audit record's chain costs, as a ratio: the same line written with and without it, by turns, into files that
//! are synchronised like the real one. Measured by hand: `cargo test -p portal-server --test suite chain_cost -- --ignored
//! --nocapture`. Nothing is asserted about time.

use crate::support::TestServer;
use crate::support::server::open;
use portal_contract::UtcTime;
use portal_server::domain::audit::{AuditEntry, AuditEvent};
use portal_server::ports::Storage as _;
use portal_server::store_sqlite::{SqliteStore, StoreOptions};
use std::time::Instant;

const ROUNDS: usize = 300;

fn median(mut millis: Vec<f64>) -> f64 {
    millis.sort_by(f64::total_cmp);
    millis[millis.len() / 2]
}

#[tokio::test]
#[ignore = "measures and prints; decides nothing"]
async fn print_what_a_line_costs_with_and_without_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chained.sqlite");
    let store = SqliteStore::open(&path, StoreOptions::default()).await.unwrap();
    let plain_path = folder.path().join("plain.sqlite");
    SqliteStore::open(&plain_path, StoreOptions::default()).await.unwrap().close().await;
    let plain = open(&plain_path).await;
    sqlx::query("PRAGMA synchronous = FULL").execute(&plain).await.unwrap();
    let entry = AuditEntry::by_the_server(UtcTime::NEVER, AuditEvent::PasscodeErased, "expired".to_owned());
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let mut unit = store.begin().await.unwrap();
        unit.append_audit(&entry).await.unwrap();
        unit.save().await.unwrap();
        with.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        let mut transaction = plain.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("INSERT INTO audit (at, event, result) VALUES (0, 'passcodeErased', 'expired')")
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        without.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let (with, without) = (median(with), median(without));
    eprintln!("a line alone: {with:.3} ms with, {without:.3} ms without: {:.2} times", with / without);

    let server = TestServer::with("[limits]\nresets_per_hour = 100000\nresets_per_device_per_hour = 100000\nattempts_per_minute = 100000\n").await;
    let mut resets = Vec::new();
    for number in 1..=100 {
        let started = Instant::now();
        let answer = server.reset("p-bench", &format!("d-bench-{number:03}"), &format!("k-{number}")).await;
        resets.push(started.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(answer.status.as_u16(), 202, "{}", answer.code());
    }
    let reset = median(resets);
    eprintln!("a reset: {reset:.3} ms, of which the chain is {:.1} %", (with - without) / reset * 100.0);
}
