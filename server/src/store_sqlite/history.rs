//! Reading the audit record back: what a person is shown, and what was reported.

use super::commands::{by_id, commit};
use super::rows::{get, time};
use super::{SqliteStore, audit, store_error};
use crate::domain::audit::{AuditEntry, AuditEvent, Origin};
use crate::domain::client::ClientSoftware;
use crate::domain::history::{RecordedEntry, SHOWN};
use crate::domain::ids::{DeviceId, RequestId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{HistoryPage, Reported, StoreError};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use portal_contract::{ClientBrowser, ClientSystem};
use sqlx::QueryBuilder;
use sqlx::sqlite::SqliteRow;

/// Newest first, from before `page.before`, and one more than the page's size, so that the caller knows whether that was
/// all. `None` if that is no place of this person's. A device's name is that of its reset, or of the newest reset of the
/// person's on it.
pub(super) async fn of_person(
    store: &SqliteStore,
    person: &PersonId,
    device: Option<&DeviceId>,
    page: &HistoryPage,
) -> Result<Option<Vec<RecordedEntry>>, StoreError> {
    let before = match &page.before {
        None => i64::MAX,
        Some(place) => match sequence_of(store, person, place).await? {
            Some(before) => before,
            None => return Ok(None),
        },
    };
    let mut query = QueryBuilder::new(
        "SELECT audit.*, substr(audit_chain.hash, 1, 16) AS place, COALESCE(commands.device_name, (SELECT earlier.device_name FROM commands AS earlier \
         WHERE earlier.person_id = audit.person_id AND earlier.device_id = audit.device_id \
         ORDER BY earlier.started DESC LIMIT 1)) AS device_name FROM audit \
         JOIN audit_chain ON audit_chain.sequence = audit.sequence LEFT JOIN commands ON commands.id = audit.result_id WHERE audit.person_id = ",
    );
    query.push_bind(person.as_str().to_owned());
    query.push(" AND audit.sequence < ").push_bind(before);
    if let Some(device) = device {
        query.push(" AND audit.device_id = ").push_bind(device.as_str().to_owned());
    }
    query.push(" AND audit.event IN (");
    let mut events = query.separated(", ");
    for event in SHOWN {
        events.push_bind(event.as_str());
    }
    query.push(") ORDER BY audit.sequence DESC LIMIT ").push_bind(i64::from(page.size) + 1);
    let rows = query.build().fetch_all(&store.readers).await.map_err(|error| store_error(&error))?;
    rows.iter().map(entry).collect::<Result<_, _>>().map(Some)
}

/// The number of the entry with this place; `None` if it is none of this person's.
///
/// The record counts everybody's entries in one row, so a bare number would tell each person how much happens in the whole
/// organisation, and when. A place is the first half of the entry's hash in the chain instead: always the same, and nothing
/// can be computed from it. Half of it, because the whole hash would tell whether the next line is the person's as well.
async fn sequence_of(store: &SqliteStore, person: &PersonId, place: &str) -> Result<Option<i64>, StoreError> {
    let Ok(place) = Base64UrlUnpadded::decode_vec(place) else { return Ok(None) };
    let query = "SELECT audit.sequence FROM audit JOIN audit_chain ON audit_chain.sequence = audit.sequence \
                 WHERE audit.person_id = ? AND substr(audit_chain.hash, 1, 16) = ?";
    let found =
        sqlx::query_scalar(query).bind(person.as_str()).bind(place).fetch_optional(&store.readers).await;
    found.map_err(|error| store_error(&error))
}

fn entry(row: &SqliteRow) -> Result<RecordedEntry, StoreError> {
    let event: String = get(row, "event")?;
    let event =
        AuditEvent::from_name(&event).ok_or_else(|| StoreError::Corrupt(format!("audit event {event}")))?;
    let address: Option<String> = get(row, "address")?;
    let request: Option<String> = get(row, "request_id")?;
    let browser: Option<String> = get(row, "client_browser")?;
    let system: Option<String> = get(row, "client_system")?;
    let client = browser.zip(system).map(|(browser, system)| ClientSoftware {
        browser: ClientBrowser::from_wire(&browser),
        system: ClientSystem::from_wire(&system),
    });
    let origin = address.zip(request).map(|(address, request)| Origin {
        address,
        request: RequestId::trusted(request),
        client,
    });
    let person: Option<String> = get(row, "person_id")?;
    let device: Option<String> = get(row, "device_id")?;
    let result_id: Option<String> = get(row, "result_id")?;
    Ok(RecordedEntry {
        place: Base64UrlUnpadded::encode_string(&get::<Vec<u8>>(row, "place")?),
        entry: AuditEntry {
            at: time(row, "at")?,
            event,
            person: person.map(PersonId::new),
            device: device.map(DeviceId::trusted),
            result_id: result_id.map(ResultId::trusted),
            origin,
            result: get(row, "result")?,
        },
        device_name: get(row, "device_name")?,
    })
}

/// Writes a report down unless the reset was reported before; says which report counts.
pub(super) async fn report_unrecognized(
    store: &SqliteStore,
    person: &PersonId,
    device: &DeviceId,
    id: &ResultId,
    entry: &AuditEntry,
) -> Result<Option<Reported>, StoreError> {
    let mut transaction = store.begin().await?;
    let found = by_id(&mut transaction, id).await?;
    if !found.is_some_and(|command| command.person == *person && command.device == *device) {
        return Ok(None);
    }
    let earlier = sqlx::query(
        "SELECT at, request_id FROM audit WHERE person_id = ? AND result_id = ? AND event = ? \
                 ORDER BY sequence LIMIT 1",
    )
    .bind(person.as_str())
    .bind(id.as_str())
    .bind(AuditEvent::ReportedUnrecognized.as_str())
    .fetch_optional(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    if let Some(row) = earlier {
        let request: Option<String> = get(&row, "request_id")?;
        let reference = RequestId::trusted(request.unwrap_or_default());
        return Ok(Some(Reported { reference, at: time(&row, "at")?, is_first: false }));
    }
    audit::append(&mut transaction, entry, &store.chain).await?;
    commit(transaction).await?;
    let reference = entry.origin.as_ref().map(|origin| origin.request.clone());
    let reference = reference.unwrap_or_else(|| RequestId::trusted(String::new()));
    Ok(Some(Reported { reference, at: entry.at, is_first: true }))
}
