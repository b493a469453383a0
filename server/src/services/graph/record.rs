//! The record of commands that were asked of Graph: a row is on the disk before its command leaves.

use super::results::{Posted, Progress};
use crate::domain::action::ActionKind;
use crate::domain::ids::{DeviceId, ResultId};
use crate::ports::RunKey;
use portal_contract::{ActionName, FailureCode, UtcTime};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row as _, SqlitePool};
use std::path::Path;

/// For how long a late end is looked for, in milliseconds: 30 days.
const LOOKED_AFTER_MILLIS: i64 = 30 * 86_400_000;
/// Between two looks, in milliseconds: an hour.
const LOOK_EVERY_MILLIS: i64 = 3_600_000;
/// How often a late end is told: whoever is told may be unable to write it down.
const TOLD_TIMES: i64 = 2;
/// For how long a row is kept after the last look, in milliseconds.
const KEPT_MILLIS: i64 = 86_400_000;

/// The record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError(pub String);

impl From<sqlx::Error> for RecordError {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

/// The record.
pub struct CommandRecord {
    pool: SqlitePool,
    began: UtcTime,
}

/// A command whose end may come late.
pub(super) struct Late {
    pub(super) run: ResultId,
    pub(super) device: DeviceId,
    pub(super) person: String,
}

impl CommandRecord {
    /// Opens the file, or begins it.
    ///
    /// # Errors
    /// [`RecordError`] when it cannot be used.
    pub async fn open(path: &Path, now: UtcTime) -> Result<Self, RecordError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let migrated = sqlx::migrate!("./migrations/graph").run(&pool).await;
        migrated.map_err(|error| RecordError(error.to_string()))?;
        sqlx::query("INSERT INTO record (began) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM record)")
            .bind(now.unix_millis())
            .execute(&pool)
            .await?;
        let began: i64 = sqlx::query_scalar("SELECT began FROM record").fetch_one(&pool).await?;
        Ok(Self { pool, began: UtcTime::from_unix_millis(began) })
    }

    /// Whether it was kept when a command was accepted.
    pub(super) fn covers(&self, run: &RunKey) -> bool {
        run.started >= self.began
    }

