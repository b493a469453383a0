//! What the simulated devices have received: a table for restarts, a map for reading.

use crate::domain::action::ActionKind;
use crate::domain::action_run::{Ending, Report};
use crate::domain::ids::{DeviceId, ResultId};
use portal_contract::{ActionName, FailureCode, UtcTime};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row as _, SqlitePool};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

/// The fleet's database cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetError(pub String);

impl From<sqlx::Error> for FleetError {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

/// One command, as its device sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) id: ResultId,
    pub(super) device: DeviceId,
    pub(super) action: ActionKind,
    /// What the service has to remember of it: the category that was chosen.
    pub(super) payload: String,
    pub(super) received: UtcTime,
    pub(super) delivered: Option<UtcTime>,
    pub(super) finished: Option<UtcTime>,
    pub(super) ending: Ending,
}

impl Received {
    /// Where it stands.
    pub(super) fn report(&self, now: UtcTime) -> Report {
        let past = |moment: Option<UtcTime>| moment.is_some_and(|moment| moment <= now);
        if past(self.finished) {
            Report::Ended(self.ending)
        } else if past(self.delivered) {
            Report::Active
        } else {
            Report::Pending
        }
    }

    /// When the device last talked to the service because of this command.
    pub(super) fn last_contact(&self, now: UtcTime) -> Option<UtcTime> {
        // Categories and keys are the service's own: no device is asked.
        let is_of_device = self.action != ActionKind::SetCategory && self.action.shows().is_none();
        let heard = self.delivered.filter(|moment| is_of_device && *moment <= now)?;
        Some(self.finished.filter(|moment| *moment <= now).map_or(heard, |finished| finished.max(heard)))
    }

    /// The category that it put its device into, once it has.
    pub(super) fn category_since(&self, now: UtcTime) -> Option<&str> {
        let is_done =
            self.action == ActionKind::SetCategory && self.report(now) == Report::Ended(Ending::Done);
        is_done.then_some(&self.payload)
    }

    /// Whether it takes its device away: erased, or taken out of management.
    const fn removes(&self) -> bool {
        matches!(self.action, ActionKind::Wipe | ActionKind::Retire)
    }

    /// Whether it is on its way to taking its device away.
    pub(super) fn is_removing(&self, now: UtcTime) -> bool {
        self.removes() && !matches!(self.report(now), Report::Ended(_))
    }

    /// For how long its device has been away, in milliseconds.
    pub(super) fn is_removed_since(&self, now: UtcTime) -> Option<i64> {
        let since = now.unix_millis() - self.finished?.unix_millis();
        (self.removes() && self.ending == Ending::Done && since >= 0).then_some(since)
    }

    /// For how long an erase has superseded it, in milliseconds.
    pub(super) fn is_superseded_since(&self, now: UtcTime) -> Option<i64> {
        let since = now.unix_millis() - self.finished?.unix_millis();
        (self.ending == Ending::Superseded && since >= 0).then_some(since)
    }
}

/// Both copies.
pub(super) struct FleetState {
    pool: SqlitePool,
    devices: RwLock<HashMap<DeviceId, Vec<Received>>>,
    commands: RwLock<HashMap<ResultId, DeviceId>>,
}

