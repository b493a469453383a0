//! What the tests of the words share: a device, a moment, and writing everything down in one language.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use passcode_portal::domain::{
    ActionFlow, ActionRun, Device, Ending, FreshSignIn, Grant, IdempotencyKey, Milliseconds, Now,
    PendingPhase, PermittedDevice, Proof, Seconds, SignInAge, SignInStep, StopReason, SubmitStep, WhyExplain,
};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter, Text};
use passcode_portal::words::Notice;
use portal_contract::{FailureCode, ManagedDevice, RefusalReason, ResetOutcome, UtcTime};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The server's time in every snapshot.
pub(crate) const SERVER_NOW: UtcTime = UtcTime::from_unix_seconds(1_800_000_000);

/// The page's clocks in every snapshot.
pub(crate) const NOW: Now = Now { monotonic: Milliseconds(60_000), wall: SERVER_NOW };

/// Both languages with the names of their snapshots.
pub(crate) const LANGUAGES: [(Locale, &str); 2] = [(Locale::En, "en"), (Locale::Ja, "ja")];

/// A moment so long before the server's time.
pub(crate) fn before(seconds: i64) -> UtcTime {
    UtcTime::from_unix_millis(SERVER_NOW.unix_millis() - seconds * 1000)
}

/// The texts as they are read, one after the other.
pub(crate) fn said(locale: Locale, texts: &[&Text]) -> String {
    let catalogue = Catalogue::embedded(locale);
    texts.iter().map(|text| text.render(&catalogue, &PlainFormatter)).collect::<Vec<_>>().join(" ")
}

/// How much there is to read: characters in Japanese, words elsewhere.
pub(crate) fn length(locale: Locale, said: &str) -> usize {
    if locale == Locale::Ja {
        said.chars().filter(|c| !c.is_whitespace() && !('\u{2066}'..='\u{2069}').contains(c)).count()
    } else {
        said.split_whitespace().count()
    }
}

/// A device as the API answers it, with `changes` laid over it.
pub(crate) fn device(changes: &Value) -> Device {
    let mut wire = json!({
        "id": "d-1", "deviceName": "Hanako's phone", "managedDeviceName": "", "operatingSystem": "Android",
        "osVersion": "14", "manufacturer": "Fujitsu", "model": "Arrows", "serialNumber": "SN-042",
        "managedDeviceOwnerType": "company", "deviceEnrollmentType": "androidEnterpriseFullyManaged",
        "managementAgent": "googleCloudDevicePolicyController", "complianceState": "compliant",
        "complianceGracePeriodExpirationDateTime": "0001-01-01T00:00:00Z",
        "lastSyncDateTime": "2027-01-15T07:48:00Z", "enrolledDateTime": "2025-04-01T00:00:00Z",
        "isEncrypted": true, "isSupervised": false, "deviceCategoryDisplayName": "Sales",
        "deviceActionResults": [],
        "actions": { "resetPasscode": { "allowed": true,
            "outcome": { "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" } } }
    });
    for (key, value) in changes.as_object().into_iter().flatten() {
        wire[key] = value.clone();
    }
    let wire: ManagedDevice = serde_json::from_value(wire).unwrap();
    Device::from_contract(wire).unwrap()
}

/// A device with the outcome its platform usually has.
pub(crate) fn resettable(system: &str, version: &str, outcome: &Value) -> (Device, PermittedDevice) {
    let actions = json!({ "resetPasscode": { "allowed": true, "outcome": outcome } });
    let device = device(&json!({ "operatingSystem": system, "osVersion": version, "actions": actions }));
    let proof = PermittedDevice::of(&device).unwrap();
    (device, proof)
}

/// An accepted reset.
pub(crate) fn run() -> ActionRun {
    ActionRun { id: "r-2f9c".to_owned(), started: before(120), updated: before(60), expires: None }
}

/// A grant with 240 s of the page's window left.
pub(crate) fn grant() -> Grant {
    let age = SignInAge { at_receipt: Seconds(40), received: NOW };
    Grant {
        proof: Proof::Fresh(FreshSignIn::prove(age, NOW).unwrap()),
        key: IdempotencyKey::from_random([7; 16]),
    }
}

