//! Actions on a device: what may be done, why not, what it would do, and how it went.

use crate::UtcTime;
use crate::json::Fields;
use serde::{Deserialize, Serialize};

open_enum! {
    /// The actions the API knows.
    ActionName {
        /// Reset the passcode.
        ResetPasscode = "resetPasscode",
        /// Lock the screen from afar.
        RemoteLock = "remoteLock",
        /// Ask the device to check in ("Check status").
        SyncDevice = "syncDevice",
        /// Change the name shown in the portal.
        Rename = "rename",
        /// Choose one of the organisation's categories.
        SetCategory = "setCategory",
        /// Take the device out of management ("Remove").
        Retire = "retire",
        /// Set the device back to its factory settings ("Erase").
        Wipe = "wipe",
        /// Show the recovery key of a computer's disk.
        ShowRecoveryKey = "showRecoveryKey",
        /// Restart the device.
        RebootNow = "rebootNow",
        /// Show the password of a Windows PC's local administrator (Windows LAPS).
        ShowLocalAdministratorPassword = "showLocalAdministratorPassword",
        /// Find out where the device is.
        Locate = "locate",
    }
}

open_enum! {
    /// The state of an action (Graph `actionState`).
    ActionState {
        /// No action.
        None = "none",
        /// Accepted and written down; the device has not answered yet.
        Pending = "pending",
        /// Cancelled, by the person or because an erase or retire took precedence.
        Canceled = "canceled",
        /// Delivered; the device is working on it or said "not now".
        Active = "active",
        /// The device acknowledged it.
        Done = "done",
        /// The device or the back end reported an error.
        Failed = "failed",
        /// The device cannot do it.
        NotSupported = "notSupported",
    }
}

impl ActionState {
    /// Whether the action still waits for the device.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Active)
    }
}

open_enum! {
    /// Why an action ended without success (`errorCode`). The first two end as `canceled`, the others as `failed`.
    FailureCode {
        /// The person cancelled it while it was pending.
        CanceledByUser = "canceledByUser",
        /// A pending erase or retire took precedence.
        SupersededByErase = "supersededByErase",
        /// The stored unlock token is wrong (Apple); only erasing helps.
        UnlockTokenInvalid = "unlockTokenInvalid",
        /// No policy on the device requires a passcode.
        NoPasscodePolicy = "noPasscodePolicy",
        /// The device's reset token is not active (Android).
        ResetTokenInactive = "resetTokenInactive",
        /// The device did not answer before the command expired.
        CommandExpired = "commandExpired",
        /// The device refused without saying more.
        DeviceRejected = "deviceRejected",
        /// The device management service failed.
        BackEndFault = "backEndFault",
        /// It cannot be known whether the command reached the device.
        OutcomeUnknown = "outcomeUnknown",
        /// Another administrator has to approve it first (Intune's Multi Admin Approval).
        ApprovalRequired = "approvalRequired",
    }
}

open_enum! {
    /// Why an action is not possible for this device and person (`platforms.md`).
    RefusalReason {
        /// Android 7 and later under device administrator: Android forbids it.
        AndroidForbidsSince7 = "androidForbidsSince7",
        /// Personally owned work profile: only the work profile has a passcode the organisation could reset.
        PersonallyOwnedWorkProfile = "personallyOwnedWorkProfile",
        /// Corporate-owned Android whose organisation has not allowed it.
        OrganizationPolicy = "organizationPolicy",
        /// Corporate-owned Android whose reset token is not active.
        ResetTokenInactive = "resetTokenInactive",
        /// Dedicated (kiosk) device: IT can do it, the person cannot.
        DedicatedDevice = "dedicatedDevice",
        /// Company-owned Android with a work profile: only the profile has a passcode that can be reset.
        WorkProfilePasscodeOnly = "workProfilePasscodeOnly",
        /// The service holds no token that unlocks this device (Apple); only enrolling it anew helps.
        UnlockTokenMissing = "unlockTokenMissing",
        /// The device has no passcode: locking it keeps nobody out.
        NoPasscodeOnDevice = "noPasscodeOnDevice",
        /// Apple User Enrollment.
        AppleUserEnrollment = "appleUserEnrollment",
        /// Shared iPad.
        SharedIpad = "sharedIpad",
        /// visionOS before 1.1.
        OsVersionTooOld = "osVersionTooOld",
        /// A Windows PC: use the PIN reset of the sign-in screen.
        WindowsPc = "windowsPc",
        /// A Mac: use the recovery key.
        MacRecoveryKey = "macRecoveryKey",
        /// A platform on which nobody can do it.
        PlatformNotSupported = "platformNotSupported",
        /// The person is not the device's primary user.
        NotPrimaryUser = "notPrimaryUser",
        /// Enrolled by a device enrolment manager: every remote action is off.
        DeviceEnrollmentManager = "deviceEnrollmentManager",
        /// An erase or retire is pending and takes precedence.
        EraseOrRetirePending = "eraseOrRetirePending",
        /// The device management service behind the portal does not have this action.
        NotOfferedByService = "notOfferedByService",
    }
}

