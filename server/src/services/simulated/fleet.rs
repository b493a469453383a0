//! The sample people's devices: the four platforms, one, every row of the policy table, every behaviour, five
//! thousand, and five hundred to measure with.

use super::behaviour::Behaviour;
use super::builder::device;
use super::generated::{bench, depot};
use crate::domain::category::Category;
use crate::domain::compliance::FailingRule;
use crate::domain::device::Device;
use crate::domain::person::PersonId;
use portal_contract::{ComplianceState, DeviceEnrollmentType as Enrollment, ManagementAgentType as Agent};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Which manners the service has that manages a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manners {
    /// Good ones: takes our identifier and our passcode, answers, cancels.
    Plain,
    /// Those of Microsoft Graph: issues its own passcode, knows no identifier of ours, says little.
    Cloud,
    /// Those of NanoMDM: answers by push only.
    Push,
}

/// One device of the sample fleet.
#[derive(Debug, Clone)]
pub struct SimulatedDevice {
    /// Whose list it is in.
    pub person: PersonId,
    /// Which service manages it.
    pub manners: Manners,
    /// Its facts.
    pub device: Device,
    /// How it reacts.
    pub behaviour: Behaviour,
    /// The organisation's rules that it does not meet.
    pub failing: Vec<FailingRule>,
    /// How long before the start it checked in, in milliseconds; `None`: never.
    pub checked_in_before_start_millis: Option<i64>,
    /// How long before the start it was enrolled, in milliseconds.
    pub enrolled_before_start_millis: i64,
}

/// The sample organisation's categories.
const CATEGORIES: [(&str, &str); 5] = [
    ("sales-jp", "営業"),
    ("sales", "Sales"),
    ("front-desk", "受付"),
    ("development", "開発"),
    ("loaner", "貸出"),
];

/// The sample organisation's categories, in the order in which they are offered.
pub(super) fn sample_categories() -> Vec<Category> {
    CATEGORIES.iter().filter_map(|(id, name)| Category::read(id, name)).collect()
}

/// Every device of the sample people. `seed` varies the generated ones.
#[must_use]
pub fn sample_fleet(seed: u64) -> Vec<SimulatedDevice> {
    let mut fleet = aiko();
    fleet.push(
        device("p-ben", "d-ben-iphone", "Ben's iPhone", ("iOS", "18.6"), ("Apple", "iPhone 15"))
            .supervised()
            .seen_minutes_ago(12)
            .category("Sales"),
    );
    fleet.extend(chiyo_android());
    fleet.extend(chiyo_apple());
    fleet.extend(chiyo_windows_and_others());
    fleet.extend(chiyo_across_platforms());
    fleet.extend(dana());
    fleet.extend(fumi());
    fleet.extend(depot(seed));
    fleet.extend(bench());
    fleet
}

/// The four platforms whose results flow.md defines.
fn aiko() -> Vec<SimulatedDevice> {
    let person = "p-aiko";
    vec![
        device(person, "d-aiko-android", "愛子の Xperia", ("Android", "6.0.1"), ("Sony", "Xperia Z5"))
            .seen_minutes_ago(3)
            .category("営業"),
        device(person, "d-aiko-iphone", "愛子の iPhone", ("iOS", "18.6"), ("Apple", "iPhone 16"))
            .seen_minutes_ago(25),
        device(
            person,
            "d-aiko-lumia",
            "愛子の Lumia",
            ("Windows 10 Mobile", "10.0.15254"),
            ("Microsoft", "Lumia 950"),
        )
        .seen_minutes_ago(7 * HOUR),
        device(
            person,
            "d-aiko-wp81",
            "古い Lumia",
            ("WindowsPhone", "8.10.14219.341"),
            ("Nokia", "Lumia 830"),
        )
        .seen_minutes_ago(2 * DAY)
        .compliance(ComplianceState::InGracePeriod)
        .failing(
            "minimumOsVersion",
            "OS のバージョンが古いままです",
            "Windows 10 Mobile が必要です。",
        ),
    ]
}

