//! What one side writes the other reads, and what neither side has heard of does not break either.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code fails loudly")]

use portal_contract::*;
use proptest::prelude::*;
use serde_json::{Value, from_value, json, to_value};

fn moment(text: &str) -> Option<i64> {
    UtcTime::parse(text).map(UtcTime::unix_millis)
}

#[test]
fn dates_are_read_in_every_form_the_field_writes_them() {
    let cases = [
        ("1970-01-01T00:00:00Z", Some(0)),
        ("2026-01-01T00:00:00Z", Some(1_767_225_600_000)),
        ("2026-01-01T00:00:00.1234567Z", Some(1_767_225_600_123)),
        ("2026-01-01T00:00:00.9999999Z", Some(1_767_225_600_999)),
        ("2026-01-01T00:00:00.5Z", Some(1_767_225_600_500)),
        ("2026-01-01T09:00:00+09:00", Some(1_767_225_600_000)),
        ("0001-01-01T00:00:00Z", Some(UtcTime::NEVER.unix_millis())),
        ("2026-01-01", None),
        ("2026-01-01T00:00:00", None),
        ("2026-13-01T00:00:00Z", None),
        ("", None),
        ("never", None),
    ];
    for (text, wanted) in cases {
        assert_eq!(moment(text), wanted, "{text}");
    }
    assert!(UtcTime::parse("0001-01-01T00:00:00.0000000Z").unwrap().is_never());
    assert!(!UtcTime::from_unix_millis(0).is_never());
}

/// Each enumeration: its wire names come back, a name of the future is `Other`.
macro_rules! round_trip {
    ($($name:ident),+) => {$(
        for value in $name::KNOWN {
            assert_eq!(from_value::<$name>(json!(value.as_str())).unwrap(), *value);
            assert_eq!(to_value(value).unwrap(), json!(value.as_str()));
            assert_eq!($name::from_wire(value.as_str()), *value);
        }
        assert_eq!(from_value::<$name>(json!("valueOfTheFuture")).unwrap(), $name::Other);
        assert_eq!($name::from_wire("valueOfTheFuture"), $name::Other);
        assert_eq!(to_value($name::Other).unwrap(), json!("other"));
    )+};
}

#[test]
fn a_date_that_an_offset_leads_out_of_the_calendar_stays_at_its_edge() {
    // Found by fuzzing: written again, such a moment became "never".
    assert_eq!(moment("9999-12-31T23:59:59.999999999-23:59"), moment("9999-12-31T23:59:59.999Z"));
    assert_eq!(moment("0000-01-01T00:00:00+23:59"), moment("0001-01-01T00:00:00Z"));
}

#[test]
fn every_enumeration_keeps_its_names_and_survives_new_ones() {
    round_trip!(
        ActionName,
        ActionState,
        FailureCode,
        RefusalReason,
        CharacterSet,
        ManagedDeviceOwnerType,
        ComplianceState,
        ManagementAgentType,
        DeviceEnrollmentType,
        NotificationKind,
        ProblemCode,
        ActionProgress,
        HistoryActivity,
        HistoryActor,
        ClientBrowser,
        ClientSystem,
        ClientNetwork
    );
}

fn device() -> Value {
    json!({
        "id": "a", "operatingSystem": "iOS", "managedDeviceOwnerType": "company",
        "deviceEnrollmentType": "appleBulkWithUser", "managementAgent": "mdm", "complianceState": "compliant",
        "complianceGracePeriodExpirationDateTime": "0001-01-01T00:00:00Z",
        "lastSyncDateTime": "2026-01-01T00:00:00.1234567Z", "enrolledDateTime": "2026-01-01T00:00:00Z"
    })
}

#[test]
fn a_device_needs_little_and_tolerates_much() {
    let read: ManagedDevice = from_value(device()).unwrap();
    assert_eq!((read.device_name.as_str(), read.actions.get(ActionName::ResetPasscode)), ("", None));
    assert!(read.device_action_results.is_empty());
    let mut rich = device();
    rich["fieldOfTheFuture"] = json!([{ "x": 1 }]);
    rich["managementAgent"] = json!("agentOfTheFuture");
    rich["actions"] = json!({ "resetPasscode": { "allowed": true, "more": 1,
        "outcome": { "kind": "temporaryPasscode", "characterSet": "emoji", "length": 6 } }, "wipe": { "allowed": true } });
    let read: ManagedDevice = from_value(rich).unwrap();
    assert_eq!(read.management_agent, ManagementAgentType::Other);
    let action = read.actions.get(ActionName::ResetPasscode).unwrap();
    let outcome = ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Other };
    assert_eq!((action.allowed, action.outcome), (true, Some(outcome)));
    let unknown: ResetOutcome = from_value(json!({ "kind": "teleport", "x": 1 })).unwrap();
    assert_eq!(unknown, ResetOutcome::Other);
}

