//! The policy table as a committed snapshot: one entry for every row of the specification's `platforms.md`,
//! taken from the sample fleet. The page's tests read the same file, so both sides agree on every row.
//!
//! After an intended change: `UPDATE_SNAPSHOTS=1 cargo test -p portal-server --test suite policy_rows`.

use portal_server::domain::action::ActionKind;
use portal_server::domain::policy::decide;
use portal_server::services::simulated::{SimulatedDevice, sample_fleet};
use serde_json::{Value, json};
use std::path::Path;

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/policy_rows.json");

fn entry(simulated: &SimulatedDevice) -> Value {
    let device = &simulated.device;
    json!({
        "row": device.id.as_str().trim_start_matches("d-chiyo-"),
        "device": {
            "operatingSystem": device.operating_system,
            "osVersion": device.os_version,
            "managementAgent": device.management_agent,
            "deviceEnrollmentType": device.enrollment_type,
            "managedDeviceOwnerType": device.owner_type,
        },
        "availability": decide(ActionKind::ResetPasscode, device, &simulated.person).availability(),
        "remoteLock": decide(ActionKind::RemoteLock, device, &simulated.person).availability(),
        "syncDevice": decide(ActionKind::SyncDevice, device, &simulated.person).availability(),
        "retire": decide(ActionKind::Retire, device, &simulated.person).availability(),
        "wipe": decide(ActionKind::Wipe, device, &simulated.person).availability(),
        "rebootNow": decide(ActionKind::RebootNow, device, &simulated.person).availability(),
        "setCategory": decide(ActionKind::SetCategory, device, &simulated.person).availability(),
        "showRecoveryKey": decide(ActionKind::ShowRecoveryKey, device, &simulated.person).availability(),
        "showLocalAdministratorPassword":
            decide(ActionKind::ShowLocalAdministratorPassword, device, &simulated.person).availability(),
    })
}

#[test]
fn the_committed_snapshot_is_what_the_policy_table_says() {
    let rows: Vec<Value> = sample_fleet(1)
        .iter()
        .filter(|simulated| simulated.person.as_str() == "p-chiyo")
        .map(entry)
        .collect();
    let text = serde_json::to_string_pretty(&rows).unwrap() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(Path::new(SNAPSHOT).parent().unwrap()).unwrap();
        std::fs::write(SNAPSHOT, &text).unwrap();
    }
    let committed = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    assert!(committed == text, "stale: run again with UPDATE_SNAPSHOTS=1 and review the difference");
}

#[test]
fn the_sample_fleet_shows_every_reason_and_every_outcome() {
    let shown: Vec<String> = sample_fleet(1).iter().map(|simulated| entry(simulated).to_string()).collect();
    // What the service does not have is no row of the table.
    let of_devices = portal_contract::RefusalReason::KNOWN
        .iter()
        .filter(|reason| **reason != portal_contract::RefusalReason::NotOfferedByService);
    for reason in of_devices {
        assert!(shown.iter().any(|text| text.contains(reason.as_str())), "no sample device shows {reason:?}");
    }
    for outcome in ["lettersAndDigits", "\"digits\"", "passcodeRemoved"] {
        assert!(shown.iter().any(|text| text.contains(outcome)), "no sample device shows {outcome}");
    }
}

/// What devices really report; the page reads the same spellings (`src/domain/platform.rs`).
#[test]
fn the_spellings_of_versions_that_devices_report_are_read() {
    use portal_server::domain::policy::{Row, row_of};
    let fleet = sample_fleet(1);
    let phone = &fleet.iter().find(|one| one.device.id.as_str() == "d-chiyo-windowsphone81").unwrap().device;
    for (system, version, row) in [
        ("WindowsPhone", "8.1", Row::WindowsPhone81),
        ("WindowsPhone", "8.10.14219.341", Row::WindowsPhone81),
        ("Windows Phone 8.1", "", Row::WindowsPhone81),
        ("Windows Phone", "", Row::OtherPlatform),
        ("WindowsPhone", "8.0.10512", Row::OtherPlatform),
        ("WindowsPhone", "7.10.8783", Row::OtherPlatform),
        ("WindowsPhone", "10.0.15063", Row::Windows10Mobile),
        ("Windows 10 Mobile", "10.0.15254", Row::Windows10Mobile),
        ("visionOS", "1.1", Row::VisionOs),
        ("visionOS", "1.0.3", Row::VisionOsTooOld),
        // Not known is not old.
        ("visionOS", "", Row::OtherPlatform),
    ] {
        let mut device = phone.clone();
        system.clone_into(&mut device.operating_system);
        version.clone_into(&mut device.os_version);
        assert_eq!(row_of(&device), row, "{system} {version}");
    }
}
