//! Notifications.

use super::rows::{get, time};
use super::{SqliteStore, commands, events, store_error};
use crate::domain::command::{Command, Ending};
use crate::domain::ids::NotificationId;
use crate::domain::person::PersonId;
use crate::ports::{Changed, StoreError};
use portal_contract::{ActionState, FailureCode, Notification, NotificationKind, UtcTime};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// How many a person is shown.
const SHOWN: u32 = 100;

/// Writes one within the transaction that ends the command.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    command: &Command,
    ending: Ending,
    id: &NotificationId,
    now: UtcTime,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO notifications (id, person_id, device_id, device_name, result_id, action_state, error_code, created) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.as_str())
    .bind(command.person.as_str())
    .bind(command.device.as_str())
    .bind(&command.device_name)
    .bind(command.id.as_str())
    .bind(ending.action_state().as_str())
    .bind(ending.error_code().map(FailureCode::as_str))
    .bind(now.unix_millis())
    .execute(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    let changed = Changed::Notification(id.as_str().to_owned());
    events::append(connection, &command.person, &changed, now).await
}

fn notification(row: &SqliteRow) -> Result<Notification, StoreError> {
    let action_state: String = get(row, "action_state")?;
    let error_code: Option<String> = get(row, "error_code")?;
    Ok(Notification {
        id: get(row, "id")?,
        kind: NotificationKind::PasscodeReset,
        action_name: None,
        device_id: get(row, "device_id")?,
        device_name: get(row, "device_name")?,
        result_id: get(row, "result_id")?,
        action_state: ActionState::from_wire(&action_state),
        error_code: error_code.as_deref().map(FailureCode::from_wire),
        created_date_time: time(row, "created")?,
        is_read: get::<i64>(row, "is_read")? != 0,
    })
}

pub(super) async fn list(store: &SqliteStore, person: &PersonId) -> Result<Vec<Notification>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM notifications WHERE person_id = ? ORDER BY created DESC, rowid DESC LIMIT ?",
    )
    .bind(person.as_str())
    .bind(SHOWN)
    .fetch_all(&store.readers)
    .await
    .map_err(|error| store_error(&error))?;
    rows.iter().map(notification).collect()
}

pub(super) async fn mark_read(
    store: &SqliteStore,
    person: &PersonId,
    id: &NotificationId,
    now: UtcTime,
) -> Result<Option<Notification>, StoreError> {
    let mut transaction = store.begin().await?;
    let row = sqlx::query("SELECT * FROM notifications WHERE id = ? AND person_id = ?")
        .bind(id.as_str())
        .bind(person.as_str())
        .fetch_optional(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    let Some(found) = row.as_ref().map(notification).transpose()? else { return Ok(None) };
    if !found.is_read {
        sqlx::query("UPDATE notifications SET is_read = 1 WHERE id = ?")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(|error| store_error(&error))?;
        let changed = Changed::Notification(found.id.clone());
        events::append(&mut transaction, person, &changed, now).await?;
    }
    commands::commit(transaction).await?;
    Ok(Some(Notification { is_read: true, ..found }))
}
