//! A command on its way: a question, a row on the disk, the command, a row on the disk. After a crash anywhere the row says what
//! may have happened, and the results of the device say what did.

use super::GraphService;
use super::answers::{NoAnswer, PostOutcome, is_not_found, of_post};
use super::calls::error_of;
use super::categories::category_path;
use super::devices::error_of_answer;
use super::guid::Guid;
use super::pace::pause_millis;
use super::record::{Late, RecordError};
use super::results::{DeviceState, Found, Posted, Progress, Verdict, find};
use crate::domain::action::{Action, ActionKind};
use crate::domain::action_run::{Ending, Report};
use crate::domain::device::EraseOrRetire;
use crate::domain::ids::DeviceId;
use crate::ports::{ReportSink, Reported, RunKey, ServiceError, StartAnswer, StatusAnswer};
use portal_contract::{FailureCode, UtcTime};
use reqwest::{Method, Url};
use std::time::Duration;

/// How long to wait while another command of the kind is under way on the device, in milliseconds.
const UNDER_WAY_PAUSE_MILLIS: i64 = 30_000;
/// How many late ends are looked for at once.
const LATE_AT_ONCE: u32 = 16;

/// The end of a command's address. `None` for what Graph is not asked to do.
const fn address_of(kind: ActionKind) -> Option<&'static str> {
    match kind {
        ActionKind::ResetPasscode => Some("resetPasscode"),
        ActionKind::RemoteLock => Some("remoteLock"),
        ActionKind::SyncDevice => Some("syncDevice"),
        ActionKind::Retire => Some("retire"),
        ActionKind::Wipe => Some("wipe"),
        ActionKind::RebootNow => Some("rebootNow"),
        ActionKind::SetCategory => Some("deviceCategory/$ref"),
        // These are questions and not commands.
        ActionKind::ShowRecoveryKey | ActionKind::ShowLocalAdministratorPassword | ActionKind::Rename => None,
    }
}

/// A command as Graph has it.
struct Command {
    method: Method,
    /// The end of its address.
    address: &'static str,
    body: Option<String>,
}

/// Everything goes but the plan of a built-in SIM card, which is the person's.
const WIPE: &str = r#"{"keepUserData":false,"keepEnrollmentData":false,"persistEsimDataPlan":true}"#;

/// The actions that Microsoft Graph can be asked for.
pub fn actions() -> impl Iterator<Item = ActionKind> {
    ActionKind::ALL.into_iter().filter(|kind| address_of(*kind).is_some() || kind.shows().is_some())
}

/// What a command is to bring about, where the device tells that and not that it was carried out.
fn wanted(action: &Action) -> Option<String> {
    match action {
        Action::SetCategory(category) => Guid::parse(category.as_str()).map(|guid| guid.as_str().to_owned()),
        Action::ResetPasscode(_)
        | Action::RemoteLock(_)
        | Action::SyncDevice
        | Action::Rename(_)
        | Action::Retire
        | Action::Wipe
        | Action::RebootNow
        | Action::ShowRecoveryKey
        | Action::ShowLocalAdministratorPassword => None,
    }
}

/// Nothing was sent: it may be tried again.
const fn nothing_was_done(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Busy { .. } => error,
        ServiceError::NoAnswer => ServiceError::Busy { retry_after_millis: None },
    }
}

/// What is known of a device.
enum Looked {
    There(Box<DeviceState>, Option<UtcTime>),
    Gone,
}

