//! Commands: recording them exactly once, and moving them along the queue.

use super::chain::Chain;
use super::rows::{COMMAND_COLUMNS, command, get, reset_name, time};
use super::{SqliteStore, audit, events, store_error};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::command::{CancelRequest, Command, Delivery, Ending, QueueState};
use crate::domain::idempotency::KEY_LIFETIME_SECONDS;
use crate::domain::ids::{DeviceId, NotificationId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::rate::{PerHour, RateLimit, TooOften, WINDOW_MILLIS, within};
use crate::ports::{
    Accepted, CancelOutcome, Change, Changed, IdempotentRequest, RecordOutcome, RecordReset, StoreError,
};
use portal_contract::{ActionState, UtcTime};
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, Transaction};

/// How many actions of one device are shown.
const SHOWN_PER_DEVICE: u32 = 10;

impl SqliteStore {
    /// A transaction that holds the write lock from its first moment.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(|error| store_error(&error))
    }
}

pub(super) async fn commit(transaction: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
    transaction.commit().await.map_err(|error| store_error(&error))
}

pub(super) async fn by_id(
    connection: &mut SqliteConnection,
    id: &ResultId,
) -> Result<Option<Command>, StoreError> {
    let query = format!("SELECT {COMMAND_COLUMNS} FROM commands WHERE id = ?");
    let row = sqlx::query(AssertSqlSafe(query))
        .bind(id.as_str())
        .fetch_optional(connection)
        .await
        .map_err(|error| store_error(&error))?;
    row.as_ref().map(command).transpose()
}

/// What an earlier request with the same key means for this one.
pub(super) async fn earlier_request(
    connection: &mut SqliteConnection,
    request: &IdempotentRequest,
    now: UtcTime,
) -> Result<Option<RecordOutcome>, StoreError> {
    let row = sqlx::query(
        "SELECT fingerprint, result_id FROM idempotency_keys WHERE person_id = ? AND key = ? AND created > ?",
    )
    .bind(request.person.as_str())
    .bind(request.key.as_str())
    .bind(now.unix_millis() - KEY_LIFETIME_SECONDS * 1000)
    .fetch_optional(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Ok(None) };
    let fingerprint: String = get(&row, "fingerprint")?;
    if fingerprint != request.fingerprint.0 {
        return Ok(Some(RecordOutcome::KeyReused));
    }
    let id = ResultId::trusted(get(&row, "result_id")?);
    let earlier = by_id(connection, &id).await?;
    Ok(earlier.map(|command| RecordOutcome::Accepted(Accepted::Before(command))))
}

