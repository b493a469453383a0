//! A service with the manners of NanoMDM: it tells no command's state and takes nothing back. The connector holds a command until
//! its device shows up, and hears of its end only when the device pushes an answer. Answers can be lost, and can come twice.

use super::apps::sample_apps;
use super::behaviour::fraction;
use super::core::Core;
use super::fleet::{Manners, sample_categories};
use super::state::{FleetError, Received, ending_from, ending_name};
use crate::domain::action::ActionKind;
use crate::domain::action_run::{Ending, Report};
use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, ReportSink, RunKey, ServiceError, StartAnswer,
    StartRun, StatusAnswer,
};
use async_trait::async_trait;
use portal_contract::{ActionName, FailureCode, UtcTime};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::sync::{Arc, Mutex, PoisonError, Weak};

pub(super) struct PushService {
    core: Arc<Core>,
    sink: Mutex<Option<Weak<dyn ReportSink>>>,
}

/// A command as the connector has it.
struct Held {
    state: String,
    received: Received,
}

fn held(row: &SqliteRow) -> Result<Held, FleetError> {
    let time = |column: &str| {
        row.try_get::<Option<i64>, _>(column).map(|millis| millis.map(UtcTime::from_unix_millis))
    };
    let action = ActionName::from_wire(row.try_get("action")?);
    Ok(Held {
        state: row.try_get("state")?,
        received: Received {
            id: ResultId::trusted(row.try_get("run_id")?),
            device: DeviceId::trusted(row.try_get("device_id")?),
            action: ActionKind::named(action)
                .ok_or_else(|| FleetError(format!("action {}", action.as_str())))?,
            payload: row.try_get("payload")?,
            received: time("received")?.unwrap_or(UtcTime::NEVER),
            delivered: time("connects")?,
            finished: time("finishes")?,
            ending: ending_from(row.try_get("ending")?),
        },
    })
}