fn chiyo_android() -> Vec<SimulatedDevice> {
    let person = "p-chiyo";
    let work = Agent::GoogleCloudDevicePolicyController;
    vec![
        device(person, "d-chiyo-android6-admin", "古い Galaxy", ("Android", "6.0"), ("Samsung", "Galaxy S5"))
            .seen_minutes_ago(5 * DAY),
        device(person, "d-chiyo-android9-admin", "Galaxy S9", ("Android", "9"), ("Samsung", "Galaxy S9")),
        device(
            person,
            "d-chiyo-android-personal-work-profile",
            "わたしの Pixel",
            ("AndroidForWork", "15"),
            ("Google", "Pixel 9"),
        )
        .managed_by(work)
        .personal(),
        device(
            person,
            "d-chiyo-android-fully-managed",
            "社用 Pixel",
            ("AndroidEnterprise", "15"),
            ("Google", "Pixel 8"),
        )
        .managed_by(work)
        .enrolled_by(Enrollment::AndroidEnterpriseFullyManaged),
        device(
            person,
            "d-chiyo-android-corporate-work-profile",
            "社用 AQUOS",
            ("AndroidEnterprise", "14"),
            ("Sharp", "AQUOS sense8"),
        )
        .managed_by(work)
        .enrolled_by(Enrollment::AndroidEnterpriseCorporateWorkProfile),
        device(
            person,
            "d-chiyo-android-organization-policy",
            "倉庫の Pixel",
            ("AndroidEnterprise", "14"),
            ("Google", "Pixel 7a"),
        )
        .managed_by(work)
        .enrolled_by(Enrollment::AndroidEnterpriseFullyManaged)
        .organization_forbids(),
        device(
            person,
            "d-chiyo-android-reset-token",
            "新しい Pixel",
            ("AndroidEnterprise", "16"),
            ("Google", "Pixel 10"),
        )
        .managed_by(work)
        .enrolled_by(Enrollment::AndroidEnterpriseFullyManaged)
        .reset_token_inactive()
        .never_seen(),
        device(
            person,
            "d-chiyo-android-dedicated",
            "受付の端末",
            ("AndroidEnterprise", "13"),
            ("Zebra", "ET45"),
        )
        .managed_by(work)
        .enrolled_by(Enrollment::AndroidEnterpriseDedicatedDevice)
        .category("受付"),
    ]
}

fn chiyo_apple() -> Vec<SimulatedDevice> {
    let person = "p-chiyo";
    vec![
        device(person, "d-chiyo-iphone", "千代の iPhone", ("iOS", "18.5"), ("Apple", "iPhone 14"))
            .supervised(),
        device(person, "d-chiyo-ipad", "千代の iPad", ("iPadOS", "18.5"), ("Apple", "iPad Air"))
            .seen_minutes_ago(DAY),
        device(person, "d-chiyo-iphone-migrated", "移行した iPhone", ("iOS", "18.6"), ("Apple", "iPhone 13"))
            .unlock_token_missing(),
        device(person, "d-chiyo-iphone-open", "ロックなしの iPhone", ("iOS", "18.6"), ("Apple", "iPhone SE"))
            .without_passcode()
            .compliance(ComplianceState::Noncompliant)
            .failing(
                "passcodeRequired",
                "端末にパスコードが設定されていません",
                "6 文字以上のパスコードが必要です。",
            ),
        device(
            person,
            "d-chiyo-ios-user-enrolment",
            "わたしの iPhone",
            ("iOS", "18.6"),
            ("Apple", "iPhone 16 Pro"),
        )
        .enrolled_by(Enrollment::AppleUserEnrollment)
        .personal(),
        device(person, "d-chiyo-shared-ipad", "共有 iPad", ("iPadOS", "17.7"), ("Apple", "iPad"))
            .enrolled_by(Enrollment::AppleUserEnrollmentWithServiceAccount),
        device(person, "d-chiyo-visionos", "Vision Pro", ("visionOS", "2.5"), ("Apple", "Vision Pro")),
        device(
            person,
            "d-chiyo-visionos-old",
            "Vision Pro (旧)",
            ("visionOS", "1.0.3"),
            ("Apple", "Vision Pro"),
        ),
        device(person, "d-chiyo-mac", "千代の MacBook", ("macOS", "15.5"), ("Apple", "MacBook Air"))
            .compliance(ComplianceState::Noncompliant)
            .failing("storageEncryption", "FileVault がオンになっていません", "")
            .failing("minimumOsVersion", "macOS が古いままです", "15.6 以降が必要です。"),
    ]
}

