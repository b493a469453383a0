//! Any device management over HTTP: an organisation runs a small service, the *connector*, in front of its own, and this server
//! calls it. How to write one: `docs/device-services/http.md`.
//!
//! The connector takes our identifier, so that starting twice is starting once; it can refuse more than the policy does, never
//! allow more; and of every answer it is settled whether it proves that nothing was done ([`calls`]).

mod access;
mod calls;
mod check;
mod document;
mod webhooks;
mod wire;
mod words;

pub use access::{Authorization, ClientCredentials};
pub use calls::are_certificates;
pub use check::{Line, Plan, Rule, Verdict, check};
pub use document::document;
pub use webhooks::{WebhookSecret, Webhooks};

use crate::domain::action::ActionSet;
use crate::domain::action_run::{Ending, Report};
use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::{Device, SecretIssuer};
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{
    CancelAnswer, Clock, DevicePage, DeviceService, PageRequest, Reported, RunKey, ServiceError, StartAnswer,
    StartRun, StatusAnswer,
};
use crate::services::unreadable::Unreadable;
use async_trait::async_trait;
use calls::{Answer, Connector, Request, segment};
use portal_contract::{FailureCode, UtcTime};
use reqwest::Method;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For how long a connector's capabilities are good, in milliseconds.
const CAPABILITIES_GOOD_FOR: u64 = 600_000;
/// How many pages are asked for at most to fill one of ours.
const PAGES_AT_ONCE: usize = 10;
/// How many devices are asked for at once.
const PAGE_SIZE: usize = 100;
/// How many answers are remembered at most.
const MANY_ANSWERS: usize = 10_000;

/// Where a connector is and how to speak to it.
#[derive(Debug, Clone)]
pub struct HttpServiceSettings {
    /// What its devices are called by.
    pub name: String,
    /// Its base address; ends in `/v1`.
    pub url: String,
    /// What is shown to it.
    pub authorization: Authorization,
    /// Certificates that are trusted beside the machine's own, in PEM.
    pub certificates: Option<Vec<u8>>,
    /// What it may sign its webhooks with; none: it sends none.
    pub webhook_secrets: Vec<WebhookSecret>,
}

/// A connector's settings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpServiceError(pub String);

/// What a connector says it can do.
#[derive(Debug, Clone, Copy)]
struct Offer {
    actions: ActionSet,
    /// Who makes passcodes; `None`: nobody, it only removes them.
    issuer: Option<SecretIssuer>,
    cancel: bool,
    /// Whether it names the rules that a device does not meet.
    compliance: bool,
    /// Whether it names the organisation's applications on a device.
    apps: bool,
    poll_millis: i64,
    is_contract_known: bool,
}

/// What it said last about a run, and when.
#[derive(Clone, Copy)]
struct LastAnswer {
    at: UtcTime,
    report: Report,
}

/// Device management behind a connector.
pub struct HttpService {
    connector: Connector,
    clock: Arc<dyn Clock>,
    offer: Mutex<Option<(UtcTime, Offer)>>,
    answers: Mutex<HashMap<ResultId, LastAnswer>>,
    webhook_secrets: Vec<WebhookSecret>,
}

impl HttpService {
    /// A connector; nothing is asked yet.
    ///
    /// # Errors
    /// [`HttpServiceError`] when there can be no client for it: its certificates are none.
    pub fn new(settings: &HttpServiceSettings, clock: Arc<dyn Clock>) -> Result<Self, HttpServiceError> {
        let connector = Connector::new(
            &settings.name,
            &settings.url,
            settings.certificates.as_deref(),
            settings.authorization.clone(),
            Arc::clone(&clock),
        );
        let connector = connector.map_err(|error| HttpServiceError(error.to_string()))?;
        let webhook_secrets = settings.webhook_secrets.clone();
        Ok(Self { connector, clock, offer: Mutex::default(), answers: Mutex::default(), webhook_secrets })
    }

    fn webhook_secrets(&self) -> &[WebhookSecret] {
        &self.webhook_secrets
    }

    /// Asks how the connector is where that is not known, so that `ready` tells the truth also when nobody uses it.
    pub async fn look(&self) {
        let is_known = self.connector.ready().is_ok() && self.fresh_offer().is_some();
        if !is_known {
            // How it went is noted where it is asked.
            let _ = self.ask_offer().await;
        }
    }

    fn fresh_offer(&self) -> Option<Offer> {
        let known = *self.offer.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now().unix_millis();
        known.filter(|(at, _)| now.abs_diff(at.unix_millis()) < CAPABILITIES_GOOD_FOR).map(|(_, offer)| offer)
    }

    async fn offer(&self) -> Result<Offer, ServiceError> {
        match self.fresh_offer() {
            Some(offer) => Ok(offer),
            None => self.ask_offer().await,
        }
    }