#[test]
fn outcomes_are_written_as_the_specification_spells_them() {
    let outcome = ResetOutcome::TemporaryPasscode { character_set: CharacterSet::LettersAndDigits };
    assert_eq!(
        to_value(outcome).unwrap(),
        json!({ "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" })
    );
    assert_eq!(to_value(ResetOutcome::PasscodeRemoved).unwrap(), json!({ "kind": "passcodeRemoved" }));
}

#[test]
fn a_page_links_to_the_next_one_by_its_odata_name() {
    let page: Page<i32> = from_value(json!({ "value": [1], "@odata.nextLink": "/x" })).unwrap();
    assert_eq!(page.next_link.as_deref(), Some("/x"));
    assert_eq!(
        to_value(Page { value: vec![1], next_link: None, unavailable_services: Vec::new() }).unwrap(),
        json!({ "value": [1] })
    );
}

#[test]
fn a_problem_is_read_although_only_its_code_is_there() {
    let problem: Problem = from_value(json!({ "code": "notFound" })).unwrap();
    assert_eq!(
        (problem.code, problem.request_id.as_str(), problem.reason),
        (ProblemCode::NotFound, "", None)
    );
    assert!(from_value::<Problem>(json!({ "title": "x" })).is_err(), "without a code it is not ours");
    let whole = json!({ "type": "about:blank", "title": "t", "status": 403, "code": "actionNotAllowed",
        "requestId": "r", "reason": "sharedIpad" });
    assert_eq!(to_value(from_value::<Problem>(whole.clone()).unwrap()).unwrap(), whole);
}

#[test]
fn branding_spells_it_in_capitals() {
    let wire = json!({ "displayName": "Contoso", "contactITName": "IT", "contactITPhoneNumber": "1",
        "contactITEmailAddress": "a@b", "contactITNotes": "n" });
    let branding: Branding = from_value(wire).unwrap();
    assert_eq!((branding.contact_it_name.as_str(), branding.contact_it_notes.as_str()), ("IT", "n"));
    assert_eq!(from_value::<Branding>(json!({})).unwrap(), Branding::default());
}

#[test]
fn a_passcode_crosses_the_wire_and_no_debug() {
    let wire = json!({ "passcode": "S3CRET", "characterSet": "digits", "expiresDateTime": "2026-01-01T00:00:00Z",
        "resultId": "r" });
    let passcode: TemporaryPasscode = from_value(wire).unwrap();
    assert_eq!(passcode.passcode.reveal(), "S3CRET");
    assert_eq!(to_value(&passcode).unwrap()["passcode"], "S3CRET");
    assert!(!format!("{passcode:?}").contains("S3CRET"));
}

#[test]
fn only_pending_and_active_are_open() {
    let open: Vec<_> = ActionState::KNOWN.iter().filter(|state| state.is_open()).collect();
    assert_eq!(open, [&ActionState::Pending, &ActionState::Active]);
    assert!(!ActionState::Other.is_open());
}

#[cfg(feature = "write-dates")]
#[test]
fn written_dates_are_read_again() {
    for millis in [0, 1_767_225_600_123, UtcTime::NEVER.unix_millis()] {
        let time = UtcTime::from_unix_millis(millis);
        assert_eq!(UtcTime::parse(&time.to_rfc3339()), Some(time));
    }
}

proptest! {
    #[test]
    fn no_text_makes_reading_a_date_panic(text in ".{0,40}") {
        let _ = UtcTime::parse(&text);
    }

    #[test]
    fn a_fraction_of_any_length_is_cut_to_milliseconds(fraction in "[0-9]{1,9}") {
        let padded = format!("{fraction:0<3}");
        let wanted: i64 = padded[..3].parse().unwrap();
        prop_assert_eq!(moment(&format!("1970-01-01T00:00:00.{fraction}Z")), Some(wanted));
    }
}

/// The readers of `portal_contract::json` against the derived ones, over everything the derived writers can produce and
/// over damaged forms of it. What the derived ones read, these read as the same. They differ by intention in three points: the
/// compact reader takes `null` and values of another kind for "missing" wherever the rest is of use without them, leaves out
/// entries that it cannot read, and does not take a list for an object (the derived one does).
mod compact_readers {
    use super::*;
    use portal_contract::json::{Fields, read_text};
    use serde::de::DeserializeOwned;
    use std::fmt::Debug;