fn chiyo_windows_and_others() -> Vec<SimulatedDevice> {
    let person = "p-chiyo";
    vec![
        device(
            person,
            "d-chiyo-windows10-mobile",
            "Lumia 650",
            ("Windows 10 Mobile", "10.0.15063"),
            ("Microsoft", "Lumia 650"),
        ),
        device(
            person,
            "d-chiyo-windowsphone10",
            "Elite x3",
            ("WindowsPhone", "10.0.15254.603"),
            ("HP", "Elite x3"),
        ),
        device(
            person,
            "d-chiyo-windowsphone81",
            "Lumia 735",
            ("WindowsPhone", "8.1"),
            ("Nokia", "Lumia 735"),
        ),
        device(person, "d-chiyo-windows81", "会議室の PC", ("Windows", "6.3.9600"), ("Fujitsu", "Lifebook"))
            .not_encrypted()
            .seen_minutes_ago(30 * DAY),
        device(
            person,
            "d-chiyo-windows-rt",
            "Surface RT",
            ("Windows RT", "6.3.9600"),
            ("Microsoft", "Surface RT"),
        )
        .seen_minutes_ago(90 * DAY),
        device(
            person,
            "d-chiyo-windows10",
            "千代の PC",
            ("Windows", "10.0.19045"),
            ("Lenovo", "ThinkPad X1"),
        )
        .enrolled_by(Enrollment::WindowsAzureADJoin),
        device(
            person,
            "d-chiyo-windows11",
            "新しい PC",
            ("Windows", "10.0.26100"),
            ("Panasonic", "Let's note"),
        )
        .enrolled_by(Enrollment::WindowsAutoEnrollment),
        device(person, "d-chiyo-linux", "開発機", ("Linux", "24.04"), ("Dell", "Precision")),
        device(person, "d-chiyo-chromeos", "Chromebook", ("ChromeOS", "137.0"), ("Acer", "Chromebook 514")),
        device(person, "d-chiyo-other", "MatePad", ("HarmonyOS", "4.2"), ("Huawei", "MatePad"))
            .compliance(ComplianceState::Unknown),
    ]
}

fn chiyo_across_platforms() -> Vec<SimulatedDevice> {
    let person = "p-chiyo";
    vec![
        device(person, "d-chiyo-not-primary-user", "部長の iPhone", ("iOS", "18.6"), ("Apple", "iPhone 15"))
            .of_primary_user("p-ben"),
        device(person, "d-chiyo-enrolment-manager", "貸出 iPhone", ("iOS", "17.7"), ("Apple", "iPhone SE"))
            .enrolled_by(Enrollment::DeviceEnrollmentManager),
        device(person, "d-chiyo-erase-pending", "消去予定の iPhone", ("iOS", "16.7"), ("Apple", "iPhone 8"))
            .erase_pending()
            .seen_minutes_ago(9 * DAY),
    ]
}

