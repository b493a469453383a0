//! What happened, for the person it happened to; and "this wasn't me".

use super::record::audit_entry;
use super::{DeviceCall, Portal, Refusal};
use crate::domain::audit::AuditEvent;
use crate::domain::history::{RecordedEntry, shown};
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::SignIn;
use crate::ports::HistoryPage;
use portal_contract::{HistoryEntry, UnrecognizedReport};
use std::collections::HashMap;

/// How many devices' names one page asks the back end for at most.
const LOOKED_UP: usize = 16;

impl Portal {
    /// The person's history, newest first, and where the next page starts.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn history(
        &self,
        sign_in: &SignIn,
        page: &HistoryPage,
    ) -> Result<(Vec<HistoryEntry>, Option<String>), Refusal> {
        self.history_of(sign_in, None, page).await
    }

    /// The same of one device.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::Unavailable`].
    pub async fn device_history(
        &self,
        call: &DeviceCall,
        page: &HistoryPage,
    ) -> Result<(Vec<HistoryEntry>, Option<String>), Refusal> {
        let device = self.own_device(call.sign_in.person(), call.device.as_ref()).await?;
        self.history_of(&call.sign_in, Some(&device.id), page).await
    }

    async fn history_of(
        &self,
        sign_in: &SignIn,
        device: Option<&DeviceId>,
        page: &HistoryPage,
    ) -> Result<(Vec<HistoryEntry>, Option<String>), Refusal> {
        let recorded = self.parts.store.read().await?.history(sign_in.person(), device, page).await?;
        let mut recorded = recorded.ok_or(Refusal::InvalidRequest("$skiptoken is not one of ours"))?;
        let is_more = recorded.len() > usize::from(page.size);
        recorded.truncate(usize::from(page.size));
        let next = recorded.last().filter(|_| is_more).map(|last| last.place.clone());
        let names = self.missing_names(sign_in, &recorded).await;
        for one in &mut recorded {
            if let (None, Some(id)) = (&one.device_name, &one.entry.device) {
                one.device_name = names.get(id).cloned();
            }
        }
        Ok((recorded.into_iter().filter_map(|one| shown(one, sign_in)).collect(), next))
    }

    /// The names of devices that the record does not know, as they are called now. Those of the newest entries, and no
    /// more than a handful: one page must not become hundreds of calls to the back end. A history without names is better
    /// than none, so a device that is not the person's, or a back end that does not answer, is no error.
    async fn missing_names(&self, sign_in: &SignIn, recorded: &[RecordedEntry]) -> HashMap<DeviceId, String> {
        let mut asked: Vec<&DeviceId> = Vec::new();
        for one in recorded.iter().filter(|one| one.device_name.is_none()) {
            if let Some(id) = &one.entry.device
                && asked.len() < LOOKED_UP
                && !asked.contains(&id)
            {
                asked.push(id);
            }
        }
        let mut given = match self.parts.store.read().await {
            Ok(mut unit) => unit.names_of(sign_in.person()).await.unwrap_or_default(),
            Err(_) => HashMap::new(),
        };
        let mut names = HashMap::new();
        for id in asked {
            if let Some(name) = given.remove(id) {
                names.insert(id.clone(), name.as_str().to_owned());
                continue;
            }
            match self.parts.services.device(sign_in.person(), id).await {
                Ok(Some(device)) => {
                    names.insert(id.clone(), device.device_name);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::info!(?error, "the names of devices in a history could not be asked for");
                    break;
                }
            }
        }
        names
    }

    /// Writes down that the person does not recognise a reset. Again for the same reset gives the same answer.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::TooOften`],
    /// [`Refusal::Unavailable`].
    pub async fn report_unrecognized(
        &self,
        call: &DeviceCall,
        result_id: Option<&ResultId>,
    ) -> Result<UnrecognizedReport, Refusal> {
        self.count_attempt(call.sign_in.person(), self.now())?;
        match self.try_report(call, result_id).await {
            Ok(report) => Ok(report),
            Err(refusal) => {
                self.audit_refusal(AuditEvent::ReportRefused, call, &refusal).await;
                Err(refusal)
            }
        }
    }

    async fn try_report(
        &self,
        call: &DeviceCall,
        result_id: Option<&ResultId>,
    ) -> Result<UnrecognizedReport, Refusal> {
        let person = call.sign_in.person();
        let device = self.own_device(person, call.device.as_ref()).await?;
        let id = result_id.ok_or(Refusal::NotFound)?;
        let event = AuditEvent::ReportedUnrecognized;
        let mut unit = self.parts.store.begin().await?;
        let found = unit.run(id).await?;
        if !found.is_some_and(|run| run.person == *person && run.device == device.id) {
            return Err(Refusal::NotFound);
        }
        let (at, reference) = match unit.first_audit(event, person, id).await? {
            Some(earlier) => earlier,
            None => {
                let entry = audit_entry(event, call, Some(id.clone()), self.now(), "ok".to_owned());
                unit.append_audit(&entry).await?;
                unit.save().await?;
                let reference = call.origin.request.clone();
                // For whoever watches the log: somebody else may be acting in this person's name.
                tracing::warn!(%reference, result = %id, "a person does not recognise an action");
                (entry.at, reference)
            }
        };
        Ok(UnrecognizedReport {
            result_id: id.as_str().to_owned(),
            reference: reference.as_str().to_owned(),
            reported_date_time: at,
        })
    }
}
