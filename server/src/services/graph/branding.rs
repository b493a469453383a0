//! What IT hid in the Company Portal (`intuneBrandingProfiles`, in Graph's beta only), by platform and owner: hidden there, hidden here.

use super::GraphService;
use super::answers::NoAnswer;
use super::calls::error_of;
use crate::domain::action::ActionKind;
use crate::domain::device::Device;
use crate::domain::policy::PlatformFamily;
use crate::domain::switches::{SwitchedOff, switched};
use crate::ports::ServiceError;
use portal_contract::{ManagedDeviceOwnerType as Owner, UtcTime};
use serde::Deserialize;
use std::sync::PoisonError;

/// For how long the profiles are good, in milliseconds.
const GOOD_FOR: u64 = 600_000;
/// For how long they are not asked for again after they could not be read, in milliseconds.
const ASKED_AGAIN_AFTER: u64 = 60_000;
/// How many pages of profiles are read at most.
const MOST_PAGES: usize = 5;
const PROFILES: &str = "/beta/deviceManagement/intuneBrandingProfiles?$select=id,companyPortalBlockedActions,\
                        isFactoryResetDisabled,isRemoveDeviceDisabled";

/// What is hidden, and since when that is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    known: Option<(UtcTime, Vec<SwitchedOff>)>,
    /// When it could not be read, the last time.
    failed: Option<UtcTime>,
}