async fn accepted_within(
    connection: &mut SqliteConnection,
    query: &'static str,
    id: &str,
    (limit, at_most): (RateLimit, PerHour),
    now: UtcTime,
) -> Result<Result<(), TooOften>, StoreError> {
    let row = sqlx::query(query)
        .bind(id)
        .bind(now.unix_millis() - WINDOW_MILLIS)
        .fetch_one(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(within(limit, at_most, get(&row, "number")?, Some(time(&row, "oldest")?), now))
}

pub(super) async fn record(store: &SqliteStore, reset: &RecordReset) -> Result<RecordOutcome, StoreError> {
    let now = reset.command.started;
    let mut transaction = store.begin().await?;
    if let Some(outcome) = earlier_request(&mut transaction, &reset.request, now).await? {
        return Ok(outcome);
    }
    let device = &reset.command.device;
    let open: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM commands WHERE device_id = ? AND queue_state <> 'ended'")
            .bind(device.id.as_str())
            .fetch_one(&mut *transaction)
            .await
            .map_err(|error| store_error(&error))?;
    if open > 0 {
        return Ok(RecordOutcome::AlreadyPending);
    }
    let by_person = accepted_within(
        &mut transaction,
        "SELECT COUNT(*) AS number, COALESCE(MIN(started), 0) AS oldest FROM commands \
         WHERE person_id = ? AND started > ?",
        reset.command.person.as_str(),
        (RateLimit::ResetsOfPerson, reset.limits.resets_per_person),
        now,
    )
    .await?;
    let by_device = accepted_within(
        &mut transaction,
        "SELECT COUNT(*) AS number, COALESCE(MIN(started), 0) AS oldest FROM commands \
         WHERE device_id = ? AND started > ?",
        device.id.as_str(),
        (RateLimit::ResetsOfDevice, reset.limits.resets_per_device),
        now,
    )
    .await?;
    if let Err(too_often) = by_person.and(by_device) {
        return Ok(RecordOutcome::TooOften(too_often));
    }
    insert(&mut transaction, reset, now, &store.chain).await?;
    let recorded = by_id(&mut transaction, &reset.command.id)
        .await?
        .ok_or_else(|| StoreError::Corrupt("a command vanished within its transaction".to_owned()))?;
    commit(transaction).await?;
    Ok(RecordOutcome::Accepted(Accepted::Now(recorded)))
}

async fn insert(
    connection: &mut SqliteConnection,
    reset: &RecordReset,
    now: UtcTime,
    chain: &Chain,
) -> Result<(), StoreError> {
    let device = &reset.command.device;
    sqlx::query(
        "INSERT INTO commands (id, device_id, device_name, person_id, reset, queue_state, action_state, started, \
         updated, expires, due) VALUES (?, ?, ?, ?, ?, 'recorded', 'pending', ?, ?, ?, ?)",
    )
    .bind(reset.command.id.as_str())
    .bind(device.id.as_str())
    .bind(&device.device_name)
    .bind(reset.command.person.as_str())
    .bind(reset_name(reset.command.reset))
    .bind(now.unix_millis())
    .bind(now.unix_millis())
    .bind(reset.command.expires().unix_millis())
    .bind(now.unix_millis())
    .execute(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    sqlx::query(
        "INSERT OR REPLACE INTO idempotency_keys (person_id, key, fingerprint, result_id, created) \
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(reset.request.person.as_str())
    .bind(reset.request.key.as_str())
    .bind(&reset.request.fingerprint.0)
    .bind(reset.command.id.as_str())
    .bind(now.unix_millis())
    .execute(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    if let Some((sealed, character_set)) = &reset.passcode {
        sqlx::query(
            "INSERT INTO passcodes (result_id, person_id, device_id, key_id, nonce, ciphertext, character_set, \
             expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(reset.command.id.as_str())
        .bind(reset.command.person.as_str())
        .bind(device.id.as_str())
        .bind(sealed.key.as_ref().map(|key| key.as_str().to_owned()))
        .bind(sealed.nonce.clone())
        .bind(sealed.ciphertext.clone())
        .bind(character_set.as_str())
        .bind(reset.command.expires().unix_millis())
        .execute(&mut *connection)
        .await
        .map_err(|error| store_error(&error))?;
    }
    events::append(connection, &reset.command.person, &device_changed(&device.id), now).await?;
    audit::append(connection, &reset.audit, chain).await
}

fn device_changed(device: &DeviceId) -> Changed {
    Changed::Device(device.as_str().to_owned())
}

pub(super) async fn of_person(
    store: &SqliteStore,
    person: &PersonId,
    device: Option<&DeviceId>,
) -> Result<Vec<Command>, StoreError> {
    let query = format!(
        "SELECT {COMMAND_COLUMNS} FROM (SELECT *, ROW_NUMBER() OVER \
         (PARTITION BY device_id ORDER BY started DESC, id) AS place FROM commands \
         WHERE person_id = ?1 AND (?2 IS NULL OR device_id = ?2)) WHERE place <= {SHOWN_PER_DEVICE} \
         ORDER BY started DESC, id"
    );
    let rows = sqlx::query(AssertSqlSafe(query))
        .bind(person.as_str())
        .bind(device.map(|device| device.as_str().to_owned()))
        .fetch_all(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    rows.iter().map(command).collect()
}

pub(super) async fn due(store: &SqliteStore, now: UtcTime, limit: u32) -> Result<Vec<Command>, StoreError> {
    let query = format!(
        "SELECT {COMMAND_COLUMNS} FROM commands WHERE queue_state <> 'ended' AND due <= ? ORDER BY due, id LIMIT ?"
    );
    let rows = sqlx::query(AssertSqlSafe(query))
        .bind(now.unix_millis())
        .bind(limit)
        .fetch_all(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    rows.iter().map(command).collect()
}

pub(super) async fn bring_forward(
    store: &SqliteStore,
    now: UtcTime,
    later_than: UtcTime,
) -> Result<u64, StoreError> {
    let result = sqlx::query("UPDATE commands SET due = ? WHERE queue_state <> 'ended' AND due > ?")
        .bind(now.unix_millis())
        .bind(later_than.unix_millis())
        .execute(&store.writer)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(result.rows_affected())
}

pub(super) async fn next_due(store: &SqliteStore) -> Result<Option<UtcTime>, StoreError> {
    let due: Option<i64> = sqlx::query_scalar("SELECT MIN(due) FROM commands WHERE queue_state <> 'ended'")
        .fetch_one(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(due.map(UtcTime::from_unix_millis))
}

pub(super) async fn change(
    store: &SqliteStore,
    command: &Command,
    change: Change,
    now: UtcTime,
) -> Result<bool, StoreError> {
    let (queue_state, delivery, due, failed_attempts) = match change {
        Change::Sending => (QueueState::Sending, command.delivery, now, command.failed_attempts),
        Change::BackToRecorded(due) => {
            (QueueState::Recorded, command.delivery, due, command.failed_attempts.saturating_add(1))
        }
        Change::Sent(delivery, due) => (QueueState::Sent, delivery, due, 0),
        Change::Later(due) => {
            (command.queue_state, command.delivery, due, command.failed_attempts.saturating_add(1))
        }
    };
    // Only what the device did changes the time a person sees, and is worth an event.
    let is_news = delivery != command.delivery;
    let updated = if is_news { now } else { command.updated };
    let mut transaction = store.begin().await?;
    let result = sqlx::query(
        "UPDATE commands SET queue_state = ?, action_state = ?, not_now = ?, due = ?, failed_attempts = ?, updated = ? \
         WHERE id = ? AND queue_state = ? AND queue_state <> 'ended'",
    )
    .bind(queue_state.as_str())
    .bind(delivery.action_state().as_str())
    .bind(i64::from(delivery == Delivery::NotNow))
    .bind(due.unix_millis())
    .bind(failed_attempts)
    .bind(updated.unix_millis())
    .bind(command.id.as_str())
    .bind(command.queue_state.as_str())
    .execute(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    let is_changed = result.rows_affected() == 1;
    if is_changed && is_news {
        events::append(&mut transaction, &command.person, &device_changed(&command.device), now).await?;
    }
    commit(transaction).await?;
    Ok(is_changed)
}

pub(super) async fn request_cancel(
    store: &SqliteStore,
    person: &PersonId,
    device: &DeviceId,
    id: &ResultId,
    entry: &AuditEntry,
) -> Result<CancelOutcome, StoreError> {
    let mut transaction = store.begin().await?;
    let found = by_id(&mut transaction, id).await?;
    let Some(command) = found.filter(|command| command.person == *person && command.device == *device) else {
        return Ok(CancelOutcome::NotFound);
    };
    if command.queue_state == QueueState::Ended || command.action_state != ActionState::Pending {
        return Ok(CancelOutcome::TooLate);
    }
    if command.cancel_request == CancelRequest::Requested {
        // It is written down already; asking again gets the same answer and is no further act.
        return Ok(CancelOutcome::Noted(command));
    }
    audit::append(&mut transaction, entry, &store.chain).await?;
    let outcome = if command.queue_state == QueueState::Recorded {
        write_end(&mut transaction, &command, Ending::CanceledByUser, entry.at, &store.chain).await?;
        let ended = by_id(&mut transaction, id).await?;
        ended.map_or(CancelOutcome::NotFound, CancelOutcome::Canceled)
    } else {
        sqlx::query("UPDATE commands SET cancel_request = 1, due = ? WHERE id = ?")
            .bind(entry.at.unix_millis())
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(|error| store_error(&error))?;
        CancelOutcome::Noted(command)
    };
    commit(transaction).await?;
    Ok(outcome)
}

pub(super) async fn withdraw_cancel(store: &SqliteStore, id: &ResultId) -> Result<(), StoreError> {
    sqlx::query("UPDATE commands SET cancel_request = 0 WHERE id = ?")
        .bind(id.as_str())
        .execute(&store.writer)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

/// Writes the end, its audit entry and the erasure of a passcode that nobody will need.
async fn write_end(
    connection: &mut SqliteConnection,
    command: &Command,
    ending: Ending,
    now: UtcTime,
    chain: &Chain,
) -> Result<bool, StoreError> {
    let result = sqlx::query(
        "UPDATE commands SET queue_state = 'ended', action_state = ?, error_code = ?, updated = ? \
         WHERE id = ? AND queue_state <> 'ended'",
    )
    .bind(ending.action_state().as_str())
    .bind(ending.error_code().map(portal_contract::FailureCode::as_str))
    .bind(now.unix_millis())
    .bind(command.id.as_str())
    .execute(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    if result.rows_affected() == 0 {
        return Ok(false);
    }
    if ending != Ending::Done {
        sqlx::query("DELETE FROM passcodes WHERE result_id = ?")
            .bind(command.id.as_str())
            .execute(&mut *connection)
            .await
            .map_err(|error| store_error(&error))?;
    }
    let state = ending.action_state().as_str();
    let entry = AuditEntry {
        at: now,
        event: AuditEvent::ResetEnded,
        person: Some(command.person.clone()),
        device: Some(command.device.clone()),
        result_id: Some(command.id.clone()),
        origin: None,
        result: ending
            .error_code()
            .map_or_else(|| state.to_owned(), |code| format!("{state} {}", code.as_str())),
    };
    audit::append(connection, &entry, chain).await?;
    events::append(connection, &command.person, &device_changed(&command.device), now).await?;
    Ok(true)
}

pub(super) async fn end(
    store: &SqliteStore,
    command: &Command,
    ending: Ending,
    notification: NotificationId,
    passcode_expires: UtcTime,
    now: UtcTime,
) -> Result<bool, StoreError> {
    let mut transaction = store.begin().await?;
    if !write_end(&mut transaction, command, ending, now, &store.chain).await? {
        return Ok(false);
    }
    if ending == Ending::Done {
        super::passcodes::release(&mut transaction, command, passcode_expires).await?;
    }
    if ending.is_news() {
        super::notifications::insert(&mut transaction, command, ending, &notification, now).await?;
    }
    commit(transaction).await?;
    Ok(true)
}
