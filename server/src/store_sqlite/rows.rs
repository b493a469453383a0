//! Between rows and domain types.

use crate::domain::action::Action;
use crate::domain::action_run::{ActionRun, CancelRequest, Delivery, QueueState};
use crate::domain::ids::{DeviceId, ExternalRef, ResultId};
use crate::domain::person::PersonId;
use crate::ports::StoreError;
use portal_contract::{ActionState, FailureCode, UtcTime};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

/// The columns [`run`] reads.
pub(super) const RUN_COLUMNS: &str = "id, device_id, device_name, person_id, action, payload, queue_state, action_state, \
     not_now, error_code, started, updated, expires, cancel_request, failed_attempts, external_ref";

/// Reads one column.
pub(super) fn get<'row, T>(row: &'row SqliteRow, column: &str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'row, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    Ok(row.try_get(column)?)
}

/// Reads a moment.
pub(super) fn time(row: &SqliteRow, column: &str) -> Result<UtcTime, StoreError> {
    Ok(UtcTime::from_unix_millis(get(row, column)?))
}

/// Reads a run.
pub(super) fn run(row: &SqliteRow) -> Result<ActionRun, StoreError> {
    let queue_state: String = get(row, "queue_state")?;
    let action_state: String = get(row, "action_state")?;
    let action_state = ActionState::from_wire(&action_state);
    let delivery = if action_state == ActionState::Pending {
        Delivery::Waiting
    } else if get::<i64>(row, "not_now")? != 0 {
        Delivery::NotNow
    } else {
        Delivery::Delivered
    };
    let (action, payload): (String, String) = (get(row, "action")?, get(row, "payload")?);
    let error_code: Option<String> = get(row, "error_code")?;
    Ok(ActionRun {
        id: ResultId::trusted(get(row, "id")?),
        device: DeviceId::trusted(get(row, "device_id")?),
        device_name: get(row, "device_name")?,
        person: PersonId::new(get(row, "person_id")?),
        action: Action::stored(&action, &payload)
            .ok_or_else(|| StoreError::Corrupt(format!("action {action}")))?,
        queue_state: QueueState::from_name(&queue_state)
            .ok_or_else(|| StoreError::Corrupt(format!("queue state {queue_state}")))?,
        action_state,
        delivery,
        error_code: error_code.as_deref().map(FailureCode::from_wire),
        started: time(row, "started")?,
        updated: time(row, "updated")?,
        expires: time(row, "expires")?,
        cancel_request: if get::<i64>(row, "cancel_request")? == 0 {
            CancelRequest::None
        } else {
            CancelRequest::Requested
        },
        failed_attempts: get::<u32>(row, "failed_attempts")?,
        external: get::<Option<String>>(row, "external_ref")?.map(ExternalRef::trusted),
    })
}
