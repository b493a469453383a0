//! The audit record: appending, counting, and reading it back for the person it is about.

use super::chain::Chain;
use super::rows::{get, time};
use super::unit::SqliteUnit;
use crate::domain::audit::{AuditEntry, AuditEvent, Origin};
use crate::domain::client::ClientSoftware;
use crate::domain::history::{RecordedEntry, shown_events};
use crate::domain::ids::{DeviceId, RequestId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{AuditLog, CountedBy, HistoryPage, RunCount, StoreError};
use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use portal_contract::{ClientBrowser, ClientSystem, UtcTime};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, SqliteConnection};

/// Appends one entry within the caller's transaction and links it, and all that wait before it: for those who have the
/// database for themselves.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    entry: &AuditEntry,
    chain: &Chain,
) -> Result<(), StoreError> {
    write(connection, entry, chain).await?;
    chain.link_all(connection).await.map(|_| ())
}

/// Writes a line down, sealed and not linked yet.
async fn write(
    connection: &mut SqliteConnection,
    entry: &AuditEntry,
    chain: &Chain,
) -> Result<(), StoreError> {
    let mut line = entry.line(0);
    let written = sqlx::query(
        "INSERT INTO audit (at, event, person_id, device_id, result_id, address, request_id, \
         client_browser, client_system, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(line.at)
    .bind(&line.event)
    .bind(&line.person)
    .bind(&line.device)
    .bind(&line.result_id)
    .bind(&line.address)
    .bind(&line.request)
    .bind(&line.browser)
    .bind(&line.system)
    .bind(&line.result)
    .execute(&mut *connection)
    .await?;
    line.sequence = written.last_insert_rowid();
    chain.seal(connection, &line).await
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

impl SqliteUnit {
    /// The number of the entry with this place; `None` if it is none of this person's.
    ///
    /// The record counts everybody's entries in one row, so a bare number would tell each person how much happens in the
    /// whole organisation, and when. A place is the random nonce of the entry's seal instead: always the same, and nothing can
    /// be computed from it. Entries from before there were seals have the first half of their hash in the chain.
    async fn sequence_of(&mut self, person: &PersonId, place: &str) -> Result<Option<i64>, StoreError> {
        let Ok(place) = Base64UrlUnpadded::decode_vec(place) else { return Ok(None) };
        let query = "SELECT audit.sequence FROM audit \
                     LEFT JOIN audit_seals ON audit_seals.sequence = audit.sequence \
                     LEFT JOIN audit_chain ON audit_chain.sequence = audit.sequence \
                     WHERE audit.person_id = ? AND COALESCE(audit_seals.nonce, substr(audit_chain.hash, 1, 16)) = ?";
        let found = sqlx::query_scalar(query).bind(person.as_str()).bind(place);
        Ok(found.fetch_optional(self.connection()).await?)
    }
}

#[async_trait]
impl AuditLog for SqliteUnit {
    async fn append_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let chain = self.chain.clone();
        write(self.connection(), entry, &chain).await
    }

    async fn count_audit(
        &mut self,
        event: AuditEvent,
        by: CountedBy<'_>,
        after: UtcTime,
    ) -> Result<RunCount, StoreError> {
        let (query, id) = match by {
            CountedBy::Person(person) => (
                "SELECT COUNT(*) AS number, MIN(at) AS oldest FROM audit \
                 WHERE event = ? AND at > ? AND person_id = ?",
                person.as_str(),
            ),
            CountedBy::Device(device) => (
                "SELECT COUNT(*) AS number, MIN(at) AS oldest FROM audit \
                 WHERE event = ? AND at > ? AND device_id = ?",
                device.as_str(),
            ),
        };
        let row = sqlx::query(query)
            .bind(event.as_str())
            .bind(after.unix_millis())
            .bind(id)
            .fetch_one(self.connection())
            .await?;
        let oldest: Option<i64> = get(&row, "oldest")?;
        Ok(RunCount { number: get(&row, "number")?, oldest: oldest.map(UtcTime::from_unix_millis) })
    }

    async fn first_audit(
        &mut self,
        event: AuditEvent,
        person: &PersonId,
        run: &ResultId,
    ) -> Result<Option<(UtcTime, RequestId)>, StoreError> {
        let row = sqlx::query(
            "SELECT at, request_id FROM audit WHERE person_id = ? AND result_id = ? AND event = ? \
             ORDER BY sequence LIMIT 1",
        )
        .bind(person.as_str())
        .bind(run.as_str())
        .bind(event.as_str())
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            let request: Option<String> = get(&row, "request_id")?;
            Ok((time(&row, "at")?, RequestId::trusted(request.unwrap_or_default())))
        })
        .transpose()
    }

    /// A device's name is that of its run, or of the newest run of the person's on it.
    async fn history(
        &mut self,
        person: &PersonId,
        device: Option<&DeviceId>,
        page: &HistoryPage,
    ) -> Result<Option<Vec<RecordedEntry>>, StoreError> {
        let before = match &page.before {
            None => i64::MAX,
            Some(place) => match self.sequence_of(person, place).await? {
                Some(before) => before,
                None => return Ok(None),
            },
        };
        let mut query = QueryBuilder::new(
            "SELECT audit.*, COALESCE(audit_seals.nonce, substr(audit_chain.hash, 1, 16)) AS place, \
             COALESCE(run.device_name, \
             (SELECT earlier.device_name FROM action_runs AS earlier WHERE earlier.person_id = audit.person_id \
              AND earlier.device_id = audit.device_id ORDER BY earlier.started DESC LIMIT 1)) AS device_name \
             FROM audit LEFT JOIN audit_seals ON audit_seals.sequence = audit.sequence \
             LEFT JOIN audit_chain ON audit_chain.sequence = audit.sequence \
             LEFT JOIN action_runs AS run ON run.id = audit.result_id WHERE audit.person_id = ",
        );
        query.push_bind(person.as_str().to_owned());
        query.push(" AND audit.sequence < ").push_bind(before);
        if let Some(device) = device {
            query.push(" AND audit.device_id = ").push_bind(device.as_str().to_owned());
        }
        query.push(" AND audit.event IN (");
        let mut events = query.separated(", ");
        for event in shown_events() {
            events.push_bind(event.as_str());
        }
        query.push(") ORDER BY audit.sequence DESC LIMIT ").push_bind(i64::from(page.size) + 1);
        let rows = query.build().fetch_all(self.connection()).await?;
        rows.iter().map(entry).collect::<Result<_, _>>().map(Some)
    }
}