open_enum! {
    /// What is known about the delivery of an action. Finer than [`ActionState`]: `pending` is always `queued`, `active` is
    /// `delivered` or `notNow`.
    ActionProgress {
        /// Waits for the device to check in.
        Queued = "queued",
        /// The device has it and has not answered yet.
        Delivered = "delivered",
        /// The device has it and said "not now" (Apple: `NotNow`): it asks again by itself when it can.
        NotNow = "notNow",
        /// The device acknowledged it.
        Acknowledged = "acknowledged",
        /// It ended without success; see `errorCode`.
        Failed = "failed",
        /// The person cancelled it.
        Canceled = "canceled",
        /// An erase or retire took precedence.
        Superseded = "superseded",
    }
}

open_enum! {
    /// Which characters a temporary passcode is made of.
    CharacterSet {
        /// Letters and digits.
        LettersAndDigits = "lettersAndDigits",
        /// Digits only.
        Digits = "digits",
    }
}

/// What a reset would do to this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "OutcomeWire", into = "OutcomeWire")]
pub enum ResetOutcome {
    /// The passcode is replaced by a temporary one.
    TemporaryPasscode {
        /// Which characters it will have.
        character_set: CharacterSet,
    },
    /// The passcode is removed and none is issued.
    PasscodeRemoved,
    /// The passcode of the work profile is replaced by a temporary one; the one that opens the device stays as it is.
    WorkProfilePasscode,
    /// An outcome that did not exist when this was built.
    Other,
}

impl ResetOutcome {
    /// Whether a temporary passcode comes with it, for whatever it opens.
    #[must_use]
    pub const fn has_temporary_passcode(self) -> bool {
        match self {
            Self::TemporaryPasscode { .. } | Self::WorkProfilePasscode => true,
            Self::PasscodeRemoved | Self::Other => false,
        }
    }
}

open_enum! {
    /// What kind of outcome it is.
    OutcomeKind {
        /// With `characterSet`.
        TemporaryPasscode = "temporaryPasscode",
        /// Without.
        PasscodeRemoved = "passcodeRemoved",
        /// Without; a temporary passcode of letters and digits for the work profile alone.
        WorkProfilePasscode = "workProfilePasscode",
    }
}

/// The outcome on the wire. Not a tagged enumeration of serde's: in the page those cost several kilobytes each.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ResetOutcome))]
struct OutcomeWire {
    /// What the reset does.
    kind: OutcomeKind,
    /// Which characters the temporary passcode will have; only with `temporaryPasscode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    character_set: Option<CharacterSet>,
}

impl From<OutcomeWire> for ResetOutcome {
    fn from(wire: OutcomeWire) -> Self {
        match wire.kind {
            OutcomeKind::TemporaryPasscode => {
                Self::TemporaryPasscode { character_set: wire.character_set.unwrap_or(CharacterSet::Other) }
            }
            OutcomeKind::PasscodeRemoved => Self::PasscodeRemoved,
            OutcomeKind::WorkProfilePasscode => Self::WorkProfilePasscode,
            OutcomeKind::Other => Self::Other,
        }
    }
}

