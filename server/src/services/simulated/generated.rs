//! Devices in number. The five thousand of the enrolment manager: varied names in two languages, platforms and ages; all
//! refused, because a device enrolled by an enrolment manager has every remote action off. And the five hundred of the
//! bench: every one can be reset, so that accepted resets can be measured.

use super::behaviour::mix;
use super::builder::device;
use super::fleet::SimulatedDevice;
use portal_contract::{ComplianceState, DeviceEnrollmentType as Enrollment};

/// How many the enrolment manager has.
const DEVICES: u64 = 5000;
/// How many the bench has.
const BENCH_DEVICES: u64 = 500;

const PLACES: [&str; 16] = [
    "東京本社",
    "大阪支店",
    "福岡工場",
    "札幌店",
    "名古屋倉庫",
    "仙台店",
    "広島支店",
    "受付",
    "Berlin",
    "Osaka Annex",
    "Warehouse 3",
    "Front Desk",
    "Loading Bay",
    "Gym",
    "Library",
    "Clinic",
];

const ROLES: [&str; 12] = [
    "レジ",
    "在庫",
    "巡回",
    "検品",
    "会議室",
    "案内",
    "Scanner",
    "Till",
    "Kiosk",
    "Loaner",
    "Training",
    "Signage",
];

/// Operating system, version, manufacturer, model.
const KINDS: [(&str, &str, &str, &str); 10] = [
    ("iOS", "18.6", "Apple", "iPhone SE"),
    ("iPadOS", "18.5", "Apple", "iPad"),
    ("Android", "6.0.1", "Zebra", "TC51"),
    ("AndroidEnterprise", "14", "Samsung", "Galaxy Tab A9"),
    ("AndroidEnterprise", "13", "Zebra", "TC26"),
    ("Windows", "10.0.26100", "Lenovo", "ThinkCentre"),
    ("Windows", "10.0.19045", "Fujitsu", "Esprimo"),
    ("macOS", "15.5", "Apple", "Mac mini"),
    ("ChromeOS", "137.0", "Acer", "Chromebook"),
    ("Windows 10 Mobile", "10.0.15254", "HP", "Elite x3"),
];

fn pick<T: Copy>(choices: &[T], random: u64, fallback: T) -> T {
    let index = usize::try_from(random % choices.len() as u64).unwrap_or(0);
    choices.get(index).copied().unwrap_or(fallback)
}

/// The devices, from the seed.
pub(super) fn depot(seed: u64) -> Vec<SimulatedDevice> {
    (1..=DEVICES).map(|number| one(mix(seed ^ mix(number)), number)).collect()
}

/// The devices of the bench: half of them get a temporary passcode (which is generated, sealed and stored), half lose theirs.
pub(super) fn bench() -> Vec<SimulatedDevice> {
    (1..=BENCH_DEVICES)
        .map(|number| {
            let (system, kind) = if number % 2 == 0 {
                (("Android", "6.0.1"), ("Zebra", "TC51"))
            } else {
                (("iOS", "18.6"), ("Apple", "iPhone SE"))
            };
            let (id, name) = (format!("d-bench-{number:03}"), format!("Bench {number:03}"));
            device("p-bench", &id, &name, system, kind)
        })
        .collect()
}

fn one(random: u64, number: u64) -> SimulatedDevice {
    let place = pick(&PLACES, random, "");
    let role = pick(&ROLES, random >> 8, "");
    let (system, version, manufacturer, model) = pick(&KINDS, random >> 16, ("Linux", "", "", ""));
    let minutes = i64::try_from((random >> 24) % (60 * 24 * 40)).unwrap_or(0);
    let simulated = device(
        "p-dem",
        &format!("d-dem-{number:04}"),
        &format!("{place} {role} {number:04}"),
        (system, version),
        (manufacturer, model),
    )
    .enrolled_by(Enrollment::DeviceEnrollmentManager)
    .category(place)
    .seen_minutes_ago(minutes);
    match (random >> 40) % 20 {
        0 => simulated.compliance(ComplianceState::Noncompliant).failing(
            "minimumOsVersion",
            "The operating system is too old",
            "",
        ),
        1 => simulated.compliance(ComplianceState::InGracePeriod).failing(
            "storageEncryption",
            "The storage is not encrypted",
            "",
        ),
        2 => simulated.never_seen().compliance(ComplianceState::Unknown),
        _ => simulated,
    }
}
