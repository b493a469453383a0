//! Whose devices there are. Every answer is checked against `userId`: a filter may be ignored, and then a list holds the whole
//! tenant.

use super::GraphService;
use super::answers::{Answer, NoAnswer, is_not_found, text};
use super::calls::error_of;
use super::guid::Guid;
use super::words::{self, DeviceWire, SELECT, Terms};
use crate::domain::device::Device;
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use crate::ports::{DevicePage, PageRequest, ServiceError};
use crate::services::unreadable::Unreadable;
use reqwest::Url;
use serde_json::Value;
use std::sync::atomic::Ordering;

/// How many pages of a list are read at most.
const MOST_PAGES: usize = 20;

impl GraphService {
    fn terms(&self) -> Terms {
        Terms {
            offers: self.graph.permitted(self.settings.features),
            corporate_android_reset: self.settings.corporate_android_reset,
            command_lifetime_seconds: self.settings.command_lifetime_seconds,
        }
    }

    pub(super) async fn list(
        &self,
        person: &PersonId,
        page: &PageRequest,
    ) -> Result<DevicePage, ServiceError> {
        let mut found = DevicePage { devices: Vec::new(), next_after: None, unavailable: Vec::new() };
        // A person of another kind of provider has nothing here, and no filter is ever empty.
        let Some(owner) = Guid::parse(person.as_str()) else { return Ok(found) };
        let mut devices = self.all_of(person, &owner).await?;
        devices.sort_by(|one, other| one.id.cmp(&other.id));
        devices.dedup_by(|one, other| one.id == other.id);
        if let Some(after) = &page.after {
            devices.retain(|device| device.id > *after);
        }
        let is_more = devices.len() > page.size;
        devices.truncate(page.size);
        found.next_after = devices.last().filter(|_| is_more).map(|device| device.id.clone());
        found.devices = devices;
        Ok(found)
    }

    async fn all_of(&self, person: &PersonId, owner: &Guid) -> Result<Vec<Device>, ServiceError> {
        let version = self.settings.devices_version.as_str();
        let own = format!("/{version}/users/{owner}/managedDevices?$select={SELECT}");
        let filtered = format!(
            "/{version}/deviceManagement/managedDevices?$filter=userId%20eq%20%27{owner}%27&$select={SELECT}"
        );
        let mut is_filtered = self.lists_by_filter.load(Ordering::Relaxed);
        let mut url = Some(self.url(if is_filtered { &filtered } else { &own })?);
        let mut devices = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(here) = url.take() else { return Ok(devices) };
            let answer =
                if is_filtered { self.graph.get(here).await } else { self.graph.try_get(here).await };
            let answer = answer.map_err(error_of)?;
            match answer.status {
                200 => {}
                // Some tenants keep that way shut for programs.
                403 if !is_filtered && devices.is_empty() => {
                    is_filtered = true;
                    self.lists_by_filter.store(true, Ordering::Relaxed);
                    url = Some(self.url(&filtered)?);
                    continue;
                }
                403 => {
                    // Perhaps the other way is open by now.
                    self.lists_by_filter.store(false, Ordering::Relaxed);
                    return Err(error_of_answer(&answer));
                }
                // A person this tenant does not know.
                404 if !is_filtered && is_not_found(&answer) => return Ok(devices),
                _ => return Err(error_of_answer(&answer)),
            }
            let body = answer.body.unwrap_or_default();
            url = self.graph.next_page(&body).map_err(error_of)?;
            self.take(body, person, owner, &mut devices)?;
        }
        if url.is_none() {
            return Ok(devices);
        }
        tracing::error!(service = self.graph.name(), "a list of devices does not end");
        Err(ServiceError::NoAnswer)
    }

    /// Takes the devices of a page. One of somebody else's means that the filter was ignored: nothing of the list counts then.
    fn take(
        &self,
        body: Value,
        person: &PersonId,
        owner: &Guid,
        devices: &mut Vec<Device>,
    ) -> Result<(), ServiceError> {
        let Value::Object(mut list) = body else { return Err(ServiceError::NoAnswer) };
        let Some(Value::Array(items)) = list.remove("value") else { return Err(ServiceError::NoAnswer) };
        let mut unreadable = Unreadable::default();
        for item in items {
            if !item.is_object() {
                unreadable.note(&item);
                continue;
            }
            // Whose it is comes first: one that cannot be read must not pass for the person's own.
            let user = text(&item, "userId");
            if Guid::parse(user).as_ref() != Some(owner) {
                tracing::error!(
                    service = self.graph.name(),
                    "a list of one person's devices holds somebody else's: the filter was ignored, and nothing of it is shown"
                );
                return Err(ServiceError::NoAnswer);
            }
            let wire: Option<DeviceWire> = serde_json::from_value(item.clone()).ok();
            match wire.and_then(|wire| words::device(wire, person, owner, self.terms())) {
                Some(device) => devices.push(device),
                None => unreadable.note(&item),
            }
        }
        unreadable.tell(self.graph.name());
        Ok(())
    }

    pub(super) async fn one(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        let (Some(owner), Some(device)) = (Guid::parse(person.as_str()), Guid::parse(id.as_str())) else {
            return Ok(None);
        };
        let version = self.settings.devices_version.as_str();
        let path = format!("/{version}/deviceManagement/managedDevices/{device}?$select={SELECT}");
        let answer = self.graph.get(self.url(&path)?).await.map_err(error_of)?;
        match answer.status {
            200 => {
                let wire: DeviceWire = serde_json::from_value(answer.body.unwrap_or_default())
                    .map_err(|_| ServiceError::NoAnswer)?;
                // Another device than the one that was asked for is no answer.
                if wire.id().as_ref() != Some(&device) {
                    return Err(ServiceError::NoAnswer);
                }
                Ok(words::device(wire, person, &owner, self.terms()).filter(|found| found.id == *id))
            }
            404 if is_not_found(&answer) => Ok(None),
            _ => Err(error_of_answer(&answer)),
        }
    }

    pub(super) fn url(&self, path: &str) -> Result<Url, ServiceError> {
        self.graph.address(path).map_err(error_of)
    }
}

/// What an answer that is none means for whoever asked.
pub(super) const fn error_of_answer(answer: &Answer) -> ServiceError {
    match answer.status {
        401 | 403 | 429 | 503 => ServiceError::Busy { retry_after_millis: answer.pause },
        _ => error_of(NoAnswer::Cut),
    }
}
