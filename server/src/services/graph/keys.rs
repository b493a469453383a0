//! What Intune and Entra keep of a computer: recovery keys (BitLocker, FileVault) and the password of its local administrator (LAPS). Questions,
//! each asked when a person wants the answer; nothing of it is remembered here.

use super::GraphService;
use super::answers::{Answer, NoAnswer, is_not_found, text};
use super::calls::error_of;
use super::devices::error_of_answer;
use super::guid::Guid;
use crate::domain::action::ActionKind;
use crate::domain::action_run::{Ending, Report};
use crate::domain::issued_secret::{IssuedParts, part};
use crate::domain::policy::PlatformFamily;
use crate::ports::{Reported, RunKey, ServiceError};
use base64ct::{Base64, Encoding as _};
use portal_contract::{FailureCode, SecretPart, SecretText};
use serde_json::Value;

/// How many recovery keys of a device are asked for: each is a call of its own.
const MOST_KEYS: usize = 8;

/// What a question brought.
enum Kept {
    /// These secrets; perhaps none.
    Parts(Vec<SecretPart>),
    /// Something that is not the device's.
    OfAnotherDevice,
}

fn ended(ending: Ending) -> Reported {
    Report::Ended(ending).into()
}

impl GraphService {
    /// What is kept of the device of a run. None of it for anybody but the device's user as Graph names them now.
    pub(super) async fn kept_for(&self, run: &RunKey) -> Result<Reported, ServiceError> {
        let fault = ended(Ending::Failed(FailureCode::BackEndFault));
        let (Some(owner), Some(device)) =
            (Guid::parse(run.person.as_str()), Guid::parse(run.device.as_str()))
        else {
            return Ok(fault);
        };
        let version = self.settings.devices_version.as_str();
        let path = format!(
            "/{version}/deviceManagement/managedDevices/{device}?$select=id,userId,azureADDeviceId,operatingSystem"
        );
        let answer = self.graph.get(self.url(&path)?).await.map_err(error_of)?;
        if is_not_found(&answer) {
            return Ok(ended(Ending::Superseded));
        }
        let about = whole(answer)?;
        if Guid::parse(text(&about, "id")).as_ref() != Some(&device)
            || Guid::parse(text(&about, "userId")).as_ref() != Some(&owner)
        {
            return Ok(fault);
        }
        // Entra calls the device by another identifier; without one it keeps nothing of it.
        let entra = Guid::parse(text(&about, "azureADDeviceId"));
        let family = PlatformFamily::of(text(&about, "operatingSystem"));
        let kept = match (run.action.kind(), family, entra) {
            (ActionKind::ShowRecoveryKey, PlatformFamily::MacOs, _) => self.filevault_key(&device).await?,
            (ActionKind::ShowRecoveryKey, PlatformFamily::Windows, Some(entra)) => {
                self.bitlocker_keys(&entra).await?
            }
            (ActionKind::ShowLocalAdministratorPassword, PlatformFamily::Windows, Some(entra)) => {
                self.administrator_password(&entra).await?
            }
            _ => Kept::Parts(Vec::new()),
        };
        Ok(match kept {
            Kept::OfAnotherDevice => {
                tracing::error!(
                    service = self.graph.name(),
                    "keys of another device than the one that was asked about"
                );
                fault
            }
            Kept::Parts(parts) => match IssuedParts::of(parts) {
                Some(parts) => Reported { state: Report::Ended(Ending::Done), issued: Some(parts.to_text()) },
                // Nothing is kept of it.
                None => ended(Ending::NotSupported),
            },
        })
    }

    /// Asks; what this server may not read is not offered for a while. Nothing there is none.
    async fn asked(&self, path: &str, kind: ActionKind) -> Result<Option<Value>, ServiceError> {
        let answer = self.graph.try_get(self.url(path)?).await.map_err(error_of)?;
        match answer.status {
            401 | 403 => self.graph.note_forbidden(kind, true),
            200 => self.graph.note_forbidden(kind, false),
            _ => {}
        }
        what_is_there(answer)
    }

