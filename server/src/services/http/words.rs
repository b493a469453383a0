//! What a connector's words mean here. A word nobody knows never allows anything.

use super::Offer;
use super::wire::{
    AppWire, AppsWire, CapabilitiesWire, CategoryList, CategoryWire, CommandState, CommandWire,
    ComplianceWire, DeviceWire, FailingRuleWire, NewCommandWire, PasscodeFrom, PasscodeRulesWire,
    PasscodeWire, PermissionWire,
};
use crate::domain::action::{Action, ActionKind, ActionSet};
use crate::domain::action_run::{Ending, Report};
use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::{ComplianceReport, FailingRule};
use crate::domain::device::{
    Capabilities, CorporateAndroidReset, Device, DevicePasscode, EraseOrRetire, PasscodeRules, Refusals,
    ResetToken, SecretIssuer, UnlockPin, UnlockToken,
};
use crate::domain::ids::DeviceId;
use crate::domain::issued_secret::{IssuedParts, part};
use crate::domain::person::PersonId;
use crate::domain::policy::{Allowed, Decision, Reset, decide};
use crate::ports::StartRun;
use crate::services::unreadable::without_nulls;
use portal_contract::{
    AppState, CharacterSet, DeviceEnrollmentType, FailureCode, ManagedDeviceOwnerType, ManagementAgentType,
    RefusalReason, SecretText,
};

/// The version of the calls that this server speaks.
pub(super) const CONTRACT: &str = "1";
/// How often a command is asked about at most unless the connector says otherwise, in seconds.
const USUAL_POLL_SECONDS: i64 = 5;
/// How long a command may wait unless the connector says otherwise, in seconds.
const USUAL_LIFETIME: i64 = 86_400;
/// A connector remembers commands for 8 days; none may wait longer than 7.
const LONGEST_LIFETIME: i64 = 7 * 86_400;
/// The longest passcode that is made, and that is taken.
const LONGEST_PASSCODE: u8 = 32;

pub(super) fn offer(body: serde_json::Value) -> Option<Offer> {
    let wire: CapabilitiesWire = serde_json::from_value(without_nulls(body)).ok()?;
    let is_known = wire.contract == CONTRACT;
    let named = wire.actions.into_iter().filter_map(ActionKind::named);
    let actions = named.fold(ActionSet::NONE, ActionSet::with);
    let issuer = match wire.passcode_from {
        PasscodeFrom::Portal => Some(SecretIssuer::Portal),
        PasscodeFrom::Service => Some(SecretIssuer::Service),
        PasscodeFrom::None | PasscodeFrom::Other => None,
    };
    let poll_seconds = wire.poll_seconds.unwrap_or(USUAL_POLL_SECONDS).clamp(1, 60);
    Some(Offer {
        actions: if is_known { actions } else { ActionSet::NONE },
        issuer,
        cancel: wire.cancel,
        compliance: is_known && wire.compliance,
        apps: is_known && wire.apps,
        poll_millis: poll_seconds * 1000,
        is_contract_known: is_known,
    })
}

/// The rules for a passcode of a device; `None` when no passcode of ours would do.
fn passcode_rules(wire: Option<&PasscodeRulesWire>, issuer: SecretIssuer) -> Option<PasscodeRules> {
    let Some(wire) = wire else { return Some(PasscodeRules { issuer, ..PasscodeRules::USUAL }) };
    let has = |kind: CharacterSet| wire.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    let character_set = match (has(CharacterSet::LettersAndDigits), has(CharacterSet::Digits)) {
        (true, true) => None,
        (true, false) => Some(CharacterSet::LettersAndDigits),
        (false, true) => Some(CharacterSet::Digits),
        (false, false) => return None,
    };
    let min_length = u8::try_from(wire.min_length).ok()?.max(PasscodeRules::USUAL.min_length);
    let max_length = u8::try_from(wire.max_length).unwrap_or(u8::MAX).min(LONGEST_PASSCODE);
    (min_length <= max_length).then_some(PasscodeRules { issuer, min_length, max_length, character_set })
}

