//! The policy table as a committed snapshot: one entry for every row of the specification's `platforms.md`,
//! taken from the sample fleet. The page's tests read the same file, so both sides agree on every row.
//!
//! After an intended change: `UPDATE_SNAPSHOTS=1 cargo test -p portal-server --test suite policy_rows`.

use portal_server::backend_simulated::{SimulatedDevice, sample_fleet};
use portal_server::domain::policy::decide_reset;
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
        "availability": decide_reset(device, &simulated.person).availability(),
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
    let shown: Vec<String> =
        sample_fleet(1).iter().map(|simulated| entry(simulated)["availability"].to_string()).collect();
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