/// Every state of a reset, by name. A state that is added does not compile into [`name_of`] until it is here.
pub(crate) fn every_state() -> Vec<ActionFlow> {
    let letters = json!({ "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" });
    let (device, proof) = resettable("Android", "14", &letters);
    let id = || device.id.clone();
    let (proof, grant) = (|| proof.clone(), grant);
    let mut states = vec![
        ActionFlow::Idle,
        ActionFlow::Explain { device: id(), why: WhyExplain::FirstTime },
        ActionFlow::Explain { device: id(), why: WhyExplain::Challenged },
        ActionFlow::SignIn { device: id(), step: SignInStep::Leaving },
        ActionFlow::Reading { device: id(), grant: None },
        ActionFlow::Confirm { device: proof(), grant: grant() },
        ActionFlow::Submit { device: proof(), grant: grant(), step: SubmitStep::Sending },
        ActionFlow::Submit { device: proof(), grant: grant(), step: SubmitStep::Rereading },
        ActionFlow::Submit { device: proof(), grant: grant(), step: SubmitStep::Unknown },
        ActionFlow::Submit {
            device: proof(),
            grant: grant(),
            step: SubmitStep::Busy { since: NOW, wait: Milliseconds(2_500) },
        },
        ActionFlow::Submit {
            device: proof(),
            grant: grant(),
            step: SubmitStep::Busy { since: NOW, wait: Milliseconds::ZERO },
        },
        ActionFlow::Pending { device: id(), run: run(), phase: PendingPhase::Waiting },
        ActionFlow::Pending { device: id(), run: run(), phase: PendingPhase::Delivered },
        ActionFlow::Pending { device: id(), run: run(), phase: PendingPhase::NotNow },
        ActionFlow::Ended { device: id(), run: run(), end: Ending::Done(ResetOutcome::PasscodeRemoved) },
        ActionFlow::Ended { device: id(), run: run(), end: Ending::Superseded },
        ActionFlow::Ended { device: id(), run: run(), end: Ending::Canceled },
        ActionFlow::SignIn { device: id(), step: SignInStep::Expired },
        ActionFlow::SignIn { device: id(), step: SignInStep::WrongPerson },
        ActionFlow::SignIn { device: id(), step: SignInStep::Cancelled },
        ActionFlow::SignIn { device: id(), step: SignInStep::Failed },
        ActionFlow::SignIn { device: id(), step: SignInStep::Interrupted },
        ActionFlow::Stopped {
            device: id(),
            why: StopReason::NotAllowed(RefusalReason::EraseOrRetirePending),
        },
        ActionFlow::Stopped { device: id(), why: StopReason::Gone },
        ActionFlow::Stopped { device: id(), why: StopReason::Rejected("req-77".to_owned()) },
    ];
    for code in FailureCode::KNOWN.iter().copied().chain([FailureCode::Other]) {
        states.push(ActionFlow::Ended { device: id(), run: run(), end: Ending::Failed(code) });
    }
    states
}

/// What a state is called in the snapshots.
pub(crate) fn name_of(state: &ActionFlow) -> String {
    match state {
        ActionFlow::Idle => "Idle".to_owned(),
        ActionFlow::Explain { why, .. } => format!("ExplainingSignOut, {why:?}"),
        ActionFlow::SignIn { step: SignInStep::Leaving, .. } => "LeavingForSignIn".to_owned(),
        ActionFlow::Reading { .. } => "ReadingDevice".to_owned(),
        ActionFlow::Confirm { .. } => "Confirming".to_owned(),
        ActionFlow::Submit { step: SubmitStep::Sending, .. } => "Submitting".to_owned(),
        ActionFlow::Submit { step: SubmitStep::Rereading, .. } => "Rereading".to_owned(),
        ActionFlow::Submit { step: SubmitStep::Unknown, .. } => "OutcomeUnknown".to_owned(),
        ActionFlow::Submit { step: SubmitStep::Busy { wait, .. }, .. } => format!("Busy, {} ms", wait.0),
        ActionFlow::Pending { phase, .. } => format!("Pending, {phase:?}"),
        ActionFlow::Ended { end: Ending::Done(outcome), .. } => format!("Done, {outcome:?}"),
        ActionFlow::Ended { end: Ending::Failed(code), .. } => format!("Failed, {code:?}"),
        ActionFlow::Ended { end: Ending::Superseded, .. } => "Superseded".to_owned(),
        ActionFlow::Ended { end: Ending::Canceled, .. } => "Canceled".to_owned(),
        ActionFlow::SignIn { step: SignInStep::Expired, .. } => "Expired".to_owned(),
        ActionFlow::SignIn { step: SignInStep::WrongPerson, .. } => "WrongPerson".to_owned(),
        ActionFlow::SignIn { step: SignInStep::Cancelled, .. } => "SignInCancelled".to_owned(),
        ActionFlow::SignIn { step: SignInStep::Failed, .. } => "SignInFailed".to_owned(),
        ActionFlow::SignIn { step: SignInStep::Interrupted, .. } => "Interrupted".to_owned(),
        ActionFlow::Stopped { why: StopReason::NotAllowed(reason), .. } => format!("NotAllowed, {reason:?}"),
        ActionFlow::Stopped { why: StopReason::Gone, .. } => "Gone".to_owned(),
        ActionFlow::Stopped { why: StopReason::Rejected(_), .. } => "Rejected".to_owned(),
    }
}

/// Writes texts down, a line each, in one language.
pub(crate) struct Page {
    locale: Locale,
    written: String,
}

impl Page {
    pub(crate) fn new(locale: Locale) -> Self {
        Self { locale, written: String::new() }
    }

    pub(crate) fn chapter(&mut self, name: &str) {
        let gap = if self.written.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.written, "{gap}## {name}");
    }

    pub(crate) fn say(&mut self, label: &str, text: &Text) {
        let words = text.render(&Catalogue::embedded(self.locale), &PlainFormatter);
        let _ = writeln!(self.written, "{label}: {words}");
    }

    pub(crate) fn say_all(&mut self, label: &str, texts: &[Text]) {
        texts.iter().for_each(|text| self.say(label, text));
    }

    pub(crate) fn note(&mut self, label: &str, value: &str) {
        let _ = writeln!(self.written, "{label}: {value}");
    }

    pub(crate) fn notice(&mut self, notice: &Notice) {
        self.note("tone", &format!("{:?}", notice.tone));
        self.say("heading", &notice.heading);
        self.say_all("line", &notice.lines);
        if let Some(reference) = &notice.reference {
            self.note("reference", reference);
        }
        if let Some(button) = &notice.button {
            self.say("button", button);
        }
    }

    pub(crate) fn finish(self) -> String {
        self.written
    }
}