    async fn ask_offer(&self) -> Result<Offer, ServiceError> {
        let answer = self.connector.call(Request::get("/capabilities".to_owned())).await?;
        let offer = (answer.status == 200).then(|| words::offer(answer.body)).flatten();
        let offer = offer.ok_or(ServiceError::NoAnswer)?;
        let previous =
            self.offer.lock().unwrap_or_else(PoisonError::into_inner).replace((self.clock.now(), offer));
        if !offer.is_contract_known && previous.is_none_or(|(_, known)| known.is_contract_known) {
            tracing::warn!(
                service = self.connector.name(),
                "the connector speaks another version of the calls: no action is offered for its devices"
            );
        }
        Ok(offer)
    }

    fn poll_millis(&self) -> i64 {
        let known = *self.offer.lock().unwrap_or_else(PoisonError::into_inner);
        known.map_or(5000, |(_, offer)| offer.poll_millis)
    }

    /// What it said of a run so shortly ago that it must not be asked again.
    fn recent(&self, run: &ResultId) -> Option<Report> {
        let now = self.clock.now().unix_millis();
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = answers
            .get(run)
            .filter(|answer| now.abs_diff(answer.at.unix_millis()) < self.poll_millis().unsigned_abs());
        recent.map(|answer| answer.report)
    }

    fn remember(&self, run: &ResultId, report: Report) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(report, Report::Ended(_)) {
            answers.remove(run);
            return;
        }
        if answers.len() >= MANY_ANSWERS {
            answers.clear();
        }
        answers.insert(run.clone(), LastAnswer { at: self.clock.now(), report });
    }

    fn forget(&self, run: &ResultId) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
    }

    /// Reads the state of a command out of an answer that carries one.
    fn reported(&self, answer: Answer, run: &RunKey) -> Result<Report, ServiceError> {
        let report = words::report(answer.body, run.id.as_str()).ok_or(ServiceError::NoAnswer)?;
        self.remember(&run.id, report);
        Ok(report)
    }

    /// The passcode that the service made, once the device has it.
    async fn with_issued(&self, run: &RunKey, report: Report) -> Result<Reported, ServiceError> {
        if !run.action.is_told_by_service() || report != Report::Ended(Ending::Done) {
            return Ok(report.into());
        }
        let answer = self.connector.call(Request::get(command_path(&run.id, "/passcode")?)).await?;
        match answer.status {
            200 => {
                let is_told = run.action.told_secret().is_some();
                let issued = if is_told { words::key(answer.body) } else { words::passcode(answer.body) };
                let issued = issued.ok_or(ServiceError::NoAnswer)?;
                Ok(Reported { state: report, issued: Some(issued) })
            }
            503 => Err(ServiceError::NoAnswer),
            // The device has a passcode that nobody can tell: that is not "done" for the person who waits for it.
            _ => Ok(Report::Ended(Ending::Failed(FailureCode::OutcomeUnknown)).into()),
        }
    }

    async fn list(
        &self,
        person: &str,
        limit: usize,
        after: Option<&str>,
    ) -> Result<wire::DeviceList, ServiceError> {
        let mut path = format!("/people/{person}/devices?limit={limit}");
        if let Some(after) = after {
            path.push_str("&after=");
            path.extend(form_urlencoded::byte_serialize(after.as_bytes()));
        }
        let answer = self.connector.call(Request::get(path)).await?;
        match answer.status {
            200 => serde_json::from_value(answer.body).map_err(|_| ServiceError::NoAnswer),
            _ => Err(ServiceError::NoAnswer),
        }
    }
}

fn command_path(run: &ResultId, rest: &str) -> Result<String, ServiceError> {
    let id = segment(run.as_str()).ok_or(ServiceError::Busy { retry_after_millis: None })?;
    Ok(format!("/commands/{id}{rest}"))
}