    /// What is known of a command.
    pub(super) async fn find(&self, run: &ResultId) -> Result<Option<Posted>, RecordError> {
        let row = sqlx::query("SELECT * FROM commands WHERE run_id = ?")
            .bind(run.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (device, action): (String, String) = (row.try_get("device_id")?, row.try_get("action")?);
        let sequence: i64 = row.try_get("sequence")?;
        let next: Option<String> = sqlx::query_scalar(
            "SELECT baseline FROM commands WHERE device_id = ? AND action = ? AND sequence > ? \
             AND state IN ('posting', 'accepted') ORDER BY sequence LIMIT 1",
        )
        .bind(&device)
        .bind(&action)
        .bind(sequence)
        .fetch_optional(&self.pool)
        .await?;
        let taken = sqlx::query_scalar(
            "SELECT matched FROM commands WHERE device_id = ? AND action = ? AND run_id <> ? AND matched IS NOT NULL",
        )
        .bind(&device)
        .bind(&action)
        .bind(run.as_str())
        .fetch_all(&self.pool)
        .await?;
        read(&row, next.as_deref().map(keys).transpose()?, taken).map(Some)
    }

    /// Writes down that a command is about to be sent. Its row is new, or one that was released.
    pub(super) async fn begin(&self, run: &RunKey, posted: &Posted) -> Result<(), RecordError> {
        let baseline =
            serde_json::to_string(&posted.baseline).map_err(|error| RecordError(error.to_string()))?;
        let next_look = run.expires.unix_millis().saturating_add(LOOK_EVERY_MILLIS);
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM commands WHERE run_id = ? AND state = 'released'")
            .bind(run.id.as_str())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO commands (run_id, device_id, person_id, action, has_passcode, state, baseline, service_time, posted, \
             posts, next_look, last_look, wanted) VALUES (?, ?, ?, ?, ?, 'posting', ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(run.id.as_str())
        .bind(run.device.as_str())
        .bind(run.person.as_str())
        .bind(posted.kind.name().as_str())
        .bind(posted.has_passcode)
        .bind(baseline)
        .bind(posted.service_time.unix_millis())
        .bind(posted.posted.unix_millis())
        .bind(i64::from(posted.posts))
        .bind(next_look)
        .bind(run.expires.unix_millis().saturating_add(LOOKED_AFTER_MILLIS))
        .bind(posted.wanted.as_deref())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Graph took it.
    pub(super) async fn accepted(&self, run: &ResultId) -> Result<(), RecordError> {
        let query = sqlx::query("UPDATE commands SET state = 'accepted' WHERE run_id = ?").bind(run.as_str());
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Graph refused it, and that is its end.
    pub(super) async fn refused(&self, run: &ResultId, code: FailureCode) -> Result<(), RecordError> {
        sqlx::query("UPDATE commands SET state = 'refused', refusal = ?, next_look = NULL WHERE run_id = ?")
            .bind(code.as_str())
            .bind(run.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// It certainly was not done, and may be sent as if it never had been.
    pub(super) async fn remove(&self, run: &ResultId) -> Result<(), RecordError> {
        let query = sqlx::query("DELETE FROM commands WHERE run_id = ?").bind(run.as_str());
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// It left no trace, and may be sent once more.
    pub(super) async fn release(&self, run: &ResultId) -> Result<(), RecordError> {
        sqlx::query("UPDATE commands SET state = 'released', next_look = NULL WHERE run_id = ?")
            .bind(run.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Its own result was found.
    pub(super) async fn matched(&self, run: &ResultId, began: &str) -> Result<(), RecordError> {
        sqlx::query("UPDATE commands SET matched = ? WHERE run_id = ?")
            .bind(began)
            .bind(run.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// It was seen done without its passcode; the first time counts.
    pub(super) async fn seen_done(&self, run: &ResultId, now: UtcTime) -> Result<(), RecordError> {
        sqlx::query("UPDATE commands SET done_seen = COALESCE(done_seen, ?) WHERE run_id = ?")
            .bind(now.unix_millis())
            .bind(run.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// How it ended was said to whoever asked: no late end is looked for.
    pub(super) async fn over(&self, run: &ResultId) -> Result<(), RecordError> {
        let query = sqlx::query("UPDATE commands SET next_look = NULL WHERE run_id = ?").bind(run.as_str());
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Nobody can say how it ended: from now on its end is late.
    pub(super) async fn unknown(&self, run: &ResultId, now: UtcTime) -> Result<(), RecordError> {
        sqlx::query(
            "UPDATE commands SET next_look = MIN(next_look, ?), last_look = ? \
             WHERE run_id = ? AND next_look IS NOT NULL",
        )
        .bind(now.unix_millis().saturating_add(LOOK_EVERY_MILLIS))
        .bind(now.unix_millis().saturating_add(LOOKED_AFTER_MILLIS))
        .bind(run.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The commands whose late end is to be looked for now, at most so many. Each is looked for again in an hour. Rows that
    /// nobody needs any more are erased.
    pub(super) async fn late(&self, now: UtcTime, most: u32) -> Result<Vec<Late>, RecordError> {
        let now = now.unix_millis();
        sqlx::query("DELETE FROM commands WHERE last_look < ?")
            .bind(now.saturating_sub(KEPT_MILLIS))
            .execute(&self.pool)
            .await?;
        let rows = sqlx::query(
            "UPDATE commands SET next_look = CASE WHEN last_look < ?1 THEN NULL ELSE ?1 + ?2 END WHERE run_id IN \
             (SELECT run_id FROM commands WHERE next_look <= ?1 ORDER BY next_look LIMIT ?3) \
             RETURNING run_id, device_id, person_id",
        )
        .bind(now)
        .bind(LOOK_EVERY_MILLIS)
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Late {
                    run: ResultId::trusted(row.try_get("run_id")?),
                    device: DeviceId::trusted(row.try_get("device_id")?),
                    person: row.try_get("person_id")?,
                })
            })
            .collect()
    }

    /// A late end was told.
    pub(super) async fn told(&self, run: &ResultId) -> Result<(), RecordError> {
        sqlx::query(
            "UPDATE commands SET told = told + 1, next_look = CASE WHEN told + 1 >= ? THEN NULL ELSE next_look END \
             WHERE run_id = ?",
        )
        .bind(TOLD_TIMES)
        .bind(run.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn keys(text: &str) -> Result<Vec<String>, RecordError> {
    serde_json::from_str(text).map_err(|error| RecordError(error.to_string()))
}

fn read(row: &SqliteRow, until: Option<Vec<String>>, taken: Vec<String>) -> Result<Posted, RecordError> {
    let time = |column: &str| row.try_get::<i64, _>(column).map(UtcTime::from_unix_millis);
    let progress = match row.try_get::<&str, _>("state")? {
        "posting" => Progress::Posting,
        "accepted" => Progress::Accepted,
        "released" => Progress::Released,
        _ => Progress::Refused(
            row.try_get::<Option<&str>, _>("refusal")?
                .map_or(FailureCode::BackEndFault, FailureCode::from_wire),
        ),
    };
    Ok(Posted {
        kind: ActionKind::named(ActionName::from_wire(row.try_get("action")?))
            .ok_or_else(|| RecordError("an action nobody knows".to_owned()))?,
        has_passcode: row.try_get("has_passcode")?,
        progress,
        baseline: keys(row.try_get("baseline")?)?,
        service_time: time("service_time")?,
        posted: time("posted")?,
        matched: row.try_get("matched")?,
        done_seen: row.try_get::<Option<i64>, _>("done_seen")?.map(UtcTime::from_unix_millis),
        posts: u32::try_from(row.try_get::<i64, _>("posts")?).unwrap_or(u32::MAX),
        until,
        taken,
        wanted: row.try_get("wanted")?,
    })
}