impl GraphService {
    pub(super) async fn start_run(&self, run: &RunKey) -> Result<StartAnswer, ServiceError> {
        let fault = Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
        let kind = run.action.kind();
        if kind.shows().is_some() {
            // Nothing is sent: what is kept is asked for with the state.
            return Ok(StartAnswer::Accepted(None));
        }
        let (Some(owner), Some(device), Some(command)) =
            (Guid::parse(run.person.as_str()), Guid::parse(run.device.as_str()), self.command(&run.action))
        else {
            return fault;
        };
        let known = self.record.find(&run.id).await.map_err(|error| self.broken(&error))?;
        let posts = match known.as_ref().map(|known| (known.progress, known.posts)) {
            None => 0,
            Some((Progress::Released, posts)) => posts,
            Some((Progress::Accepted, _)) => return Ok(StartAnswer::Accepted(None)),
            Some((Progress::Refused(code), _)) => return Ok(StartAnswer::Rejected(code)),
            Some((Progress::Posting, _)) => return Err(ServiceError::NoAnswer),
        };
        let Looked::There(before, date) =
            self.look_at(&run.device, &device, kind).await.map_err(nothing_was_done)?
        else {
            return fault;
        };
        if Guid::parse(&before.user).as_ref() != Some(&owner) {
            return fault;
        }
        if before.erase_or_retire() == EraseOrRetire::Pending {
            return Ok(StartAnswer::Rejected(FailureCode::SupersededByErase));
        }
        // A check that is under way harms no other.
        if kind != ActionKind::SyncDevice && before.is_under_way(kind) {
            return Err(ServiceError::Busy { retry_after_millis: Some(UNDER_WAY_PAUSE_MILLIS) });
        }
        let Command { method, address, body } = command;
        let url = self.url(&format!("/v1.0/deviceManagement/managedDevices/{device}/{address}"))?;
        let turn = self.graph.write_turn().await.map_err(error_of).map_err(nothing_was_done)?;
        let now = self.clock.now();
        let posted = Posted {
            kind,
            has_passcode: run.action.issues_secret(),
            progress: Progress::Posting,
            baseline: before.keys(kind),
            service_time: date.unwrap_or(now),
            posted: now,
            matched: None,
            done_seen: None,
            posts: posts.saturating_add(1),
            until: None,
            taken: Vec::new(),
            wanted: wanted(&run.action),
        };
        let begun = self.record.begin(run, &posted).await;
        begun.map_err(|error| nothing_was_done(self.broken(&error)))?;
        let timeout = Duration::from_secs(self.settings.post_timeout_seconds);
        let answer = self.graph.send(method, url, body, turn, timeout).await;
        self.memory.forget(&run.device);
        self.conclude(run, of_post(&answer)).await.map_err(|error| self.broken(&error))?
    }

    /// The command for an action; `None` for what Graph is not asked to do, and for a category that is none of Graph's.
    fn command(&self, action: &Action) -> Option<Command> {
        let address = address_of(action.kind())?;
        match action {
            Action::SetCategory(category) => {
                let category = Guid::parse(category.as_str())?;
                let category: Url = self.graph.address(&category_path(&category)).ok()?;
                let body = serde_json::json!({ "@odata.id": category.as_str() }).to_string();
                Some(Command { method: Method::PUT, address, body: Some(body) })
            }
            Action::Wipe => Some(Command { method: Method::POST, address, body: Some(WIPE.to_owned()) }),
            Action::ResetPasscode(_)
            | Action::RemoteLock(_)
            | Action::SyncDevice
            | Action::Rename(_)
            | Action::Retire
            | Action::RebootNow
            | Action::ShowRecoveryKey
            | Action::ShowLocalAdministratorPassword => {
                Some(Command { method: Method::POST, address, body: None })
            }
        }
    }

    /// Writes down what the answer to a command proves.
    async fn conclude(
        &self,
        run: &RunKey,
        outcome: PostOutcome,
    ) -> Result<Result<StartAnswer, ServiceError>, RecordError> {
        let kind = run.action.kind();
        Ok(match outcome {
            PostOutcome::Accepted => {
                self.record.accepted(&run.id).await?;
                self.graph.note_forbidden(kind, false);
                Ok(StartAnswer::Accepted(None))
            }
            PostOutcome::NotNow(retry_after_millis) => {
                self.record.remove(&run.id).await?;
                Err(ServiceError::Busy { retry_after_millis })
            }
            PostOutcome::Forbidden => {
                self.record.remove(&run.id).await?;
                self.graph.note_forbidden(kind, true);
                Err(ServiceError::Busy { retry_after_millis: None })
            }
            PostOutcome::ApprovalRequired => self.refuse(run, FailureCode::ApprovalRequired).await?,
            PostOutcome::Refused => self.refuse(run, FailureCode::DeviceRejected).await?,
            PostOutcome::Unknown => Err(ServiceError::NoAnswer),
        })
    }

    async fn refuse(
        &self,
        run: &RunKey,
        code: FailureCode,
    ) -> Result<Result<StartAnswer, ServiceError>, RecordError> {
        self.record.refused(&run.id, code).await?;
        Ok(Ok(StartAnswer::Rejected(code)))
    }

