//! Cancelling an action that the device has not received.

use super::endings::write_end;
use super::record::audit_entry;
use super::{DeviceCall, Portal, Refusal};
use crate::domain::action_run::{ActionRun, CancelRequest, Ending, QueueState};
use crate::domain::audit::AuditEvent;
use crate::domain::ids::ResultId;
use crate::ports::{CancelAnswer, RunKey};
use portal_contract::{ActionState, DeviceActionResult};

impl Portal {
    /// Cancels an action while it is pending. What was not sent is cancelled at once; what was sent, if the
    /// back end can still hold it back; what is being sent at this moment, by the queue as soon as it knows.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotCancellable`], [`Refusal::Unavailable`].
    pub async fn cancel(
        &self,
        call: &DeviceCall,
        result_id: Option<&ResultId>,
    ) -> Result<DeviceActionResult, Refusal> {
        self.count_attempt(call.sign_in.person(), self.now())?;
        match self.try_cancel(call, result_id).await {
            Ok(result) => Ok(result),
            Err(refusal) => {
                self.audit_refusal(AuditEvent::CancelRefused, call, &refusal).await;
                Err(refusal)
            }
        }
    }

    async fn try_cancel(
        &self,
        call: &DeviceCall,
        result_id: Option<&ResultId>,
    ) -> Result<DeviceActionResult, Refusal> {
        let person = call.sign_in.person();
        let device = self.own_device(person, call.device.as_ref()).await?;
        let id = result_id.ok_or(Refusal::NotFound)?;
        let (mut unit, now) = (self.parts.store.begin().await?, self.now());
        let found = unit.run(id).await?;
        let run = found.filter(|run| run.person == *person && run.device == device.id);
        let run = run.ok_or(Refusal::NotFound)?;
        if run.queue_state == QueueState::Ended || run.action_state != ActionState::Pending {
            return Err(Refusal::NotCancellable);
        }
        // Asking again gets the same answer and is no further act.
        if run.cancel_request == CancelRequest::None {
            let entry = audit_entry(AuditEvent::CancelAccepted, call, Some(id.clone()), now, "ok".to_owned());
            unit.append_audit(&entry).await?;
        }
        if run.queue_state == QueueState::Recorded {
            let end = self.end_of(&run, Ending::CanceledByUser, None)?;
            let ended = write_end(unit.as_mut(), &run, &end, now).await?;
            unit.save().await?;
            self.announce(person);
            return ended.map(|run| run.result()).ok_or(Refusal::NotCancellable);
        }
        unit.set_cancel_request(id, Some(now)).await?;
        unit.save().await?;
        if run.queue_state == QueueState::Sent {
            self.cancel_at_service(&run).await?;
            self.wake.notify_one();
            return self.action_result(call, result_id).await;
        }
        self.wake.notify_one();
        Ok(run.result())
    }

    async fn cancel_at_service(&self, run: &ActionRun) -> Result<(), Refusal> {
        match self.parts.services.cancel(&RunKey::from(run)).await {
            Ok(CancelAnswer::Canceled) => {
                self.end_run(run, Ending::CanceledByUser, None).await?;
                Ok(())
            }
            Ok(CancelAnswer::TooLate) => {
                self.withdraw_cancel(run).await?;
                Err(Refusal::NotCancellable)
            }
            // The wish is written down; the queue goes on trying.
            Err(error) => {
                tracing::warn!(?error, result = %run.id, "the back end did not answer to a cancellation");
                Ok(())
            }
        }
    }

    /// It was too late to cancel.
    pub(super) async fn withdraw_cancel(&self, run: &ActionRun) -> Result<(), Refusal> {
        let mut unit = self.parts.store.begin().await?;
        unit.set_cancel_request(&run.id, None).await?;
        Ok(unit.save().await?)
    }
}