impl FleetState {
    pub(super) async fn open(path: &Path) -> Result<Self, FleetError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let migrated = sqlx::migrate!("./migrations/fleet").run(&pool).await;
        migrated.map_err(|error| FleetError(error.to_string()))?;
        let state = Self { pool, devices: RwLock::default(), commands: RwLock::default() };
        let rows = sqlx::query("SELECT * FROM received ORDER BY received, command_id")
            .fetch_all(&state.pool)
            .await?;
        for row in rows {
            state.remember(read(&row)?);
        }
        Ok(state)
    }

    /// The tables of connectors are in the same file.
    pub(super) const fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    fn remember(&self, received: Received) {
        let mut commands = self.commands.write().unwrap_or_else(PoisonError::into_inner);
        commands.insert(received.id.clone(), received.device.clone());
        let mut devices = self.devices.write().unwrap_or_else(PoisonError::into_inner);
        let of_device = devices.entry(received.device.clone()).or_default();
        match of_device.iter_mut().find(|known| known.id == received.id) {
            Some(known) => *known = received,
            None => of_device.push(received),
        }
    }

    /// Takes a command unless it is known.
    pub(super) async fn receive_once(&self, received: Received) -> Result<(), FleetError> {
        if self.find(&received.id).is_none() { self.receive(received).await } else { Ok(()) }
    }

    /// Takes a command; one that is known already changes nothing but the log of what was handed over.
    pub(super) async fn receive(&self, received: Received) -> Result<(), FleetError> {
        let mut transaction = self.pool.begin().await?;
        write("INSERT OR IGNORE INTO received", &received).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO starts (command_id, device_id, at) VALUES (?, ?, ?)")
            .bind(received.id.as_str())
            .bind(received.device.as_str())
            .bind(received.received.unix_millis())
            .execute(&mut *transaction)
            .await?;
        // What the table says, not what was asked: the caller may have given up on an earlier call after it was
        // committed and before it was remembered.
        let row = sqlx::query("SELECT * FROM received WHERE command_id = ?")
            .bind(received.id.as_str())
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.remember(read(&row)?);
        Ok(())
    }

    /// Changes what will become of a command.
    pub(super) async fn replace(&self, received: Received) -> Result<(), FleetError> {
        write("INSERT OR REPLACE INTO received", &received).execute(&self.pool).await?;
        self.remember(received);
        Ok(())
    }

    pub(super) fn find(&self, id: &ResultId) -> Option<Received> {
        let device = self.commands.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()?;
        self.of_device(&device).into_iter().find(|received| received.id == *id)
    }

    pub(super) fn of_device(&self, device: &DeviceId) -> Vec<Received> {
        let devices = self.devices.read().unwrap_or_else(PoisonError::into_inner);
        devices.get(device).cloned().unwrap_or_default()
    }
}

fn write(
    insert: &'static str,
    received: &Received,
) -> sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    let query = format!(
        "{insert} (command_id, device_id, action, payload, received, delivered, finished, ending) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    );
    sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(received.id.as_str().to_owned())
        .bind(received.device.as_str().to_owned())
        .bind(received.action.name().as_str())
        .bind(received.payload.clone())
        .bind(received.received.unix_millis())
        .bind(received.delivered.map(UtcTime::unix_millis))
        .bind(received.finished.map(UtcTime::unix_millis))
        .bind(ending_name(received.ending))
}

pub(super) fn ending_name(ending: Ending) -> String {
    match ending {
        Ending::Done => "done".to_owned(),
        Ending::Failed(code) => format!("failed:{}", code.as_str()),
        Ending::NotSupported => "notSupported".to_owned(),
        Ending::CanceledByUser => "canceled".to_owned(),
        Ending::Superseded => "superseded".to_owned(),
    }
}

pub(super) fn ending_from(name: &str) -> Ending {
    match name {
        "done" => Ending::Done,
        "notSupported" => Ending::NotSupported,
        "canceled" => Ending::CanceledByUser,
        "superseded" => Ending::Superseded,
        other => Ending::Failed(FailureCode::from_wire(other.strip_prefix("failed:").unwrap_or(other))),
    }
}

fn read(row: &SqliteRow) -> Result<Received, FleetError> {
    let time = |column: &str| {
        row.try_get::<Option<i64>, _>(column).map(|millis| millis.map(UtcTime::from_unix_millis))
    };
    Ok(Received {
        id: ResultId::trusted(row.try_get("command_id")?),
        device: DeviceId::trusted(row.try_get("device_id")?),
        action: ActionKind::named(ActionName::from_wire(row.try_get("action")?))
            .ok_or_else(|| FleetError("an action nobody knows".to_owned()))?,
        payload: row.try_get("payload")?,
        received: time("received")?.unwrap_or(UtcTime::NEVER),
        delivered: time("delivered")?,
        finished: time("finished")?,
        ending: ending_from(row.try_get("ending")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_survive_the_database() {
        for ending in [
            Ending::Done,
            Ending::NotSupported,
            Ending::CanceledByUser,
            Ending::Superseded,
            Ending::Failed(FailureCode::UnlockTokenInvalid),
        ] {
            assert_eq!(ending_from(&ending_name(ending)), ending);
        }
    }
}