    pub(super) async fn status_of_run(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        if run.action.kind().shows().is_some() {
            return self.kept_for(run).await.map(StatusAnswer::Known);
        }
        let known = self.record.find(&run.id).await.map_err(|error| self.broken(&error))?;
        let Some(posted) = known else {
            // Where the record is younger than the command, its row may have been in another one.
            let answer =
                if self.record.covers(run) { StatusAnswer::NeverReceived } else { StatusAnswer::CannotTell };
            return Ok(answer);
        };
        match posted.progress {
            Progress::Refused(code) => {
                return Ok(StatusAnswer::Known(Report::Ended(Ending::Failed(code)).into()));
            }
            Progress::Released => return Ok(StatusAnswer::NeverReceived),
            Progress::Posting | Progress::Accepted => {}
        }
        let now = self.clock.now();
        // Whoever is about to give up a command wants to know how it is now.
        let recent = self.memory.recent(&run.device, now, pause_millis(posted.posted, now));
        if let Some(state) = recent.filter(|_| now <= run.expires)
            && let Some(answer) = from_memory(&self.found(&posted, Some(&state), now))
        {
            return answer;
        }
        let Some(device) = Guid::parse(run.device.as_str()) else { return Ok(StatusAnswer::CannotTell) };
        let looked = self.look_at(&run.device, &device, posted.kind).await?;
        let answer = self.answer(run, run.person.as_str(), &posted, looked, now).await;
        answer.map_err(|error| self.broken(&error))?
    }

    fn found(&self, posted: &Posted, state: Option<&DeviceState>, now: UtcTime) -> Found {
        find(posted, state, now, self.settings.settle_seconds.saturating_mul(1000))
    }

    /// What a fresh look says, after it is written down.
    async fn answer(
        &self,
        run: &RunKey,
        person: &str,
        posted: &Posted,
        looked: Looked,
        now: UtcTime,
    ) -> Result<Result<StatusAnswer, ServiceError>, RecordError> {
        let state = match looked {
            Looked::There(state, _) => Some(state),
            Looked::Gone => None,
        };
        if let Some(state) = &state
            && posted.has_passcode
            && Guid::parse(&state.user) != Guid::parse(person)
        {
            // It has become somebody else's: its passcode is theirs.
            tracing::error!(result = %run.id, "the device of a command is another person's by now");
            self.record.over(&run.id).await?;
            let ending = Ending::Failed(FailureCode::BackEndFault);
            return Ok(Ok(StatusAnswer::Known(Report::Ended(ending).into())));
        }
        let found = self.found(posted, state.as_deref(), now);
        if found.is_ambiguous {
            tracing::warn!(result = %run.id, "ambiguous: more than one result may be that of a command; the newest is taken");
        }
        if let Some(began) = found.matched.as_ref().filter(|_| posted.matched.is_none()) {
            self.record.matched(&run.id, began).await?;
        }
        Ok(match found.verdict {
            Verdict::Known(report @ Report::Ended(_)) => {
                if let Some(error_code) = found.error_code.filter(|code| *code != 0) {
                    tracing::info!(result = %run.id, error_code, "the device's own words for the end of a command");
                }
                self.record.over(&run.id).await?;
                Ok(StatusAnswer::Known(report.into()))
            }
            Verdict::Known(report) => Ok(StatusAnswer::Known(report.into())),
            Verdict::Done(issued) => {
                self.record.over(&run.id).await?;
                self.memory.forget(&run.device);
                let state = Report::Ended(Ending::Done);
                Ok(StatusAnswer::Known(Reported { state, issued }))
            }
            Verdict::PasscodeMissing => {
                self.record.seen_done(&run.id, now).await?;
                Ok(StatusAnswer::Known(Report::Active.into()))
            }
            Verdict::NotYet => Err(ServiceError::NoAnswer),
            Verdict::SendAgain => {
                self.record.release(&run.id).await?;
                Ok(StatusAnswer::NeverReceived)
            }
            Verdict::CannotTell => {
                self.record.unknown(&run.id, now).await?;
                Ok(StatusAnswer::CannotTell)
            }
        })
    }