#[async_trait]
impl DeviceService for HttpService {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        let mut found = DevicePage { devices: Vec::new(), next_after: None, unavailable: Vec::new() };
        let Some(segment) = segment(person.as_str()) else { return Ok(found) };
        let offer = self.offer().await?;
        let mut after = page.after.as_ref().map(|id| id.as_str().to_owned());
        let mut unreadable = Unreadable::default();
        for call in 1..=PAGES_AT_ONCE {
            let room = page.size.saturating_sub(found.devices.len()).clamp(1, PAGE_SIZE);
            let list = self.list(&segment, room, after.as_deref()).await?;
            for device in list.devices {
                match words::device(device.clone(), person, offer, self.connector.name()) {
                    Some(device) => found.devices.push(device),
                    None => unreadable.note(&device),
                }
            }
            let is_more = found.devices.len() > page.size;
            found.devices.truncate(page.size);
            // The same place again would be a circle.
            let next = list.next_after.filter(|next| after.as_ref() != Some(next));
            if is_more || (next.is_some() && found.devices.len() == page.size) {
                found.next_after = found.devices.last().map(|device| device.id.clone());
            }
            if found.next_after.is_some() || next.is_none() {
                break;
            }
            if call == PAGES_AT_ONCE {
                // There is more than is asked for at once: the next page goes on there.
                found.next_after = next.as_deref().and_then(DeviceId::parse);
            }
            after = next;
        }
        unreadable.tell(self.connector.name());
        Ok(found)
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        let (Some(owner), Some(device)) = (segment(person.as_str()), segment(id.as_str())) else {
            return Ok(None);
        };
        let offer = self.offer().await?;
        let answer = self.connector.call(Request::get(format!("/people/{owner}/devices/{device}"))).await?;
        match answer.status {
            200 => {
                let device = words::device(answer.body, person, offer, self.connector.name());
                // Another device than the one that was asked for is no answer.
                device.filter(|device| device.id == *id).map(Some).ok_or(ServiceError::NoAnswer)
            }
            404 => Ok(None),
            _ => Err(ServiceError::NoAnswer),
        }
    }

    async fn categories(&self, _device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        let answer = self.connector.call(Request::get("/categories".to_owned())).await?;
        let (known, unreadable) = match answer.status {
            200 => words::categories(answer.body).ok_or(ServiceError::NoAnswer)?,
            404 => return Ok(Vec::new()),
            _ => return Err(ServiceError::NoAnswer),
        };
        if unreadable > 0 {
            let service = self.connector.name();
            tracing::warn!(service, unreadable, "categories that cannot be read are left out");
        }
        Ok(known)
    }

    async fn compliance(
        &self,
        person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        let (Some(owner), Some(device)) = (segment(person.as_str()), segment(device.as_str())) else {
            return Ok(ComplianceReport::default());
        };
        if !self.offer().await?.compliance {
            return Ok(ComplianceReport::default());
        }
        let path = format!("/people/{owner}/devices/{device}/compliance");
        let answer = self.connector.call(Request::get(path)).await?;
        match answer.status {
            200 => words::compliance(answer.body).ok_or(ServiceError::NoAnswer),
            404 => Ok(ComplianceReport::default()),
            _ => Err(ServiceError::NoAnswer),
        }
    }

    async fn apps(&self, person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        let (Some(owner), Some(device)) = (segment(person.as_str()), segment(device.as_str())) else {
            return Ok(Vec::new());
        };
        if !self.offer().await?.apps {
            return Ok(Vec::new());
        }
        let path = format!("/people/{owner}/devices/{device}/apps");
        let answer = self.connector.call(Request::get(path)).await?;
        match answer.status {
            200 => words::apps(answer.body).ok_or(ServiceError::NoAnswer),
            404 => Ok(Vec::new()),
            _ => Err(ServiceError::NoAnswer),
        }
    }

    async fn start(&self, start: &StartRun) -> Result<StartAnswer, ServiceError> {
        let run = &start.run;
        let Some(body) = words::command(start) else {
            return Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
        };
        let request = Request {
            method: Method::PUT,
            path: command_path(&run.id, "")?,
            body: Some(body),
            idempotency_key: Some(run.id.as_str()),
        };
        let answer = self.connector.call(request).await?;
        match answer.status {
            200 | 201 => self.reported(answer, run).map(|_| StartAnswer::Accepted(None)),
            422 => Ok(StartAnswer::Rejected(words::rejection(answer.code().as_deref()))),
            // "Cannot tell".
            503 => Err(ServiceError::NoAnswer),
            // The same identifier with another body, or a request it does not understand: it will not do it.
            _ => Ok(StartAnswer::Rejected(FailureCode::BackEndFault)),
        }
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        if let Some(report) = self.recent(&run.id) {
            return Ok(StatusAnswer::Known(report.into()));
        }
        let answer = self.connector.call(Request::get(command_path(&run.id, "")?)).await?;
        match answer.status {
            200 => {
                let report = self.reported(answer, run)?;
                Ok(StatusAnswer::Known(self.with_issued(run, report).await?))
            }
            404 => Ok(StatusAnswer::NeverReceived),
            503 => Ok(StatusAnswer::CannotTell),
            _ => Err(ServiceError::NoAnswer),
        }
    }

    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        // Whatever it says, the next question has to reach it.
        self.forget(&run.id);
        if !self.offer().await?.cancel {
            return Ok(CancelAnswer::TooLate);
        }
        let request = Request {
            method: Method::POST,
            path: command_path(&run.id, "/cancel")?,
            body: None,
            idempotency_key: None,
        };
        let answer = self.connector.call(request).await?;
        match answer.status {
            200 => match words::report(answer.body, run.id.as_str()).ok_or(ServiceError::NoAnswer)? {
                Report::Ended(Ending::CanceledByUser) => Ok(CancelAnswer::Canceled),
                Report::Pending | Report::Active | Report::NotNow | Report::Ended(_) => {
                    Ok(CancelAnswer::TooLate)
                }
            },
            // That it cannot tell what became of the command, either: the command is asked about instead of being cancelled again
            // and again until its time is over.
            _ => Ok(CancelAnswer::TooLate),
        }
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        self.connector.ready()
    }

    /// Two calls, as long as each may take.
    fn patience(&self, _device: &DeviceId) -> Duration {
        calls::TIMEOUT * 2 + Duration::from_secs(5)
    }
}
