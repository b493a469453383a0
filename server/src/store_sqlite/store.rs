//! The port, implemented by the functions of this folder.

use super::audit::{Counted, append, reveals_within};
use super::{
    SqliteStore, commands, events, history, notifications, operation, passcodes, rates, reseal, sessions,
    store_error,
};
use crate::domain::audit::AuditEntry;
use crate::domain::command::{Command, Ending};
use crate::domain::history::RecordedEntry;
use crate::domain::ids::{DeviceId, NotificationId, ResultId};
use crate::domain::operation::Figures;
use crate::domain::person::PersonId;
use crate::domain::rate::{Limits, TooOften};
use crate::domain::secret_key::KeyId;
use crate::ports::{
    CancelOutcome, Change, ChangesSince, HistoryPage, IdempotentRequest, KeptPasscode, RateBucket,
    RecordOutcome, RecordReset, Reported, Sealed, SealedPasscode, Store, StoreError,
};
use async_trait::async_trait;
use portal_contract::{Notification, UtcTime};

#[async_trait]
impl Store for SqliteStore {
    async fn earlier_request(
        &self,
        request: &IdempotentRequest,
        now: UtcTime,
    ) -> Result<Option<RecordOutcome>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(|error| store_error(&error))?;
        commands::earlier_request(&mut connection, request, now).await
    }

    async fn record_reset(&self, reset: &RecordReset) -> Result<RecordOutcome, StoreError> {
        commands::record(self, reset).await
    }

    async fn commands_of(
        &self,
        person: &PersonId,
        device: Option<&DeviceId>,
    ) -> Result<Vec<Command>, StoreError> {
        commands::of_person(self, person, device).await
    }

    async fn request_cancel(
        &self,
        person: &PersonId,
        device: &DeviceId,
        id: &ResultId,
        audit: &AuditEntry,
    ) -> Result<CancelOutcome, StoreError> {
        commands::request_cancel(self, person, device, id, audit).await
    }

    async fn withdraw_cancel(&self, id: &ResultId) -> Result<(), StoreError> {
        commands::withdraw_cancel(self, id).await
    }

    async fn due_commands(&self, now: UtcTime, limit: u32) -> Result<Vec<Command>, StoreError> {
        commands::due(self, now, limit).await
    }

    async fn bring_forward(&self, now: UtcTime, later_than: UtcTime) -> Result<u64, StoreError> {
        commands::bring_forward(self, now, later_than).await
    }

    async fn next_due(&self) -> Result<Option<UtcTime>, StoreError> {
        commands::next_due(self).await
    }

    async fn change(&self, command: &Command, change: Change, now: UtcTime) -> Result<bool, StoreError> {
        commands::change(self, command, change, now).await
    }

    async fn end(
        &self,
        command: &Command,
        ending: Ending,
        notification: NotificationId,
        passcode_expires: UtcTime,
        now: UtcTime,
    ) -> Result<bool, StoreError> {
        commands::end(self, command, ending, notification, passcode_expires, now).await
    }

    async fn passcode_to_send(&self, id: &ResultId) -> Result<Option<Sealed>, StoreError> {
        passcodes::to_send(self, id).await
    }

    async fn passcode_to_show(
        &self,
        person: &PersonId,
        device: &DeviceId,
        now: UtcTime,
    ) -> Result<Option<SealedPasscode>, StoreError> {
        passcodes::to_show(self, person, device, now).await
    }

    async fn passcodes_under_other_keys(&self, current: &KeyId) -> Result<Vec<KeptPasscode>, StoreError> {
        reseal::under_other_keys(self, current).await
    }

    async fn reseal(
        &self,
        resealed: &[(KeptPasscode, Sealed)],
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        reseal::reseal(self, resealed, entry).await
    }

    async fn record_reveal(
        &self,
        entry: &AuditEntry,
        limits: &Limits,
    ) -> Result<Result<(), TooOften>, StoreError> {
        let mut transaction = self.begin().await?;
        if let Some(person) = &entry.person {
            let counted = reveals_within(
                &mut transaction,
                Counted::Person,
                person.as_str(),
                limits.reveals_per_person,
                entry.at,
            );
            if let Err(too_often) = counted.await? {
                return Ok(Err(too_often));
            }
        }
        if let Some(device) = &entry.device {
            let counted = reveals_within(
                &mut transaction,
                Counted::Device,
                device.as_str(),
                limits.reveals_per_device,
                entry.at,
            );
            if let Err(too_often) = counted.await? {
                return Ok(Err(too_often));
            }
        }
        append(&mut transaction, entry, &self.chain).await?;
        commands::commit(transaction).await?;
        Ok(Ok(()))
    }

    async fn sweep(&self, now: UtcTime) -> Result<u64, StoreError> {
        passcodes::sweep(self, now).await
    }

    async fn notifications(&self, person: &PersonId) -> Result<Vec<Notification>, StoreError> {
        notifications::list(self, person).await
    }

    async fn mark_read(
        &self,
        person: &PersonId,
        id: &NotificationId,
        now: UtcTime,
    ) -> Result<Option<Notification>, StoreError> {
        notifications::mark_read(self, person, id, now).await
    }

    async fn change_position(&self, person: &PersonId) -> Result<i64, StoreError> {
        events::position(self, person).await
    }

    async fn changes_since(&self, person: &PersonId, after: i64) -> Result<ChangesSince, StoreError> {
        events::since(self, person, after).await
    }

    async fn history(
        &self,
        person: &PersonId,
        device: Option<&DeviceId>,
        page: &HistoryPage,
    ) -> Result<Option<Vec<RecordedEntry>>, StoreError> {
        history::of_person(self, person, device, page).await
    }

    async fn report_unrecognized(
        &self,
        person: &PersonId,
        device: &DeviceId,
        id: &ResultId,
        entry: &AuditEntry,
    ) -> Result<Option<Reported>, StoreError> {
        history::report_unrecognized(self, person, device, id, entry).await
    }

    async fn revoke_sessions(
        &self,
        person: &PersonId,
        until: UtcTime,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        sessions::revoke(self, person, until, entry).await
    }

    async fn lower_revocations(&self, beyond: UtcTime, to: UtcTime) -> Result<u64, StoreError> {
        sessions::lower(self, beyond, to).await
    }

    async fn sessions_revoked_until(&self, person: &PersonId) -> Result<Option<UtcTime>, StoreError> {
        sessions::revoked_until(self, person).await
    }

    async fn rate_buckets(&self, now: UtcTime) -> Result<Vec<RateBucket>, StoreError> {
        rates::read(self, now).await
    }

    async fn keep_rate_buckets(&self, buckets: &[RateBucket], now: UtcTime) -> Result<(), StoreError> {
        rates::keep(self, buckets, now).await
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        append(&mut transaction, entry, &self.chain).await?;
        commands::commit(transaction).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        operation::probe(self).await
    }

    async fn figures(&self, now: UtcTime) -> Result<Figures, StoreError> {
        operation::figures(self, now).await
    }
}
