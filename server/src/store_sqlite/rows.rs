//! Between rows and domain types.

use super::store_error;
use crate::domain::command::{CancelRequest, Command, Delivery, QueueState};
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::policy::Reset;
use crate::ports::StoreError;
use portal_contract::{ActionState, CharacterSet, FailureCode, UtcTime};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

/// The columns [`command`] reads.
pub(super) const COMMAND_COLUMNS: &str = "id, device_id, device_name, person_id, reset, queue_state, action_state, \
     not_now, error_code, started, updated, expires, cancel_request, failed_attempts";

/// The name of an outcome in the database.
pub(super) const fn reset_name(reset: Reset) -> &'static str {
    match reset {
        Reset::Removed => "removed",
        Reset::Temporary(character_set) => character_set.as_str(),
    }
}

fn reset_from(name: &str) -> Reset {
    if name == "removed" { Reset::Removed } else { Reset::Temporary(CharacterSet::from_wire(name)) }
}

/// Reads one column.
pub(super) fn get<'row, T>(row: &'row SqliteRow, column: &str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'row, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(|error| store_error(&error))
}

/// Reads a moment.
pub(super) fn time(row: &SqliteRow, column: &str) -> Result<UtcTime, StoreError> {
    Ok(UtcTime::from_unix_millis(get(row, column)?))
}

/// Reads a command.
pub(super) fn command(row: &SqliteRow) -> Result<Command, StoreError> {
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
    let reset: String = get(row, "reset")?;
    let error_code: Option<String> = get(row, "error_code")?;
    Ok(Command {
        id: ResultId::trusted(get(row, "id")?),
        device: DeviceId::trusted(get(row, "device_id")?),
        device_name: get(row, "device_name")?,
        person: PersonId::new(get(row, "person_id")?),
        reset: reset_from(&reset),
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
    })
}
