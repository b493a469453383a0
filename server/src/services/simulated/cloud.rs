//! A service with the manners of Microsoft Graph: it knows no identifier of ours and issues its own passcode; a 204 says nothing
//! about what becomes of it, a 503 may follow execution, and nothing can be cancelled. A run is found again among the results of
//! its device by the action's name and its time.
//!
//! Two parts: the service itself ([`CloudService::post`], [`CloudService::results`]) with its vices, and the connector that
//! copes with them. The connector writes down which results there are before it asks, so that after any crash it can tell which
//! one is its own.

use super::apps::sample_apps;
use super::behaviour::fraction;
use super::core::Core;
use super::fleet::{Manners, sample_categories};
use super::state::{FleetError, Received};
use crate::domain::action::{Action, Danger};
use crate::domain::action_run::{Ending, Report};
use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::passcode::{self, LENGTH};
use crate::domain::person::PersonId;
use crate::domain::policy::Reset;
use crate::ports::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, Reported, RunKey, ServiceError, StartAnswer,
    StartRun, StatusAnswer,
};
use async_trait::async_trait;
use portal_contract::{FailureCode, SecretText, UtcTime};
use sqlx::Row as _;
use std::sync::Arc;

/// For how long after asking a result may still turn up, in milliseconds.
const SETTLES_AFTER_MILLIS: f64 = 120_000.0;
/// How far the service's clock may be behind, in milliseconds.
const CLOCK_TOLERANCE_MILLIS: i64 = 120_000;
/// How long to wait while another run of the action is open at the service, in milliseconds.
const OPEN_PAUSE_MILLIS: f64 = 30_000.0;

pub(super) struct CloudService(pub(super) Arc<Core>);

/// What the service answers to a request.
enum Posted {
    /// 204. It says nothing about what becomes of it.
    NoContent,
    /// 429: certainly nothing happened.
    TooMany,
    /// 503, or no answer at all: perhaps it was executed.
    Unclear,
}

/// What the connector wrote down before it asked.
struct Post {
    is_accepted: bool,
    posted: UtcTime,
    baseline: Vec<i64>,
}

impl CloudService {
    /// The service: one request. Which of its vices it shows depends on the run and on when it is asked.
    async fn post(&self, received: Received) -> Result<Posted, FleetError> {
        let attempt = format!("{} {}", received.id, received.received.unix_millis());
        let dice = fraction(self.0.settings.seed ^ 0xC10D, &attempt);
        if dice < 0.05 {
            return Ok(Posted::TooMany);
        }
        if dice < 0.10 {
            return Ok(Posted::Unclear);
        }
        self.0.state.receive(received).await?;
        Ok(if dice < 0.25 { Posted::Unclear } else { Posted::NoContent })
    }

    /// The service: the results of a device, without any identifier of ours.
    fn results(&self, device: &DeviceId) -> Vec<Received> {
        self.0.state.of_device(device)
    }

    /// The service: the passcode it issued. Made anew each time it is asked for, so that none lies in the fleet's database.
    fn issued(&self, action: &Action, result: &Received) -> Option<SecretText> {
        let Action::ResetPasscode(Reset::Issued(character_set)) = action else { return None };
        let mut state = self.0.settings.seed;
        let mut fill = |buffer: &mut [u8]| {
            for byte in buffer {
                state = super::behaviour::mix(state ^ u64::from(*byte));
                let text = format!("{} {state}", result.id);
                // A fraction of 256 is a byte.
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
                let drawn = (fraction(state, &text) * 256.0) as u8;
                *byte = drawn;
            }
            Ok(())
        };
        passcode::generate(*character_set, LENGTH, &mut fill).ok()
    }

    async fn known_post(&self, run: &ResultId) -> Result<Option<Post>, FleetError> {
        let row = sqlx::query("SELECT state, posted, baseline FROM cloud_posts WHERE run_id = ?")
            .bind(run.as_str())
            .fetch_optional(self.0.state.pool())
            .await?;
        row.map(|row| {
            let baseline: String = row.try_get("baseline")?;
            Ok(Post {
                is_accepted: row.try_get::<&str, _>("state")? == "accepted",
                posted: UtcTime::from_unix_millis(row.try_get("posted")?),
                baseline: serde_json::from_str(&baseline).unwrap_or_default(),
            })
        })
        .transpose()
    }

    async fn begin_post(&self, run: &RunKey, now: UtcTime) -> Result<(), FleetError> {
        let baseline: Vec<i64> =
            self.results(&run.device).iter().map(|result| result.received.unix_millis()).collect();
        sqlx::query("INSERT INTO cloud_posts (run_id, device_id, state, posted, baseline) VALUES (?, ?, 'posting', ?, ?)")
            .bind(run.id.as_str())
            .bind(run.device.as_str())
            .bind(now.unix_millis())
            .bind(serde_json::to_string(&baseline).unwrap_or_default())
            .execute(self.0.state.pool())
            .await?;
        Ok(())
    }