    /// Looks for the ends of commands that nobody waits for, and tells them.
    pub(super) async fn tell_late_ends(&self, sink: &dyn ReportSink) {
        let late = match self.record.late(self.clock.now(), LATE_AT_ONCE).await {
            Ok(late) => late,
            Err(error) => {
                self.broken(&error);
                return;
            }
        };
        for one in late {
            match self.late_end(&one).await {
                Ok(Some(reported)) => sink.reported(&one.run, &one.device, reported).await,
                Ok(None) => continue,
                Err(error) => {
                    self.broken(&error);
                    return;
                }
            }
            if let Err(error) = self.record.told(&one.run).await {
                self.broken(&error);
                return;
            }
        }
    }

    async fn late_end(&self, late: &Late) -> Result<Option<Reported>, RecordError> {
        let (Some(posted), Some(device)) =
            (self.record.find(&late.run).await?, Guid::parse(late.device.as_str()))
        else {
            return Ok(None);
        };
        let state = match self.look_at(&late.device, &device, posted.kind).await {
            Ok(Looked::There(state, _)) => Some(state),
            Ok(Looked::Gone) => None,
            Err(_) => return Ok(None),
        };
        let is_anothers = |state: &DeviceState| Guid::parse(&state.user) != Guid::parse(&late.person);
        if posted.has_passcode && state.as_deref().is_some_and(is_anothers) {
            return Ok(None);
        }
        let now = self.clock.now();
        let found = self.found(&posted, state.as_deref(), now);
        if let Some(began) = found.matched.as_ref().filter(|_| posted.matched.is_none()) {
            self.record.matched(&late.run, began).await?;
        }
        Ok(match found.verdict {
            Verdict::Known(report @ Report::Ended(_)) => Some(report.into()),
            Verdict::Done(issued) => Some(Reported { state: Report::Ended(Ending::Done), issued }),
            Verdict::PasscodeMissing => {
                self.record.seen_done(&late.run, now).await?;
                None
            }
            Verdict::Known(_) | Verdict::NotYet | Verdict::SendAgain | Verdict::CannotTell => None,
        })
    }

    /// Asks about a device, and remembers what was said without a passcode.
    async fn look_at(&self, id: &DeviceId, device: &Guid, kind: ActionKind) -> Result<Looked, ServiceError> {
        let version = self.settings.devices_version.as_str();
        let more = if kind == ActionKind::SyncDevice { ",lastSyncDateTime" } else { "" };
        let path = format!(
            "/{version}/deviceManagement/managedDevices/{device}?$select=id,userId,managementState,deviceActionResults{more}"
        );
        let answer = self.graph.get(self.url(&path)?).await.map_err(error_of)?;
        if is_not_found(&answer) {
            return Ok(Looked::Gone);
        }
        if answer.status != 200 {
            return Err(error_of_answer(&answer));
        }
        let state = answer.body.and_then(DeviceState::read);
        let state = state.filter(|state| Guid::parse(&state.id).as_ref() == Some(device));
        let mut state = state.ok_or_else(|| error_of(NoAnswer::Cut))?;
        if kind == ActionKind::SetCategory {
            state.category = self.category_of(device).await?;
        }
        self.memory.remember(id, self.clock.now(), &state);
        Ok(Looked::There(Box::new(state), answer.date))
    }

    /// The record cannot be read or written: nobody knows.
    fn broken(&self, error: &RecordError) -> ServiceError {
        let service = self.graph.name();
        tracing::error!(
            service,
            reason = error.0,
            "the record of commands to Microsoft Graph cannot be used"
        );
        ServiceError::NoAnswer
    }
}

/// From memory only what changes nothing is answered; the rest is looked at again.
fn from_memory(found: &Found) -> Option<Result<StatusAnswer, ServiceError>> {
    match &found.verdict {
        Verdict::Known(report @ (Report::Pending | Report::Active | Report::NotNow)) => {
            Some(Ok(StatusAnswer::Known((*report).into())))
        }
        Verdict::NotYet => Some(Err(ServiceError::NoAnswer)),
        Verdict::Known(Report::Ended(_))
        | Verdict::Done(_)
        | Verdict::PasscodeMissing
        | Verdict::SendAgain
        | Verdict::CannotTell => None,
    }
}
