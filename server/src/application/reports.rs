//! What a device service tells by itself: a webhook, a message queue. It takes the same way as an answer to a question.

use super::{Portal, Refusal};
use crate::domain::action_run::{ActionRun, Delivery, QueueState, Report, next_question};
use crate::domain::ids::{DeviceId, ResultId};
use crate::ports::{Changed, ReportSink, Reported};
use async_trait::async_trait;

#[async_trait]
impl ReportSink for Portal {
    async fn reported(&self, run: &ResultId, device: &DeviceId, reported: Reported) {
        // A run that is still open is asked about again, so nothing is lost.
        if let Err(refusal) = self.take_report(run, device, &reported).await {
            tracing::warn!(?refusal, result = %run, "a report could not be written down");
        }
    }
}

impl Portal {
    pub(super) async fn take_report(
        &self,
        id: &ResultId,
        device: &DeviceId,
        reported: &Reported,
    ) -> Result<(), Refusal> {
        let found = self.parts.store.read().await?.run(id).await?;
        // Any device can answer any identifier: only its own runs are believed.
        let Some(run) = found.filter(|run| run.device == *device) else {
            tracing::warn!(result = %id, %device, "a report about no run of this device");
            return Ok(());
        };
        let delivery = match reported.state {
            Report::Ended(ending) => {
                if run.queue_state != QueueState::Ended || run.is_outcome_unknown() {
                    let ending = run.ending_of(ending, self.now());
                    self.end_run(&run, ending, reported.issued.as_ref()).await?;
                }
                return Ok(());
            }
            Report::Pending => Delivery::Waiting,
            Report::Active => Delivery::Delivered,
            Report::NotNow => Delivery::NotNow,
        };
        self.note_delivery(&run, delivery).await
    }

    async fn note_delivery(&self, run: &ActionRun, delivery: Delivery) -> Result<(), Refusal> {
        if run.queue_state != QueueState::Sent || run.delivery == delivery {
            return Ok(());
        }
        let now = self.now();
        let (told, due) = (run.sent(delivery, now), next_question(now, run.expires, now));
        let mut unit = self.parts.store.begin().await?;
        if unit.update_run(&told, Some(QueueState::Sent), due).await? {
            let changed = Changed::Device(run.device.as_str().to_owned());
            unit.append_change(&run.person, &changed, now).await?;
            unit.save().await?;
            self.announce(&run.person);
        }
        Ok(())
    }
}
