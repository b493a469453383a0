//! The ledger of runs, the requests that made them, and the names people gave their devices.

use super::rows::{RUN_COLUMNS, get, run};
use super::unit::SqliteUnit;
use crate::domain::action::ActionKind;
use crate::domain::action_run::{ActionRun, Delivery, QueueState};
use crate::domain::device_name::DeviceName;
use crate::domain::idempotency::{Fingerprint, IdempotencyKey};
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{Claim, CountedBy, DeviceNames, Requests, RunCount, Runs, StoreError};
use async_trait::async_trait;
use portal_contract::{FailureCode, UtcTime};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// How many runs of one action on one device are shown; an open one always is.
const SHOWN: u32 = 10;
/// The service of a run's device; null for the first service.
const SERVICE: &str =
    "(CASE WHEN instr(device_id, ':') > 0 THEN substr(device_id, 1, instr(device_id, ':') - 1) END)";

/// The actions this program knows, as SQL text. A database that a later program wrote may hold others.
fn known_actions() -> String {
    ActionKind::ALL.map(|kind| format!("'{}'", kind.name().as_str())).join(", ")
}

fn as_json(ids: &[ResultId]) -> String {
    serde_json::to_string(&ids.iter().map(ResultId::as_str).collect::<Vec<_>>()).unwrap_or_default()
}

#[async_trait]
impl Runs for SqliteUnit {
    async fn run(&mut self, id: &ResultId) -> Result<Option<ActionRun>, StoreError> {
        let query = format!("SELECT {RUN_COLUMNS} FROM action_runs WHERE id = ?");
        let row = sqlx::query(AssertSqlSafe(query)).bind(id.as_str()).fetch_optional(self.connection());
        row.await?.as_ref().map(run).transpose()
    }

