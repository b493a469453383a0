//! Whether the database has the tables of this program and nothing else. A trigger or a view that somebody added would act
//! in every later write with the server's own hand: turn one person's session into another's, for instance.

use super::{MIGRATIONS, store_error};
use crate::ports::StoreError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use std::collections::BTreeMap;

/// What there is: kind and name, and the text that made it with its white space evened out.
type Schema = BTreeMap<(String, String), String>;

/// Compares what is there with what the migrations make of an empty database. Called after the migrations, so it holds for
/// a database of every earlier version.
pub(super) async fn check(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let empty = SqliteConnectOptions::new().in_memory(true);
    let mut fresh = empty.connect().await.map_err(|error| store_error(&error))?;
    MIGRATIONS.run(&mut fresh).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let differences = differences(&read(&mut fresh).await?, &read(connection).await?);
    if differences.is_empty() {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!(
        "it does not have the tables of this program ({}): somebody changed it; restore a backup, see docs/backup.md",
        differences.join(", ")
    )))
}

fn differences(expected: &Schema, found: &Schema) -> Vec<String> {
    let named = |what: &str, (kind, name): &(String, String)| format!("{what} {kind} {name}");
    let foreign = found.keys().filter(|key| !expected.contains_key(key)).map(|key| named("foreign", key));
    let missing = expected.iter().filter_map(|(key, text)| match found.get(key) {
        None => Some(named("missing", key)),
        Some(other) if other != text => Some(named("changed", key)),
        Some(_) => None,
    });
    foreign.chain(missing).collect()
}

async fn read(connection: &mut SqliteConnection) -> Result<Schema, StoreError> {
    let rows: Vec<(String, String, String, Option<String>)> =
        sqlx::query_as("SELECT type, name, tbl_name, sql FROM sqlite_master")
            .fetch_all(connection)
            .await
            .map_err(|error| store_error(&error))?;
    let ours = rows.into_iter().filter(|(kind, name, ..)| !is_of_a_tool(kind, name));
    Ok(ours
        .map(|(kind, name, table, sql)| {
            let sql = sql.unwrap_or_default();
            let text: Vec<&str> = [table.as_str()].into_iter().chain(sql.split_whitespace()).collect();
            ((kind, name), text.join(" "))
        })
        .collect())
}

/// The table in which sqlx counts migrations, whose text is its own, and what `ANALYZE` leaves behind.
fn is_of_a_tool(kind: &str, name: &str) -> bool {
    kind == "table" && matches!(name, "_sqlx_migrations" | "sqlite_stat1" | "sqlite_stat4")
}