/// A device of a person; `None` when it cannot be read or its identifier cannot be used under this service's name.
pub(super) fn device(
    body: serde_json::Value,
    person: &PersonId,
    offer: Offer,
    service: &str,
) -> Option<Device> {
    let wire: DeviceWire = serde_json::from_value(without_nulls(body)).ok()?;
    let id = DeviceId::parse(&wire.id)?;
    // With the service's name in front it has to be an identifier as well, and it must not be folded out of an address.
    DeviceId::parse(DeviceId::in_service(Some(service), &id).as_str())?;
    super::calls::segment(id.as_str())?;
    // The policy decides by these: it must not decide by words it does not know.
    let is_readable = wire.managed_device_owner_type != ManagedDeviceOwnerType::Other
        && wire.device_enrollment_type != DeviceEnrollmentType::Other
        && wire.management_agent != ManagementAgentType::Other;
    let rules = passcode_rules(
        wire.reset_passcode.passcode_rules.as_ref(),
        offer.issuer.unwrap_or(SecretIssuer::Portal),
    );
    let mut offers = if is_readable { offer.actions } else { ActionSet::NONE };
    let mut refusals = Refusals::NONE;
    let reset = &wire.reset_passcode;
    let permissions = [
        (ActionKind::ResetPasscode, Some((reset.allowed, reset.reason.as_deref()))),
        (
            ActionKind::RemoteLock,
            wire.remote_lock.as_ref().map(|lock| (lock.allowed, lock.reason.as_deref())),
        ),
        (ActionKind::SyncDevice, permission(wire.sync_device.as_ref())),
        (ActionKind::RebootNow, permission(wire.reboot_now.as_ref())),
        (ActionKind::SetCategory, permission(wire.set_category.as_ref())),
        (ActionKind::ShowRecoveryKey, permission(wire.show_recovery_key.as_ref())),
        // What cannot be undone, or opens more than the device, is not allowed by silence.
        (ActionKind::Retire, Some(permission(wire.retire.as_ref()).unwrap_or_default())),
        (ActionKind::Wipe, Some(permission(wire.wipe.as_ref()).unwrap_or_default())),
        (
            ActionKind::ShowLocalAdministratorPassword,
            Some(permission(wire.show_local_administrator_password.as_ref()).unwrap_or_default()),
        ),
    ];
    for (kind, permission) in permissions {
        if let Some((false, reason)) = permission {
            refusals = refusals.with(kind, refusal(reason));
        }
    }
    let tells_pin = wire.remote_lock.as_ref().is_some_and(|lock| lock.unlock_pin);
    let lifetime = reset.expires_after_seconds.unwrap_or(USUAL_LIFETIME).clamp(60, LONGEST_LIFETIME);
    if rules.is_none() {
        offers = offers.without(ActionKind::ResetPasscode);
    }
    let mut device = Device {
        id,
        primary_user: person.clone(),
        device_name: wire.device_name,
        managed_device_name: wire.managed_device_name,
        operating_system: wire.operating_system,
        os_version: wire.os_version,
        manufacturer: wire.manufacturer,
        model: wire.model,
        serial_number: wire.serial_number,
        owner_type: wire.managed_device_owner_type,
        enrollment_type: wire.device_enrollment_type,
        management_agent: wire.management_agent,
        compliance_state: wire.compliance_state,
        compliance_grace_period_expiration: wire.compliance_grace_period_expiration_date_time,
        last_sync: wire.last_sync_date_time,
        enrolled: wire.enrolled_date_time,
        is_encrypted: wire.is_encrypted,
        is_supervised: wire.is_supervised,
        category: wire.device_category_display_name,
        capabilities: Capabilities {
            corporate_android_reset: CorporateAndroidReset::Device,
            reset_token: match reset.reset_token_active {
                Some(false) => ResetToken::Inactive,
                Some(true) | None => ResetToken::Active,
            },
            unlock_token: UnlockToken::Held,
            unlock_pin: if tells_pin { UnlockPin::Told } else { UnlockPin::Untold },
            passcode: DevicePasscode::Unknown,
            passcode_rules: rules.unwrap_or(PasscodeRules::USUAL),
            offers,
            refusals,
            erase_or_retire: if reset.erase_pending { EraseOrRetire::Pending } else { EraseOrRetire::None },
            command_lifetime_seconds: lifetime,
        },
    };
    let needs_passcode = matches!(
        decide(ActionKind::ResetPasscode, &device, person),
        Decision::Allowed(Allowed::Reset(
            Reset::Temporary(_) | Reset::Issued(_) | Reset::IssuedForWorkProfile
        ))
    );
    if offer.issuer.is_none() && needs_passcode {
        device.capabilities.offers = offers.without(ActionKind::ResetPasscode);
    }
    Some(device)
}

/// The answer of `GET /categories`, with how many of them cannot be read; `None` when it is none.
pub(super) fn categories(body: serde_json::Value) -> Option<(Vec<Category>, usize)> {
    let list: CategoryList = serde_json::from_value(without_nulls(body)).ok()?;
    let total = list.categories.len();
    let read = |one| {
        let wire: CategoryWire = serde_json::from_value(one).ok()?;
        Category::read(&wire.id, &wire.display_name)
    };
    let known: Vec<Category> = list.categories.into_iter().filter_map(read).collect();
    let unreadable = total.saturating_sub(known.len());
    Some((known, unreadable))
}

/// The answer of `GET .../compliance`; `None` when it is none.
pub(super) fn compliance(body: serde_json::Value) -> Option<ComplianceReport> {
    let wire: ComplianceWire = serde_json::from_value(without_nulls(body)).ok()?;
    let read = |one| {
        let rule: FailingRuleWire = serde_json::from_value(one).ok()?;
        FailingRule::read(&rule.code, &rule.title, &rule.detail, &rule.policy_name)
    };
    let checked = wire.checked_date_time.filter(|moment| !moment.is_never());
    Some(ComplianceReport::of(wire.failing_rules.into_iter().filter_map(read), checked))
}