    fn device() -> Value {
        json!({
            "id": "d-1", "deviceName": "Phone", "managedDeviceName": "m", "operatingSystem": "iOS", "osVersion": "17.1",
            "manufacturer": "Apple", "model": "iPhone", "serialNumber": "S", "managedDeviceOwnerType": "company",
            "deviceEnrollmentType": "userEnrollment", "managementAgent": "mdm", "complianceState": "compliant",
            "complianceGracePeriodExpirationDateTime": "0001-01-01T00:00:00Z",
            "lastSyncDateTime": "2026-01-01T00:00:00.1234567Z", "enrolledDateTime": "2025-01-01T00:00:00Z",
            "isEncrypted": true, "isSupervised": false, "deviceCategoryDisplayName": "c",
            "deviceActionResults": [result()],
            "actions": {
                "resetPasscode": { "allowed": true, "commandExpiresAfterSeconds": 600,
                    "outcome": { "kind": "temporaryPasscode", "characterSet": "digits" } },
                "remoteLock": { "allowed": false, "reason": "notOfferedByService" } }
        })
    }

    fn result() -> Value {
        json!({ "id": "r-1", "actionName": "resetPasscode", "actionState": "failed",
            "startDateTime": "2026-01-01T00:00:00Z", "lastUpdatedDateTime": "2026-01-01T00:00:01Z",
            "errorCode": "commandExpired", "progress": "notNow", "expiresDateTime": "2026-01-01T00:10:00Z" })
    }

    fn entry() -> Value {
        json!({ "id": "h-1", "occurredDateTime": "2026-01-01T00:00:00Z", "activity": "resetRefused",
            "actor": "person", "actorName": "A", "code": "actionNotAllowed", "reason": "windowsPc",
            "errorCode": "commandExpired", "deviceId": "d-1", "deviceName": "Phone", "resultId": "r-1",
            "client": client(), "reference": "q-1" })
    }

    fn client() -> Value {
        json!({ "browser": "firefox", "system": "macOS", "network": "public", "address": "203.0.113.x" })
    }