impl Hidden {
    /// What was known last. While nothing is, whatever cannot be undone.
    fn at_least(self) -> Vec<SwitchedOff> {
        let everything = || vec![off(ActionKind::Retire, None, None), off(ActionKind::Wipe, None, None)];
        self.known.map_or_else(everything, |(_, hidden)| hidden)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProfileWire {
    company_portal_blocked_actions: Option<Vec<BlockedWire>>,
    is_factory_reset_disabled: Option<bool>,
    is_remove_device_disabled: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BlockedWire {
    action: Option<String>,
    owner_type: Option<String>,
    platform: Option<String>,
}

const fn off(action: ActionKind, platform: Option<PlatformFamily>, owner: Option<Owner>) -> SwitchedOff {
    SwitchedOff { action, platform, owner }
}

/// A blocked action. A platform or an owner nobody here knows is taken for all of them; an action nobody knows is none of ours.
fn blocked(wire: &BlockedWire) -> Option<SwitchedOff> {
    let action = match wire.action.as_deref() {
        Some("remove") => ActionKind::Retire,
        Some("reset") => ActionKind::Wipe,
        _ => return None,
    };
    let platform = match wire.platform.as_deref().unwrap_or_default() {
        "android" | "androidForWork" | "androidWorkProfile" | "androidAOSP" => Some(PlatformFamily::Android),
        "iOS" => Some(PlatformFamily::Ios),
        "macOS" => Some(PlatformFamily::MacOs),
        "windowsPhone81" | "windows81AndLater" | "windows10AndLater" => Some(PlatformFamily::Windows),
        // Applications without a device.
        "androidMobileApplicationManagement"
        | "iOSMobileApplicationManagement"
        | "windowsMobileApplicationManagement" => return None,
        _ => None,
    };
    let owner = match wire.owner_type.as_deref() {
        Some("company") => Some(Owner::Company),
        Some("personal") => Some(Owner::Personal),
        _ => None,
    };
    Some(off(action, platform, owner))
}

/// What a profile hides. Who has which profile Graph does not tell by person, so what any of them hides is hidden.
fn hidden_by(profile: &ProfileWire) -> Vec<SwitchedOff> {
    let company = Some(Owner::Company);
    let whole = [
        (profile.is_factory_reset_disabled, off(ActionKind::Wipe, None, company)),
        (profile.is_remove_device_disabled, off(ActionKind::Retire, None, company)),
    ];
    let whole = whole.into_iter().filter(|(is_off, _)| *is_off == Some(true)).map(|(_, off)| off);
    let single = profile.company_portal_blocked_actions.iter().flatten().filter_map(blocked);
    single.chain(whole).collect()
}

impl GraphService {
    /// The devices without what IT hid. While that is not known nothing that cannot be undone is offered.
    pub(super) async fn without_hidden(&self, devices: Vec<Device>) -> Vec<Device> {
        if !self.settings.hide_blocked_actions || devices.is_empty() {
            return devices;
        }
        let hidden = self.hidden().await;
        devices.into_iter().map(|device| switched(device, &hidden)).collect()
    }

    async fn hidden(&self) -> Vec<SwitchedOff> {
        let now = self.clock.now();
        let memory = || self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let remembered = memory().clone();
        let is_within = |at: UtcTime, span| now.unix_millis().abs_diff(at.unix_millis()) < span;
        if remembered.known.as_ref().is_some_and(|(at, _)| is_within(*at, GOOD_FOR))
            || remembered.failed.is_some_and(|at| is_within(at, ASKED_AGAIN_AFTER))
        {
            return remembered.at_least();
        }
        match self.ask_hidden().await {
            Ok(hidden) => {
                *memory() = Hidden { known: Some((now, hidden.clone())), failed: None };
                hidden
            }
            Err(error) => {
                let service = self.graph.name();
                tracing::warn!(service, ?error, "what IT hid in the Company Portal cannot be read");
                memory().failed = Some(now);
                remembered.at_least()
            }
        }
    }

    async fn ask_hidden(&self) -> Result<Vec<SwitchedOff>, ServiceError> {
        let mut url = Some(self.url(PROFILES)?);
        let mut hidden = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(here) = url.take() else { return Ok(hidden) };
            let page = self.list_page(here).await?.ok_or_else(|| error_of(NoAnswer::Cut))?;
            for one in page.entries {
                let profile: ProfileWire =
                    serde_json::from_value(one).map_err(|_| error_of(NoAnswer::Cut))?;
                hidden.extend(hidden_by(&profile));
            }
            url = page.next;
        }
        // More than that would go unread.
        if url.is_none() { Ok(hidden) } else { Err(error_of(NoAnswer::Cut)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: Value) -> Vec<(ActionKind, Option<PlatformFamily>, Option<Owner>)> {
        let hidden = hidden_by(&serde_json::from_value(body).unwrap());
        hidden.into_iter().map(|one| (one.action, one.platform, one.owner)).collect()
    }

    #[test]
    fn words_nobody_knows_hide_more_and_never_less() {
        let blocked = |action: &str, platform: &str, owner: &str| json!({ "companyPortalBlockedActions": [{ "action": action, "platform": platform, "ownerType": owner }] });
        let (wipe, retire) = (ActionKind::Wipe, ActionKind::Retire);
        for (body, expected) in [
            (
                blocked("remove", "iOS", "company"),
                vec![(retire, Some(PlatformFamily::Ios), Some(Owner::Company))],
            ),
            (
                blocked("reset", "windows10AndLater", "personal"),
                vec![(wipe, Some(PlatformFamily::Windows), Some(Owner::Personal))],
            ),
            (
                blocked("reset", "androidForWork", "unknown"),
                vec![(wipe, Some(PlatformFamily::Android), None)],
            ),
            (blocked("reset", "unknownFutureValue", "company"), vec![(wipe, None, Some(Owner::Company))]),
            (blocked("reset", "iOSMobileApplicationManagement", "company"), vec![]),
            (blocked("dance", "iOS", "company"), vec![]),
            (
                json!({ "isFactoryResetDisabled": true, "isRemoveDeviceDisabled": true }),
                vec![(wipe, None, Some(Owner::Company)), (retire, None, Some(Owner::Company))],
            ),
            (json!({ "isFactoryResetDisabled": false, "companyPortalBlockedActions": null }), vec![]),
        ] {
            assert_eq!(read(body.clone()), expected, "{body}");
        }
    }
}