    async fn forget_post(&self, run: &ResultId) -> Result<(), FleetError> {
        let query = sqlx::query("DELETE FROM cloud_posts WHERE run_id = ?").bind(run.as_str());
        query.execute(self.0.state.pool()).await?;
        Ok(())
    }

    async fn accept_post(&self, run: &ResultId) -> Result<(), FleetError> {
        let query =
            sqlx::query("UPDATE cloud_posts SET state = 'accepted' WHERE run_id = ?").bind(run.as_str());
        query.execute(self.0.state.pool()).await?;
        Ok(())
    }

    /// The result that is this run's: of its action, not there before, not older than the request.
    fn result_of(&self, run: &RunKey, post: &Post) -> Option<Received> {
        let earliest = post.posted.unix_millis().saturating_sub(CLOCK_TOLERANCE_MILLIS);
        let is_new = |result: &Received| {
            let began = result.received.unix_millis();
            result.action == run.action.kind() && began >= earliest && !post.baseline.contains(&began)
        };
        self.results(&run.device).into_iter().rev().find(is_new)
    }

    async fn try_start(&self, start: &StartRun) -> Result<Result<StartAnswer, ServiceError>, FleetError> {
        let (run, now) = (&start.run, self.0.now());
        if let Some(post) = self.known_post(&run.id).await? {
            return Ok(if post.is_accepted {
                Ok(StartAnswer::Accepted(None))
            } else {
                Err(ServiceError::NoAnswer)
            });
        }
        let Some(simulated) = self.0.simulated(Manners::Cloud, &run.device) else {
            return Ok(Ok(StartAnswer::Rejected(FailureCode::BackEndFault)));
        };
        let is_open = |result: &Received| {
            result.action == run.action.kind() && !matches!(result.report(now), Report::Ended(_))
        };
        if self.results(&run.device).iter().any(is_open) {
            let retry_after_millis = Some(self.0.scaled(OPEN_PAUSE_MILLIS));
            return Ok(Err(ServiceError::Busy { retry_after_millis }));
        }
        self.begin_post(run, now).await?;
        match self.post(self.0.plan(simulated, run)).await? {
            Posted::NoContent => {
                self.accept_post(&run.id).await?;
                Ok(Ok(StartAnswer::Accepted(None)))
            }
            Posted::TooMany => {
                self.forget_post(&run.id).await?;
                Ok(Err(ServiceError::Busy { retry_after_millis: Some(self.0.scaled(1500.0)) }))
            }
            Posted::Unclear => Ok(Err(ServiceError::NoAnswer)),
        }
    }

    async fn try_status(&self, run: &RunKey) -> Result<Result<StatusAnswer, ServiceError>, FleetError> {
        let Some(post) = self.known_post(&run.id).await? else { return Ok(Ok(StatusAnswer::NeverReceived)) };
        let now = self.0.now();
        if let Some(result) = self.result_of(run, &post) {
            let report = result.report(now);
            let issued =
                if report == Report::Ended(Ending::Done) { self.issued(&run.action, &result) } else { None };
            let told = self.0.reported(&result, report);
            return Ok(Ok(StatusAnswer::Known(Reported { issued: issued.or(told.issued), ..told })));
        }
        if post.is_accepted {
            return Ok(Ok(StatusAnswer::Known(Report::Pending.into())));
        }
        if now < self.0.later(post.posted, SETTLES_AFTER_MILLIS) {
            return Ok(Err(ServiceError::NoAnswer));
        }
        // What may be done twice without harm is asked for again. A second passcode would contradict the first, and a second
        // erase would meet a device that somebody has set up anew.
        if run.action.issues_secret() || run.action.kind().danger() == Danger::Destructive {
            return Ok(Ok(StatusAnswer::CannotTell));
        }
        self.forget_post(&run.id).await?;
        Ok(Ok(StatusAnswer::NeverReceived))
    }
}

#[async_trait]
impl DeviceService for CloudService {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        Ok(self.0.page(Manners::Cloud, person, page))
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        Ok(self.0.device(Manners::Cloud, person, id))
    }

    async fn categories(&self, _device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        Ok(sample_categories())
    }

    async fn compliance(
        &self,
        _person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        Ok(self.0.compliance(Manners::Cloud, device))
    }

    async fn apps(&self, _person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        Ok(self.0.simulated(Manners::Cloud, device).map(|one| sample_apps(&one.device)).unwrap_or_default())
    }

    async fn start(&self, start: &StartRun) -> Result<StartAnswer, ServiceError> {
        self.try_start(start).await.unwrap_or(Err(ServiceError::NoAnswer))
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        self.try_status(run).await.unwrap_or(Err(ServiceError::NoAnswer))
    }

    async fn cancel(&self, _run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        Ok(CancelAnswer::TooLate)
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        Ok(())
    }
}
