//! The rules about devices.

use super::super::calls::segment;
use super::super::wire::{DeviceList, DeviceWire};
use super::talk::Talk;
use super::{Lines, Rule};
use crate::domain::ids::DeviceId;
use portal_contract::{DeviceEnrollmentType, ManagedDeviceOwnerType, ManagementAgentType};
use serde_json::Value;

/// How many devices are looked at one by one.
const LOOKED_AT: usize = 20;
/// How many pages a list may have.
const PAGES: usize = 200;

/// A device that commands can be tried on.
pub(super) struct Device {
    pub(super) id: String,
    pub(super) expires_after_seconds: Option<i64>,
}

/// Checks a person's devices; the one to go on with, if it is there.
pub(super) async fn check(
    talk: &Talk,
    person: &str,
    wanted: Option<&str>,
    lines: &mut Lines,
) -> Option<Device> {
    let person = segment(person)?;
    let whole = match list(talk, &person, 100).await {
        Ok(whole) => whole,
        Err(why) => {
            lines.judge(Rule::PagesAreOneList, Err(why));
            return None;
        }
    };
    let ids: Vec<&str> = whole.iter().map(id_of).collect();
    let by_ones = list(talk, &person, 1).await;
    lines.judge(
        Rule::PagesAreOneList,
        by_ones.and_then(|by_ones| {
            let is_same = by_ones.iter().map(id_of).take(LOOKED_AT).eq(ids.iter().copied().take(LOOKED_AT));
            let wrong = "one device a page (`limit=1`, then `after`) gives another list than all at once";
            if is_same { Ok(()) } else { Err(wrong.to_owned()) }
        }),
    );
    let unreadable = whole.iter().enumerate().find_map(|(place, device)| {
        Some(format!("number {} of the list: {}", place + 1, complaint(device)?))
    });
    lines.judge(Rule::DevicesCanBeRead, unreadable.map_or(Ok(()), Err));
    let id = match wanted {
        Some(wanted) => wanted.to_owned(),
        None => (*ids.first()?).to_owned(),
    };
    let device = segment(&id)?;
    let outcome = is_their_own(talk, &person, &id, &device).await;
    let wire = outcome.as_ref().ok().and_then(|value| serde_json::from_value(value.clone()).ok());
    lines.judge(Rule::DevicesAreTheirPersons, outcome.map(drop));
    let wire: DeviceWire = wire?;
    Some(Device { id, expires_after_seconds: wire.reset_passcode.expires_after_seconds })
}

fn id_of(device: &Value) -> &str {
    device.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The whole list, by pages of this size; of small ones only the beginning.
async fn list(talk: &Talk, person: &str, limit: usize) -> Result<Vec<Value>, String> {
    let (mut all, mut after) = (Vec::new(), None::<String>);
    for _ in 0..PAGES {
        let place = after.as_deref().and_then(segment).map(|id| format!("&after={id}")).unwrap_or_default();
        let said = talk.get(&format!("/people/{person}/devices?limit={limit}{place}")).await?;
        let page: DeviceList = said.read(200).ok_or_else(|| said.instead_of("200 with `devices`"))?;
        if page.devices.len() > limit {
            return Err(format!("{} devices came with `limit={limit}`", page.devices.len()));
        }
        let last = page.devices.last().map(|device| id_of(device).to_owned());
        all.extend(page.devices);
        match page.next_after {
            None => return Ok(all),
            Some(_) if limit == 1 && all.len() > LOOKED_AT => return Ok(all),
            Some(next) if Some(&next) == last.as_ref() && Some(&next) != after.as_ref() => after = Some(next),
            Some(_) => return Err("`nextAfter` must be the `id` of the last device of the page".to_owned()),
        }
    }
    Err(format!("the list does not end within {PAGES} pages"))
}

/// Why the portal could not read a device, or would allow nothing on it.
fn complaint(device: &Value) -> Option<String> {
    let wire: DeviceWire = match serde_json::from_value(device.clone()) {
        Ok(wire) => wire,
        Err(error) => return Some(format!("a field has another type than the document says ({error})")),
    };
    if DeviceId::parse(&wire.id).is_none_or(|id| id.of_service().0.is_some()) {
        return Some("`id` must be letters, digits and -_.~".to_owned());
    }
    let words = [
        ("operatingSystem", wire.operating_system.is_empty()),
        ("osVersion", wire.os_version.is_empty()),
        ("managedDeviceOwnerType", wire.managed_device_owner_type == ManagedDeviceOwnerType::Other),
        ("deviceEnrollmentType", wire.device_enrollment_type == DeviceEnrollmentType::Other),
        ("managementAgent", wire.management_agent == ManagementAgentType::Other),
    ];
    let (field, _) = words.into_iter().find(|(_, is_wrong)| *is_wrong)?;
    Some(format!("`{field}` is missing or no word of the document: the portal allows nothing on it"))
}

async fn is_their_own(talk: &Talk, person: &str, id: &str, device: &str) -> Result<Value, String> {
    let said = talk.get(&format!("/people/{person}/devices/{device}")).await?;
    let own: Option<Value> = said.read(200).filter(|own| id_of(own) == id);
    let own = own.ok_or_else(|| said.instead_of("200 with the device that was asked for"))?;
    let strangers = format!("/people/{}/devices/{device}", talk.fresh_id());
    talk.get(&strangers).await?.must_be_not_found()?;
    let unknown = format!("/people/{person}/devices/{}", talk.fresh_id());
    talk.get(&unknown).await?.must_be_not_found()?;
    Ok(own)
}