/// The answer of `GET .../apps`; `None` when it is none. An application in a state nobody knows is left out.
pub(super) fn apps(body: serde_json::Value) -> Option<Vec<App>> {
    let wire: AppsWire = serde_json::from_value(without_nulls(body)).ok()?;
    let read = |one| {
        let wire: AppWire = serde_json::from_value(one).ok()?;
        let app = App::installed(&wire.id, &wire.display_name, &wire.version, &wire.publisher)?;
        (wire.state != AppState::Other).then(|| app.that_is(wire.state, &wire.failure))
    };
    Some(wire.apps.into_iter().filter_map(read).collect())
}

fn permission(wire: Option<&PermissionWire>) -> Option<(bool, Option<&str>)> {
    wire.map(|wire| (wire.allowed, wire.reason.as_deref()))
}

fn refusal(reason: Option<&str>) -> RefusalReason {
    match reason.map(RefusalReason::from_wire) {
        None | Some(RefusalReason::Other) => RefusalReason::NotOfferedByService,
        Some(known) => known,
    }
}

/// The command as it is sent; `None` for an action that no service carries out.
pub(super) fn command(start: &StartRun) -> Option<Vec<u8>> {
    let run = &start.run;
    let outcome = match run.action {
        Action::ResetPasscode(reset) => Decision::Allowed(Allowed::Reset(reset)).availability().outcome,
        Action::RemoteLock(_)
        | Action::SyncDevice
        | Action::Retire
        | Action::Wipe
        | Action::RebootNow
        | Action::SetCategory(_)
        | Action::ShowRecoveryKey
        | Action::ShowLocalAdministratorPassword => None,
        Action::Rename(_) => return None,
    };
    let wire = NewCommandWire {
        action: run.action.kind().name(),
        person_id: run.person.as_str(),
        device_id: run.device.as_str(),
        outcome,
        passcode: start.secret.as_ref(),
        category_id: match &run.action {
            Action::SetCategory(category) => Some(category.as_str()),
            Action::ResetPasscode(_)
            | Action::RemoteLock(_)
            | Action::SyncDevice
            | Action::Rename(_)
            | Action::Retire
            | Action::Wipe
            | Action::RebootNow
            | Action::ShowRecoveryKey
            | Action::ShowLocalAdministratorPassword => None,
        },
        expires_date_time: run.expires.to_rfc3339(),
    };
    serde_json::to_vec(&wire).ok()
}

/// Where a command stands; `None` when that cannot be read, or another command is told of.
pub(super) fn report(body: serde_json::Value, run: &str) -> Option<Report> {
    let wire: CommandWire = serde_json::from_value(body).ok().filter(|wire: &CommandWire| wire.id == run)?;
    Some(match wire.state {
        CommandState::Pending => Report::Pending,
        CommandState::Active if wire.not_now => Report::NotNow,
        CommandState::Active => Report::Active,
        CommandState::Done => Report::Ended(Ending::Done),
        CommandState::Failed => Report::Ended(match wire.error_code {
            Some(FailureCode::SupersededByErase) => Ending::Superseded,
            code => Ending::Failed(code.map_or(FailureCode::DeviceRejected, failure)),
        }),
        CommandState::NotSupported => Report::Ended(Ending::NotSupported),
        CommandState::Canceled if wire.error_code == Some(FailureCode::SupersededByErase) => {
            Report::Ended(Ending::Superseded)
        }
        CommandState::Canceled => Report::Ended(Ending::CanceledByUser),
        CommandState::Other => return None,
    })
}

/// A code that can stand at a failure; the others, and those nobody knows, are the service's fault.
fn failure(code: FailureCode) -> FailureCode {
    match code {
        FailureCode::Other | FailureCode::CanceledByUser | FailureCode::SupersededByErase => {
            FailureCode::BackEndFault
        }
        FailureCode::UnlockTokenInvalid
        | FailureCode::NoPasscodePolicy
        | FailureCode::ResetTokenInactive
        | FailureCode::CommandExpired
        | FailureCode::DeviceRejected
        | FailureCode::BackEndFault
        | FailureCode::OutcomeUnknown
        | FailureCode::ApprovalRequired => code,
    }
}

/// Why a command was refused, by the word of the problem document.
pub(super) fn rejection(code: Option<&str>) -> FailureCode {
    failure(code.map_or(FailureCode::Other, FailureCode::from_wire))
}

/// The answer of `GET /commands/{commandId}/passcode`; `None` when there is none that could be shown.
pub(super) fn passcode(body: serde_json::Value) -> Option<SecretText> {
    let wire: PasscodeWire = serde_json::from_value(without_nulls(body)).ok()?;
    let text = wire.passcode.reveal();
    let is_one = !text.is_empty()
        && text.chars().count() <= usize::from(LONGEST_PASSCODE) * 2
        && !text.chars().any(char::is_control);
    is_one.then_some(wire.passcode.clone())
}

/// The same for a key that was asked for, as it is sealed.
pub(super) fn key(body: serde_json::Value) -> Option<SecretText> {
    let wire: PasscodeWire = serde_json::from_value(without_nulls(body)).ok()?;
    IssuedParts::of(part(&wire.label, wire.passcode)).map(|parts| parts.to_text())
}
