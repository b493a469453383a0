//! A device service says that something changed. It is believed nothing else: the queue asks about the run at once, and the person's
//! page reads the device again.

use super::{Portal, Refusal};
use crate::domain::action_run::QueueState;
use crate::domain::audit::Origin;
use crate::domain::ids::ResultId;
use crate::domain::rate::RateLimit;
use crate::ports::{Changed, EventInbox, Hint, Opened, RunKey, SignedMessage, StatusAnswer};

impl Portal {
    /// Takes a message of a device service; false if it is not genuine. One that names nothing this portal has is taken too.
    ///
    /// # Errors
    /// [`Refusal::TooOften`] for its network; [`Refusal::Unavailable`] if it could not be heeded: it may be sent once more then.
    pub async fn take_event(
        &self,
        inbox: &dyn EventInbox,
        message: &SignedMessage<'_>,
        origin: &Origin,
    ) -> Result<bool, Refusal> {
        self.reserve_for_network(RateLimit::EventsFromNetwork, origin)?.commit();
        let Opened::Genuine(hints) = inbox.open(message) else { return Ok(false) };
        for hint in hints {
            if let Err(refusal) = self.heed(&hint).await {
                inbox.put_back(message.id);
                return Err(refusal);
            }
        }
        Ok(true)
    }

    async fn heed(&self, hint: &Hint) -> Result<(), Refusal> {
        match hint {
            Hint::Run { service, run } => self.look_at(service.as_deref(), run).await,
            Hint::Device { person, device } => {
                let mut unit = self.parts.store.begin().await?;
                let changed = Changed::Device(device.as_str().to_owned());
                unit.append_change(person, &changed, self.now()).await?;
                unit.save().await?;
                self.announce(person);
                Ok(())
            }
        }
    }

    async fn look_at(&self, service: Option<&str>, id: &ResultId) -> Result<(), Refusal> {
        let found = self.parts.store.read().await?.run(id).await?;
        // A service is heard about its own runs only.
        let Some(run) = found.filter(|run| run.device.of_service().0 == service) else { return Ok(()) };
        if run.is_outcome_unknown() {
            // The queue asks about it no more.
            if let Ok(StatusAnswer::Known(reported)) = self.parts.services.status(&RunKey::from(&run)).await {
                return self.take_report(id, &run.device, &reported).await;
            }
            return Ok(());
        }
        if matches!(run.queue_state, QueueState::Sending | QueueState::Sent) {
            let mut unit = self.parts.store.begin().await?;
            unit.hasten_run(id, self.now()).await?;
            unit.save().await?;
            self.wake.notify_one();
        }
        Ok(())
    }
}