    async fn open_run(
        &mut self,
        device: &DeviceId,
        action: ActionKind,
    ) -> Result<Option<ActionRun>, StoreError> {
        let query = format!(
            "SELECT {RUN_COLUMNS} FROM action_runs WHERE device_id = ? AND action = ? AND queue_state <> 'ended'"
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(device.as_str())
            .bind(action.name().as_str())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(run).transpose()
    }

    async fn open_runs(&mut self, device: &DeviceId) -> Result<Vec<ActionRun>, StoreError> {
        let known = known_actions();
        let query = format!(
            "SELECT {RUN_COLUMNS} FROM action_runs WHERE device_id = ? AND queue_state <> 'ended' AND action IN ({known})"
        );
        let rows =
            sqlx::query(AssertSqlSafe(query)).bind(device.as_str()).fetch_all(self.connection()).await?;
        rows.iter().map(run).collect()
    }

    async fn runs_of(
        &mut self,
        person: &PersonId,
        device: Option<&DeviceId>,
    ) -> Result<Vec<ActionRun>, StoreError> {
        let known = known_actions();
        let query = format!(
            "SELECT {RUN_COLUMNS} FROM (SELECT *, ROW_NUMBER() OVER \
             (PARTITION BY device_id, action ORDER BY started DESC, id) AS place FROM action_runs \
             WHERE person_id = ?1 AND (?2 IS NULL OR device_id = ?2) AND action IN ({known})) \
             WHERE place <= {SHOWN} OR queue_state <> 'ended' ORDER BY started DESC, id"
        );
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(person.as_str())
            .bind(device.map(|device| device.as_str().to_owned()))
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(run).collect()
    }

    async fn count_runs(
        &mut self,
        by: CountedBy<'_>,
        resets: bool,
        after: UtcTime,
    ) -> Result<RunCount, StoreError> {
        let (query, id) = match by {
            CountedBy::Person(person) => (
                "SELECT COUNT(*) AS number, MIN(started) AS oldest FROM action_runs \
                 WHERE person_id = ? AND started > ? AND (action = 'resetPasscode') = ?",
                person.as_str(),
            ),
            CountedBy::Device(device) => (
                "SELECT COUNT(*) AS number, MIN(started) AS oldest FROM action_runs \
                 WHERE device_id = ? AND started > ? AND (action = 'resetPasscode') = ?",
                device.as_str(),
            ),
        };
        let row = sqlx::query(query)
            .bind(id)
            .bind(after.unix_millis())
            .bind(resets)
            .fetch_one(self.connection())
            .await?;
        let oldest: Option<i64> = get(&row, "oldest")?;
        Ok(RunCount { number: get(&row, "number")?, oldest: oldest.map(UtcTime::from_unix_millis) })
    }

    async fn insert_run(&mut self, run: &ActionRun, due: UtcTime) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO action_runs (id, device_id, device_name, person_id, action, payload, queue_state, \
             action_state, error_code, started, updated, expires, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(run.id.as_str())
        .bind(run.device.as_str())
        .bind(&run.device_name)
        .bind(run.person.as_str())
        .bind(run.action.kind().name().as_str())
        .bind(run.action.payload())
        .bind(run.queue_state.as_str())
        .bind(run.action_state.as_str())
        .bind(run.error_code.map(FailureCode::as_str))
        .bind(run.started.unix_millis())
        .bind(run.updated.unix_millis())
        .bind(run.expires.unix_millis())
        .bind(due.unix_millis())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn update_run(
        &mut self,
        run: &ActionRun,
        from: Option<QueueState>,
        due: UtcTime,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE action_runs SET queue_state = ?1, action_state = ?2, not_now = ?3, error_code = ?4, due = ?5, \
             failed_attempts = ?6, updated = ?7, external_ref = ?10, \
             claimed_by = CASE WHEN ?1 = 'sending' AND ?9 = 'recorded' THEN claimed_by END, \
             claimed_until = CASE WHEN ?1 = 'sending' AND ?9 = 'recorded' THEN claimed_until END \
             WHERE id = ?8 AND queue_state <> 'ended' AND (?9 IS NULL OR queue_state = ?9)",
        )
        .bind(run.queue_state.as_str())
        .bind(run.action_state.as_str())
        .bind(i64::from(run.delivery == Delivery::NotNow))
        .bind(run.error_code.map(FailureCode::as_str))
        .bind(due.unix_millis())
        .bind(run.failed_attempts)
        .bind(run.updated.unix_millis())
        .bind(run.id.as_str())
        .bind(from.map(QueueState::as_str))
        .bind(run.external.as_ref().map(|external| external.as_str().to_owned()))
        .execute(self.connection())
        .await?;
        Ok(result.rows_affected() == 1)
    }

    async fn correct_run(&mut self, run: &ActionRun) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE action_runs SET action_state = ?, error_code = ?, updated = ? \
             WHERE id = ? AND queue_state = 'ended' AND error_code = 'outcomeUnknown'",
        )
        .bind(run.action_state.as_str())
        .bind(run.error_code.map(FailureCode::as_str))
        .bind(run.updated.unix_millis())
        .bind(run.id.as_str())
        .execute(self.connection())
        .await?;
        Ok(result.rows_affected() == 1)
    }

    async fn set_cancel_request(&mut self, id: &ResultId, due: Option<UtcTime>) -> Result<(), StoreError> {
        sqlx::query("UPDATE action_runs SET cancel_request = ?2, due = COALESCE(?3, due) WHERE id = ?1")
            .bind(id.as_str())
            .bind(due.is_some())
            .bind(due.map(UtcTime::unix_millis))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn hasten_run(&mut self, id: &ResultId, due: UtcTime) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE action_runs SET due = ?2 WHERE id = ?1 AND due > ?2 AND queue_state IN ('sending', 'sent')",
        )
        .bind(id.as_str())
        .bind(due.unix_millis())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn claim_due(
        &mut self,
        now: UtcTime,
        claim: Claim<'_>,
        limit: u32,
    ) -> Result<Vec<ActionRun>, StoreError> {
        let known = known_actions();
        let query = format!(
            "UPDATE action_runs SET claimed_by = ?1, claimed_until = ?2 WHERE id IN \
             (SELECT id FROM action_runs WHERE queue_state <> 'ended' AND due <= ?3 AND action IN ({known}) \
              AND (claimed_until IS NULL OR claimed_until <= ?3 OR claimed_by = ?1) \
              AND {SERVICE} IS ?5 AND id NOT IN (SELECT value FROM json_each(?6)) ORDER BY due, id LIMIT ?4) \
             RETURNING {RUN_COLUMNS}"
        );
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(claim.holder)
            .bind(claim.until.unix_millis())
            .bind(now.unix_millis())
            .bind(limit)
            .bind(claim.service)
            .bind(as_json(claim.except))
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(run).collect()
    }

    async fn next_due(&mut self, except: &[ResultId]) -> Result<Option<UtcTime>, StoreError> {
        let known = known_actions();
        let query = format!(
            "SELECT MIN(due) FROM action_runs WHERE queue_state <> 'ended' AND action IN ({known}) \
             AND id NOT IN (SELECT value FROM json_each(?))"
        );
        let due: Option<i64> = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(as_json(except))
            .fetch_one(self.connection())
            .await?;
        Ok(due.map(UtcTime::from_unix_millis))
    }

    async fn due_services(
        &mut self,
        now: UtcTime,
        except: &[ResultId],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let known = known_actions();
        let query = format!(
            "SELECT DISTINCT {SERVICE} FROM action_runs WHERE queue_state <> 'ended' AND due <= ? \
             AND action IN ({known}) AND id NOT IN (SELECT value FROM json_each(?))"
        );
        let services = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(now.unix_millis())
            .bind(as_json(except))
            .fetch_all(self.connection())
            .await?;
        Ok(services)
    }

    async fn later_of_kind(&mut self, run: &ActionRun) -> Result<Option<ActionRun>, StoreError> {
        let query = format!(
            "SELECT {RUN_COLUMNS} FROM action_runs WHERE device_id = ?1 AND action = ?4 AND id <> ?2 \
             AND started >= ?3 AND (action_state = 'done' OR error_code = 'outcomeUnknown' \
             OR queue_state IN ('sending', 'sent')) ORDER BY started DESC, rowid DESC LIMIT 1"
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(run.device.as_str())
            .bind(run.id.as_str())
            .bind(run.started.unix_millis())
            .bind(run.action.kind().name().as_str())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(self::run).transpose()
    }

    async fn bring_forward(&mut self, now: UtcTime, later_than: UtcTime) -> Result<u64, StoreError> {
        let result = sqlx::query("UPDATE action_runs SET due = ? WHERE queue_state <> 'ended' AND due > ?")
            .bind(now.unix_millis())
            .bind(later_than.unix_millis())
            .execute(self.connection())
            .await?;
        Ok(result.rows_affected())
    }
}