impl From<ResetOutcome> for OutcomeWire {
    fn from(outcome: ResetOutcome) -> Self {
        match outcome {
            ResetOutcome::TemporaryPasscode { character_set } => {
                Self { kind: OutcomeKind::TemporaryPasscode, character_set: Some(character_set) }
            }
            ResetOutcome::PasscodeRemoved => Self { kind: OutcomeKind::PasscodeRemoved, character_set: None },
            ResetOutcome::WorkProfilePasscode => {
                Self { kind: OutcomeKind::WorkProfilePasscode, character_set: None }
            }
            ResetOutcome::Other => Self { kind: OutcomeKind::Other, character_set: None },
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ResetOutcome {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        OutcomeWire::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ResetOutcome {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        OutcomeWire::schemas(schemas);
    }
}

/// Whether one action may be done on one device by this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionAvailability {
    /// Whether the server would accept it now.
    pub allowed: bool,
    /// Why not; present when `allowed` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusalReason>,
    /// What it would do; present when `allowed` is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ResetOutcome>,
    /// For how long a command would wait for this device before it counts as expired, in seconds; present when `allowed` is
    /// true and the service knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_expires_after_seconds: Option<i64>,
}

/// The actions of a device by name, in the order the server gave them. One that is not named is not offered. On the wire an
/// object with a field for each action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceActions(Vec<(ActionName, ActionAvailability)>);

impl FromIterator<(ActionName, ActionAvailability)> for DeviceActions {
    fn from_iter<I: IntoIterator<Item = (ActionName, ActionAvailability)>>(named: I) -> Self {
        // Two actions this build does not know would have the same name; neither can be offered.
        Self(named.into_iter().filter(|(name, _)| *name != ActionName::Other).collect())
    }
}

impl Serialize for DeviceActions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, availability)| (name.as_str(), availability)))
    }
}

impl<'de> Deserialize<'de> for DeviceActions {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named =
            std::collections::BTreeMap::<String, Option<ActionAvailability>>::deserialize(deserializer)?;
        let named = named.into_iter().filter_map(|(name, it)| Some((ActionName::from_wire(&name), it?)));
        Ok(named.collect())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for DeviceActions {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::{ObjectBuilder, Ref, RefOr};
        let description = "Whether each action is possible, by its name (ActionName). One that is not named is not offered.";
        let object = ObjectBuilder::new().description(Some(description));
        let availability = Ref::from_schema_name("ActionAvailability");
        RefOr::T(object.additional_properties(Some(availability)).into())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for DeviceActions {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        use utoipa::PartialSchema as _;
        schemas.push(("ActionAvailability".to_owned(), ActionAvailability::schema()));
        <ActionAvailability as utoipa::ToSchema>::schemas(schemas);
    }
}

/// One run of an action. It never holds a passcode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceActionResult {
    /// Identifies the run; also the reference a person gives to IT.
    pub id: String,
    /// Which action.
    pub action_name: ActionName,
    /// Where it stands.
    pub action_state: ActionState,
    /// What is known about the delivery; absent when the service does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<ActionProgress>,
    /// When it was accepted.
    pub start_date_time: UtcTime,
    /// When it last changed.
    pub last_updated_date_time: UtcTime,
    /// Why it ended without success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<FailureCode>,
    /// When it counts as expired unless the device has acted on it; present while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_date_time: Option<UtcTime>,
}

impl ResetOutcome {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        let character_set = fields.optional_word("characterSet").map(CharacterSet::from_wire);
        OutcomeWire { kind: OutcomeKind::from_wire(fields.word("kind")), character_set }.into()
    }
}

impl ActionAvailability {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        if fields.value("allowed").is_none() {
            fields.refuse();
        }
        Self {
            allowed: fields.flag("allowed"),
            reason: fields.optional_word("reason").map(RefusalReason::from_wire),
            outcome: fields.part("outcome", ResetOutcome::read),
            command_expires_after_seconds: fields.optional_number("commandExpiresAfterSeconds"),
        }
    }
}

impl DeviceActions {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        let named = fields.entries(ActionAvailability::read).into_iter();
        named.map(|(name, availability)| (ActionName::from_wire(name), availability)).collect()
    }

    /// Whether this action may be done; `None` when the server does not name it.
    #[must_use]
    pub fn get(&self, action: ActionName) -> Option<&ActionAvailability> {
        self.0.iter().find(|(name, _)| *name == action).map(|(_, availability)| availability)
    }
}

impl DeviceActionResult {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        let [started, updated] =
            ["startDateTime", "lastUpdatedDateTime"].map(|name| fields.optional_moment(name));
        Self {
            id: fields.text("id"),
            action_name: ActionName::from_wire(fields.word("actionName")),
            action_state: ActionState::from_wire(fields.word("actionState")),
            progress: fields.optional_word("progress").map(ActionProgress::from_wire),
            start_date_time: started.or(updated).unwrap_or(UtcTime::NEVER),
            last_updated_date_time: updated.or(started).unwrap_or(UtcTime::NEVER),
            error_code: fields.optional_word("errorCode").map(FailureCode::from_wire),
            expires_date_time: fields.optional_moment("expiresDateTime"),
        }
    }
}