    async fn bitlocker_keys(&self, entra: &Guid) -> Result<Kept, ServiceError> {
        const KEYS: &str = "/v1.0/informationProtection/bitlocker/recoveryKeys";
        let kind = ActionKind::ShowRecoveryKey;
        let list = format!("{KEYS}?$filter=deviceId%20eq%20%27{entra}%27");
        let Some(list) = self.asked(&list, kind).await? else { return Ok(Kept::Parts(Vec::new())) };
        let all = list.get("value").and_then(Value::as_array).ok_or_else(|| error_of(NoAnswer::Cut))?;
        // A filter may be ignored: then these are keys of other people's devices.
        if all.iter().any(|one| Guid::parse(text(one, "deviceId")).as_ref() != Some(entra)) {
            return Ok(Kept::OfAnotherDevice);
        }
        let mut newest: Vec<&Value> = all.iter().collect();
        newest.sort_by(|one, other| text(other, "createdDateTime").cmp(text(one, "createdDateTime")));
        let mut parts = Vec::new();
        for id in newest.into_iter().filter_map(|one| Guid::parse(text(one, "id"))).take(MOST_KEYS) {
            if let Some(mut key) = self.asked(&format!("{KEYS}/{id}?$select=key"), kind).await? {
                parts.extend(part(&id.as_str().to_uppercase(), taken(&mut key, "key")));
            }
        }
        Ok(Kept::Parts(parts))
    }

    async fn filevault_key(&self, device: &Guid) -> Result<Kept, ServiceError> {
        let path = format!("/beta/deviceManagement/managedDevices/{device}/getFileVaultKey()");
        // Which permission this one needs is not documented: its refusal says nothing about the keys of PCs.
        let answer = self.graph.try_get(self.url(&path)?).await.map_err(error_of)?;
        let key = what_is_there(answer)?;
        Ok(Kept::Parts(key.and_then(|mut key| part("", taken(&mut key, "value"))).into_iter().collect()))
    }

    async fn administrator_password(&self, entra: &Guid) -> Result<Kept, ServiceError> {
        let path = format!("/v1.0/directory/deviceLocalCredentials/{entra}?$select=credentials");
        let Some(mut info) = self.asked(&path, ActionKind::ShowLocalAdministratorPassword).await? else {
            return Ok(Kept::Parts(Vec::new()));
        };
        let Some(Value::Array(mut all)) = info.get_mut("credentials").map(Value::take) else {
            return Ok(Kept::Parts(Vec::new()));
        };
        // The newest is the one that is in force.
        all.sort_by(|one, other| text(other, "backupDateTime").cmp(text(one, "backupDateTime")));
        let Some(newest) = all.first_mut() else { return Ok(Kept::Parts(Vec::new())) };
        let account = text(newest, "accountName").to_owned();
        let encoded = taken(newest, "passwordBase64");
        let bytes = Base64::decode_vec(encoded.reveal()).ok();
        let password = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(SecretText::new);
        if password.is_none() {
            let service = self.graph.name();
            tracing::error!(service, "a local administrator's password is there and cannot be read");
        }
        Ok(Kept::Parts(password.and_then(|password| part(&account, password)).into_iter().collect()))
    }
}

/// A secret out of an answer, which does not keep it.
fn taken(value: &mut Value, name: &str) -> SecretText {
    match value.get_mut(name).map(Value::take) {
        Some(Value::String(text)) => SecretText::new(text),
        _ => SecretText::new(String::new()),
    }
}

fn whole(answer: Answer) -> Result<Value, ServiceError> {
    match answer.status {
        200 => answer.body.ok_or_else(|| error_of(NoAnswer::Cut)),
        _ => Err(error_of_answer(&answer)),
    }
}

fn what_is_there(answer: Answer) -> Result<Option<Value>, ServiceError> {
    if is_not_found(&answer) { Ok(None) } else { whole(answer).map(Some) }
}
