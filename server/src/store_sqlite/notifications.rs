//! Notifications.

use super::rows::{get, time};
use super::unit::SqliteUnit;
use crate::domain::action_run::ActionRun;
use crate::domain::ids::NotificationId;
use crate::domain::person::PersonId;
use crate::ports::{Notifications, StoreError};
use async_trait::async_trait;
use portal_contract::{ActionName, ActionState, FailureCode, Notification, NotificationKind, UtcTime};
use sqlx::sqlite::SqliteRow;

/// How many a person is shown.
const SHOWN: u32 = 100;

fn notification(row: &SqliteRow) -> Result<Notification, StoreError> {
    let (action, action_state): (String, String) = (get(row, "action")?, get(row, "action_state")?);
    let action = ActionName::from_wire(&action);
    let error_code: Option<String> = get(row, "error_code")?;
    Ok(Notification {
        id: get(row, "id")?,
        kind: if action == ActionName::ResetPasscode {
            NotificationKind::PasscodeReset
        } else {
            NotificationKind::ActionEnded
        },
        action_name: Some(action),
        device_id: get(row, "device_id")?,
        device_name: get(row, "device_name")?,
        result_id: get(row, "result_id")?,
        action_state: ActionState::from_wire(&action_state),
        error_code: error_code.as_deref().map(FailureCode::from_wire),
        created_date_time: time(row, "created")?,
        is_read: get::<i64>(row, "is_read")? != 0,
    })
}

#[async_trait]
impl Notifications for SqliteUnit {
    async fn insert_notification(
        &mut self,
        id: &NotificationId,
        ended: &ActionRun,
        now: UtcTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO notifications (id, person_id, device_id, device_name, result_id, action, action_state, \
             error_code, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.as_str())
        .bind(ended.person.as_str())
        .bind(ended.device.as_str())
        .bind(&ended.device_name)
        .bind(ended.id.as_str())
        .bind(ended.action.kind().name().as_str())
        .bind(ended.action_state.as_str())
        .bind(ended.error_code.map(FailureCode::as_str))
        .bind(now.unix_millis())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn renew_notification(&mut self, ended: &ActionRun, now: UtcTime) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE notifications SET action_state = ?, error_code = ?, created = ?, is_read = 0 WHERE result_id = ?",
        )
        .bind(ended.action_state.as_str())
        .bind(ended.error_code.map(FailureCode::as_str))
        .bind(now.unix_millis())
        .bind(ended.id.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn notifications_of(&mut self, person: &PersonId) -> Result<Vec<Notification>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM notifications WHERE person_id = ? ORDER BY created DESC, rowid DESC LIMIT ?",
        )
        .bind(person.as_str())
        .bind(SHOWN)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(notification).collect()
    }

    async fn notification(
        &mut self,
        person: &PersonId,
        id: &NotificationId,
    ) -> Result<Option<Notification>, StoreError> {
        let row = sqlx::query("SELECT * FROM notifications WHERE id = ? AND person_id = ?")
            .bind(id.as_str())
            .bind(person.as_str())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(notification).transpose()
    }

    async fn mark_read(&mut self, id: &NotificationId) -> Result<(), StoreError> {
        sqlx::query("UPDATE notifications SET is_read = 1 WHERE id = ?")
            .bind(id.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