impl PushService {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self { core, sink: Mutex::default() }
    }

    async fn known(&self, run: &ResultId) -> Result<Option<Held>, FleetError> {
        let row = sqlx::query("SELECT * FROM push_runs WHERE run_id = ?")
            .bind(run.as_str())
            .fetch_optional(self.core.state.pool())
            .await?;
        row.as_ref().map(held).transpose()
    }

    async fn hold(&self, state: &str, planned: &Received) -> Result<(), FleetError> {
        sqlx::query(
            "INSERT OR IGNORE INTO push_runs (run_id, device_id, action, payload, state, received, connects, finishes, ending) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(planned.id.as_str())
        .bind(planned.device.as_str())
        .bind(planned.action.name().as_str())
        .bind(&planned.payload)
        .bind(state)
        .bind(planned.received.unix_millis())
        .bind(planned.delivered.map(UtcTime::unix_millis))
        .bind(planned.finished.map(UtcTime::unix_millis))
        .bind(ending_name(planned.ending))
        .execute(self.core.state.pool())
        .await?;
        Ok(())
    }

    /// Moves a command on, unless somebody else did; says whether.
    async fn advance(
        &self,
        run: &ResultId,
        from: &str,
        to: &str,
        ending: Ending,
    ) -> Result<bool, FleetError> {
        let moved = sqlx::query("UPDATE push_runs SET state = ?, ending = ? WHERE run_id = ? AND state = ?")
            .bind(to)
            .bind(ending_name(ending))
            .bind(run.as_str())
            .bind(from)
            .execute(self.core.state.pool())
            .await?;
        Ok(moved.rows_affected() == 1)
    }

    /// Lets the devices act that are due: they show up, take what is held for them, and push their answers.
    pub(super) async fn tick(&self) -> Result<(), FleetError> {
        let now = self.core.now();
        let rows = sqlx::query(
            "SELECT * FROM push_runs WHERE state IN ('held', 'released') ORDER BY received, run_id",
        )
        .fetch_all(self.core.state.pool())
        .await?;
        let is_past = |moment: Option<UtcTime>| moment.is_some_and(|moment| moment <= now);
        for row in &rows {
            let Held { mut state, received } = held(row)?;
            if state == "held" && is_past(received.delivered) {
                // Written down first. Found here after a crash, the service is handed the same identifier, which it knows.
                if !self.advance(&received.id, "held", "released", received.ending).await? {
                    // Cancelled in this very moment.
                    continue;
                }
                self.tell(&received, Report::Active).await;
                state = "released".to_owned();
            }
            if state == "released" {
                self.core.state.receive_once(received.clone()).await?;
            }
            if is_past(received.finished) && (state == "released" || received.delivered.is_none()) {
                self.answer(&state, &received).await?;
            }
        }
        Ok(())
    }

    /// The device pushes its answer: once, twice, or into the void.
    async fn answer(&self, state: &str, received: &Received) -> Result<(), FleetError> {
        if received.ending == Ending::Superseded {
            self.core.state.replace(received.clone()).await?;
        }
        let dice = fraction(self.core.settings.seed ^ 0x9054, received.id.as_str());
        if dice < 0.08 && received.ending != Ending::Superseded {
            self.advance(&received.id, state, "silent", received.ending).await?;
            return Ok(());
        }
        self.advance(&received.id, state, "answered", received.ending).await?;
        self.tell(received, Report::Ended(received.ending)).await;
        if dice > 0.7 {
            self.tell(received, Report::Ended(received.ending)).await;
        }
        Ok(())
    }

    async fn tell(&self, received: &Received, report: Report) {
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sink) = sink.and_then(|sink| sink.upgrade()) {
            let reported = self.core.reported(received, report);
            sink.reported(&received.id, &received.device, reported).await;
        }
    }

    async fn try_cancel(&self, run: &RunKey) -> Result<CancelAnswer, FleetError> {
        match self.known(&run.id).await? {
            None => {
                // A start that comes later must not reach the device.
                let never = Received {
                    id: run.id.clone(),
                    device: run.device.clone(),
                    action: run.action.kind(),
                    payload: String::new(),
                    received: self.core.now(),
                    delivered: None,
                    finished: None,
                    ending: Ending::CanceledByUser,
                };
                self.hold("answered", &never).await?;
                Ok(CancelAnswer::Canceled)
            }
            Some(held) if held.state == "held" => {
                let canceled = self.advance(&run.id, "held", "answered", Ending::CanceledByUser).await?;
                Ok(if canceled { CancelAnswer::Canceled } else { CancelAnswer::TooLate })
            }
            Some(held) if held.received.ending == Ending::CanceledByUser => Ok(CancelAnswer::Canceled),
            Some(_) => Ok(CancelAnswer::TooLate),
        }
    }
}

#[async_trait]
impl DeviceService for PushService {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        Ok(self.core.page(Manners::Push, person, page))
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        Ok(self.core.device(Manners::Push, person, id))
    }

    async fn categories(&self, _device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        Ok(sample_categories())
    }

    async fn compliance(
        &self,
        _person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        Ok(self.core.compliance(Manners::Push, device))
    }

    async fn apps(&self, _person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        Ok(self.core.simulated(Manners::Push, device).map(|one| sample_apps(&one.device)).unwrap_or_default())
    }

    async fn start(&self, start: &StartRun) -> Result<StartAnswer, ServiceError> {
        let Some(simulated) = self.core.simulated(Manners::Push, &start.run.device) else {
            return Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
        };
        let planned = self.core.plan(simulated, &start.run);
        self.hold("held", &planned).await.map_err(|_| ServiceError::NoAnswer)?;
        Ok(StartAnswer::Accepted(None))
    }

    /// What was pushed, and nothing else: the service is not asked, because it would not say.
    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        let known = self.known(&run.id).await.map_err(|_| ServiceError::NoAnswer)?;
        let Some(Held { state, received }) = known else { return Ok(StatusAnswer::NeverReceived) };
        let report = match state.as_str() {
            "held" => Report::Pending,
            "answered" => Report::Ended(received.ending),
            _ => Report::Active,
        };
        Ok(StatusAnswer::Known(self.core.reported(&received, report)))
    }

    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        self.try_cancel(run).await.map_err(|_| ServiceError::NoAnswer)
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        Ok(())
    }

    fn report_to(&self, sink: Weak<dyn ReportSink>) {
        *self.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    }
}