#[async_trait]
impl Requests for SqliteUnit {
    async fn request_with(
        &mut self,
        person: &PersonId,
        key: &IdempotencyKey,
        after: UtcTime,
    ) -> Result<Option<(Fingerprint, ResultId)>, StoreError> {
        let row = sqlx::query(
            "SELECT fingerprint, result_id FROM idempotency_keys WHERE person_id = ? AND key = ? AND created > ?",
        )
        .bind(person.as_str())
        .bind(key.as_str())
        .bind(after.unix_millis())
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok((Fingerprint(get(&row, "fingerprint")?), ResultId::trusted(get(&row, "result_id")?)))
        })
        .transpose()
    }

    async fn remember_request(
        &mut self,
        person: &PersonId,
        key: &IdempotencyKey,
        fingerprint: &Fingerprint,
        run: &ResultId,
        now: UtcTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT OR REPLACE INTO idempotency_keys (person_id, key, fingerprint, result_id, created) \
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(person.as_str())
        .bind(key.as_str())
        .bind(&fingerprint.0)
        .bind(run.as_str())
        .bind(now.unix_millis())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn forget_requests(&mut self, until: UtcTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM idempotency_keys WHERE created <= ?")
            .bind(until.unix_millis())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

#[async_trait]
impl DeviceNames for SqliteUnit {
    async fn names_of(&mut self, person: &PersonId) -> Result<HashMap<DeviceId, DeviceName>, StoreError> {
        let rows = sqlx::query("SELECT device_id, name FROM device_names WHERE person_id = ?")
            .bind(person.as_str())
            .fetch_all(self.connection())
            .await?;
        let mut names = HashMap::with_capacity(rows.len());
        for row in &rows {
            let name: String = get(row, "name")?;
            let name =
                DeviceName::parse(&name).map_err(|_| StoreError::Corrupt("a device's name".to_owned()))?;
            names.insert(DeviceId::trusted(get(row, "device_id")?), name);
        }
        Ok(names)
    }

    async fn set_name(
        &mut self,
        person: &PersonId,
        device: &DeviceId,
        name: Option<&DeviceName>,
    ) -> Result<(), StoreError> {
        let query = match name {
            Some(_) => "INSERT OR REPLACE INTO device_names (person_id, device_id, name) VALUES (?1, ?2, ?3)",
            None => "DELETE FROM device_names WHERE person_id = ?1 AND device_id = ?2",
        };
        let query = sqlx::query(query).bind(person.as_str()).bind(device.as_str());
        let query = match name {
            Some(name) => query.bind(name.as_str()),
            None => query,
        };
        query.execute(self.connection()).await?;
        Ok(())
    }
}
