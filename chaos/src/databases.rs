//! Reads what the portal and the simulated fleet wrote, after the server has stopped. The tables are the server's
//! migrations; a column that is renamed there makes the run fail here rather than prove nothing.

use crate::error::ChaosError;
use crate::observed::Everything;
use crate::proof::{Audited, Received, Recorded, Records};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Row as _, SqlitePool};
use std::path::Path;

async fn open(database: &Path) -> Result<SqlitePool, ChaosError> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    Ok(SqlitePool::connect_with(options).await?)
}

/// How many commands have not ended yet.
pub(crate) async fn open_commands(database: &Path) -> Result<i64, ChaosError> {
    let pool = open(database).await?;
    let number = sqlx::query_scalar("SELECT COUNT(*) FROM action_runs WHERE queue_state <> 'ended'")
        .fetch_one(&pool)
        .await?;
    pool.close().await;
    Ok(number)
}

/// What clients were told and what the portal wrote down.
pub(crate) async fn records(portal: &Path, told: Everything) -> Result<Records, ChaosError> {
    let mut records = Records {
        changed_passcodes: told.changed_passcodes,
        changed_outcomes: told.changed_outcomes,
        ..Records::default()
    };
    for one in told.told {
        records.told.entry((one.person, one.key)).or_default().insert(one.id);
    }
    records.corruption.extend(corruption(portal).await?);
    let pool = open(portal).await?;
    read_commands(&pool, &mut records).await?;
    read_audit(&pool, &mut records).await?;
    for row in sqlx::query("SELECT result_id FROM notifications").fetch_all(&pool).await? {
        *records.notifications.entry(row.try_get("result_id")?).or_default() += 1;
    }
    let kept = sqlx::query("SELECT result_id FROM passcodes WHERE released = 1").fetch_all(&pool).await?;
    for row in kept {
        records.kept_passcodes.insert(row.try_get("result_id")?);
    }
    pool.close().await;
    Ok(records)
}

/// What the devices of the simulated fleet received.
pub(crate) async fn of_the_fleet(fleet: &Path, records: &mut Records) -> Result<(), ChaosError> {
    records.corruption.extend(corruption(fleet).await?);
    let pool = open(fleet).await?;
    for row in sqlx::query("SELECT command_id FROM starts").fetch_all(&pool).await? {
        *records.handed_over.entry(row.try_get("command_id")?).or_default() += 1;
    }
    for row in
        sqlx::query("SELECT command_id, device_id, finished, ending FROM received").fetch_all(&pool).await?
    {
        let is_finished = row.try_get::<Option<i64>, _>("finished")?.is_some();
        let ending: String = row.try_get("ending")?;
        let received = Received { device: row.try_get("device_id")?, ending: is_finished.then_some(ending) };
        records.received.insert(row.try_get("command_id")?, received);
    }
    pool.close().await;
    Ok(())
}

/// What is wrong with the file of what was sent to Graph.
pub(crate) async fn corruption_of(database: &Path) -> Result<Vec<String>, ChaosError> {
    corruption(database).await
}

async fn corruption(database: &Path) -> Result<Vec<String>, ChaosError> {
    let pool = open(database).await?;
    let mut found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&pool).await?;
    found.retain(|line| line != "ok");
    for row in sqlx::query("PRAGMA foreign_key_check").fetch_all(&pool).await? {
        found.push(format!("a row of {} refers to nothing", row.try_get::<String, _>(0)?));
    }
    pool.close().await;
    Ok(found)
}

async fn read_commands(pool: &SqlitePool, records: &mut Records) -> Result<(), ChaosError> {
    let rows =
        sqlx::query("SELECT id, device_id, person_id, action, payload, queue_state, action_state, error_code, started FROM action_runs")
            .fetch_all(pool)
            .await?;
    for row in rows {
        let recorded = Recorded {
            device: row.try_get("device_id")?,
            person: row.try_get("person_id")?,
            action: row.try_get("action")?,
            payload: row.try_get("payload")?,
            started: row.try_get("started")?,
            queue_state: row.try_get("queue_state")?,
            action_state: row.try_get("action_state")?,
            error_code: row.try_get("error_code")?,
        };
        records.commands.insert(row.try_get("id")?, recorded);
    }
    Ok(())
}

async fn read_audit(pool: &SqlitePool, records: &mut Records) -> Result<(), ChaosError> {
    let rows =
        sqlx::query("SELECT event, result_id FROM audit WHERE result_id IS NOT NULL").fetch_all(pool).await?;
    for row in rows {
        let audited: &mut Audited = records.audit.entry(row.try_get("result_id")?).or_default();
        match row.try_get::<&str, _>("event")? {
            "cancelAccepted" => audited.cancels += 1,
            event if event.ends_with("Accepted") => audited.accepted += 1,
            event if event.ends_with("Ended") => audited.ended += 1,
            _ => {}
        }
    }
    Ok(())
}