/// One device for each behaviour.
fn dana() -> Vec<SimulatedDevice> {
    let person = "p-dana";
    vec![
        device(person, "d-dana-normal", "Dana's iPhone", ("iOS", "18.6"), ("Apple", "iPhone 15")),
        device(person, "d-dana-notnow", "Busy iPad", ("iPadOS", "18.5"), ("Apple", "iPad Pro"))
            .that(Behaviour::NotNow)
            .seen_minutes_ago(HOUR),
        device(person, "d-dana-offline", "Train iPhone", ("iOS", "18.4"), ("Apple", "iPhone 13"))
            .that(Behaviour::OfflineForAnHour)
            .seen_minutes_ago(6 * HOUR),
        device(person, "d-dana-unlocktoken", "Restored iPhone", ("iOS", "17.6"), ("Apple", "iPhone 12"))
            .that(Behaviour::WrongUnlockToken),
        device(person, "d-dana-nopolicy", "Loose Xperia", ("Android", "5.1"), ("Sony", "Xperia Z3"))
            .that(Behaviour::NoPasscodePolicy)
            .compliance(ComplianceState::Noncompliant)
            .failing(
                "minimumOsVersion",
                "The operating system is too old",
                "Android 8.0 or later is required.",
            ),
        device(person, "d-dana-silent", "Drawer Galaxy", ("Android", "4.4.2"), ("Samsung", "Galaxy S4"))
            .that(Behaviour::Silent)
            .never_seen(),
        device(person, "d-dana-erased", "Retired Nexus", ("Android", "6.0.1"), ("LG", "Nexus 5"))
            .that(Behaviour::ErasedMeanwhile)
            .seen_minutes_ago(4 * DAY),
    ]
}

/// Devices of all three services.
fn fumi() -> Vec<SimulatedDevice> {
    let person = "p-fumi";
    vec![
        device(person, "d-fumi-xperia", "史の Xperia", ("Android", "6.0.1"), ("Sony", "Xperia Z5")),
        device(person, "c-fumi-pixel", "史の Pixel", ("AndroidEnterprise", "15"), ("Google", "Pixel 8"))
            .managed_by(Agent::GoogleCloudDevicePolicyController)
            .enrolled_by(Enrollment::AndroidEnterpriseFullyManaged)
            .in_cloud(),
        device(person, "c-fumi-iphone", "史の iPhone", ("iOS", "18.6"), ("Apple", "iPhone 16")).in_cloud(),
        device(person, "n-fumi-ipad", "史の iPad", ("iPadOS", "18.5"), ("Apple", "iPad Air")).by_push(),
        device(person, "n-fumi-iphone", "予備の iPhone", ("iOS", "17.7"), ("Apple", "iPhone SE"))
            .by_push()
            .that(Behaviour::NotNow),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_device_has_its_own_identifier_and_serial_number() {
        let fleet = sample_fleet(1);
        let ids: HashSet<_> = fleet.iter().map(|simulated| simulated.device.id.clone()).collect();
        let serials: HashSet<_> =
            fleet.iter().map(|simulated| simulated.device.serial_number.clone()).collect();
        assert_eq!((ids.len(), serials.len()), (fleet.len(), fleet.len()));
    }

    #[test]
    fn the_people_have_as_many_devices_as_people_json_says() {
        let fleet = sample_fleet(1);
        let of = |person: &str| fleet.iter().filter(|simulated| simulated.person.as_str() == person).count();
        assert_eq!((of("p-aiko"), of("p-ben"), of("p-emil"), of("p-dem")), (4, 1, 0, 5000));
    }

    #[test]
    fn a_sample_person_is_told_why_a_device_does_not_meet_the_rules() {
        let fails = |one: &&SimulatedDevice| {
            matches!(
                one.device.compliance_state,
                ComplianceState::Noncompliant | ComplianceState::InGracePeriod
            )
        };
        let fleet = sample_fleet(1);
        for one in fleet.iter() {
            assert_eq!(fails(&one), !one.failing.is_empty(), "{}", one.device.id);
        }
    }

    #[test]
    fn every_category_can_be_chosen_and_told_from_the_others() {
        let ids: HashSet<_> = sample_categories().into_iter().map(|one| one.id.as_str().to_owned()).collect();
        assert_eq!(ids.len(), CATEGORIES.len());
    }

    #[test]
    fn every_device_of_the_bench_can_be_reset() {
        use crate::domain::action::ActionKind;
        use crate::domain::policy::{Decision, decide};
        let fleet = sample_fleet(1);
        let bench: Vec<_> = fleet.iter().filter(|simulated| simulated.person.as_str() == "p-bench").collect();
        assert_eq!(bench.len(), 500);
        let is_allowed = |one: &&SimulatedDevice| {
            matches!(decide(ActionKind::ResetPasscode, &one.device, &one.person), Decision::Allowed(_))
        };
        assert!(bench.iter().all(is_allowed));
    }
}
