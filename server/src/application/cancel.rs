//! Cancelling a reset that the device has not received.

use super::portal::audit_entry;
use super::{DeviceCall, Portal, Refusal};
use crate::domain::audit::AuditEvent;
use crate::domain::command::{Command, Ending, QueueState};
use crate::domain::ids::ResultId;
use crate::ports::{CancelAnswer, CancelOutcome};
use portal_contract::DeviceActionResult;

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
        let entry =
            audit_entry(AuditEvent::CancelAccepted, call, Some(id.clone()), self.now(), "ok".to_owned());
        match self.parts.store.request_cancel(person, &device.id, id, &entry).await? {
            CancelOutcome::Canceled(command) => {
                self.live.wake(person);
                Ok(command.result())
            }
            CancelOutcome::Noted(command) if command.queue_state == QueueState::Sent => {
                self.cancel_at_back_end(&command).await?;
                self.wake.notify_one();
                self.action_result(call, result_id).await
            }
            CancelOutcome::Noted(command) => {
                self.wake.notify_one();
                Ok(command.result())
            }
            CancelOutcome::TooLate => Err(Refusal::NotCancellable),
            CancelOutcome::NotFound => Err(Refusal::NotFound),
        }
    }

    async fn cancel_at_back_end(&self, command: &Command) -> Result<(), Refusal> {
        match self.parts.back_end.cancel(&command.id).await {
            Ok(CancelAnswer::Canceled) => {
                self.end_command(command, Ending::CanceledByUser).await?;
                Ok(())
            }
            Ok(CancelAnswer::TooLate) => {
                self.parts.store.withdraw_cancel(&command.id).await?;
                Err(Refusal::NotCancellable)
            }
            // The wish is written down; the queue goes on trying.
            Err(error) => {
                tracing::warn!(?error, result = %command.id, "the back end did not answer to a cancellation");
                Ok(())
            }
        }
    }
}