    fn compare<T: DeserializeOwned + PartialEq + Debug>(value: &Value, read: fn(&Fields<'_>) -> T) {
        if let Ok(derived) = from_value::<T>(value.clone()) {
            assert_eq!(read_text(&value.to_string(), read), Some(derived), "{value}");
        }
    }

    /// The value itself, without each field, with each field of another kind or of the future, and no object at all.
    fn compare_all<T: DeserializeOwned + PartialEq + Debug>(value: &Value, read: fn(&Fields<'_>) -> T) {
        compare(value, read);
        for name in value.as_object().unwrap().keys() {
            let mut without = value.clone();
            without.as_object_mut().unwrap().remove(name);
            compare(&without, read);
            for other in [json!(7), json!("word of the future"), json!({ "x": 1 })] {
                let mut damaged = value.clone();
                damaged[name.as_str()] = other;
                compare(&damaged, read);
            }
        }
        let mut more = value.clone();
        more["fieldOfTheFuture"] = json!({ "a": [1, 2] });
        compare(&more, read);
        for nothing in [json!(null), json!("text"), json!(7)] {
            compare(&nothing, read);
        }
    }

    #[test]
    fn they_read_and_refuse_what_the_derived_ones_do() {
        compare_all(&device(), ManagedDevice::read);
        compare_all(&result(), DeviceActionResult::read);
        compare_all(&json!({ "allowed": false, "reason": "windowsPc" }), ActionAvailability::read);
        compare_all(&entry(), HistoryEntry::read);
        compare_all(&client(), ClientDescription::read);
        compare_all(
            &json!({ "resultId": "r-1", "reference": "q-1", "reportedDateTime": "2026-01-01T00:00:00Z" }),
            UnrecognizedReport::read,
        );
        compare_all(&json!({ "deviceId": "d-1" }), ChangeEvent::read);
        compare_all(&json!({ "notificationId": "n-1" }), ChangeEvent::read);
        compare_all(&json!({ "value": true }), RevokedSessions::read);
        compare_all(&json!({ "id": "c-1", "displayName": "Sales" }), DeviceCategory::read);
        let app = json!({ "id": "a", "displayName": "n", "version": "1", "publisher": "p", "state": "failed", "failure": "f" });
        compare_all(&app, DeviceApp::read);
        compare_all(&json!({ "label": "l", "value": "v" }), SecretPart::read);
        let secret = json!({ "kind": "recoveryKey", "parts": [{ "label": "l", "value": "v" }],
            "expiresDateTime": "2026-01-01T00:00:00Z", "resultId": "r-1" });
        for without in ["kind", "expiresDateTime", "resultId"] {
            let mut damaged = secret.clone();
            damaged.as_object_mut().unwrap().remove(without);
            compare(&damaged, IssuedSecret::read);
        }
        compare(&secret, IssuedSecret::read);
        let rule = json!({ "code": "c", "title": "t", "detail": "d", "policyName": "p" });
        compare_all(&rule, FailingRule::read);
        let compliance = json!({ "access": "allowedForNow", "complianceState": "inGracePeriod", "failingRules": [rule],
            "allowedUntilDateTime": "2026-01-02T00:00:00Z", "lastCheckedDateTime": "2026-01-01T00:00:00Z" });
        compare_all(&compliance, DeviceCompliance::read);
        compare_all(device().get("actions").unwrap(), DeviceActions::read);
        for outcome in [
            json!({ "kind": "passcodeRemoved" }),
            json!({ "kind": "temporaryPasscode", "characterSet": "digits" }),
        ] {
            compare_all(&outcome, ResetOutcome::read);
        }
        compare_all(
            &json!({ "id": "p", "displayName": "A", "userPrincipalName": "a@b", "authTime": "2026-01-01T00:00:00Z" }),
            Me::read,
        );
        compare_all(
            &json!({ "displayName": "O", "themeColor": "#000000", "logo": "/l.svg", "contactITName": "IT",
                "contactITPhoneNumber": "1", "contactITEmailAddress": "i@t", "onlineSupportSiteName": "S",
                "onlineSupportSiteUrl": "https://s", "contactITNotes": "n", "privacyUrl": "https://p" }),
            Branding::read,
        );
        compare_all(
            &json!({ "passcode": "ab12", "characterSet": "lettersAndDigits",
                "expiresDateTime": "2026-01-01T00:00:00Z", "resultId": "r" }),
            TemporaryPasscode::read,
        );
        compare_all(
            &json!({ "type": "about:blank", "title": "t", "status": 403, "detail": "d", "code": "actionNotAllowed",
                "requestId": "q", "reason": "macRecoveryKey" }),
            Problem::read,
        );
    }

    #[test]
    fn a_page_without_its_list_is_no_page() {
        let read = |fields: &Fields<'_>| Page::read(fields, DeviceActionResult::read);
        let page = json!({ "value": [result()], "@odata.nextLink": "/next" });
        compare(&page, read);
        let with_an_odd_one = json!({ "value": [result(), { "id": 1 }] });
        assert_eq!(read_text(&with_an_odd_one.to_string(), read).map(|page| page.value.len()), Some(1));
        for none in [json!({}), json!({ "value": {} }), json!({ "value": [], "@odata.nextLink": 7 })] {
            assert_eq!(read_text(&none.to_string(), read), None, "{none}");
        }
    }
}

#[test]
fn actions_are_an_object_with_a_field_for_each_in_the_order_they_were_given() {
    let refused = json!({ "allowed": false, "reason": "windowsPc" });
    let wire = json!({ "syncDevice": { "allowed": true }, "resetPasscode": refused, "danceNow": { "allowed": true } });
    let read: DeviceActions = from_value(wire).unwrap();
    assert_eq!(
        read.get(ActionName::ResetPasscode).and_then(|one| one.reason),
        Some(RefusalReason::WindowsPc)
    );
    assert_eq!(read.get(ActionName::RemoteLock), None);
    assert_eq!(
        read.get(ActionName::Other),
        None,
        "an action of the future is not offered under another one's name"
    );
    let allowed = ActionAvailability {
        allowed: true,
        reason: None,
        outcome: None,
        command_expires_after_seconds: None,
    };
    let given: DeviceActions =
        [(ActionName::SyncDevice, allowed), (ActionName::RemoteLock, allowed)].into_iter().collect();
    assert_eq!(
        serde_json::to_string(&given).unwrap(),
        r#"{"syncDevice":{"allowed":true},"remoteLock":{"allowed":true}}"#
    );
}

#[test]
fn a_passcode_without_a_word_about_it_is_confirmed_as_it_was_before_there_was_one() {
    let wire = json!({ "passcode": "ab12", "characterSet": "digits", "expiresDateTime": "2026-01-01T00:00:00Z",
        "resultId": "r" });
    assert!(from_value::<TemporaryPasscode>(wire.clone()).unwrap().is_confirmed);
    let mut uncertain = wire;
    uncertain["isConfirmed"] = json!(false);
    assert!(!from_value::<TemporaryPasscode>(uncertain).unwrap().is_confirmed);
}
