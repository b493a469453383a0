//! Devices of Microsoft Intune: whose they are is checked of every one, and an answer that cannot be right is none.

use crate::support::graph::{ADA, BOB, OTHER_PHONE, PHONE, android, iphone};
use crate::support::graph_schemas::{folder, schemas};
use crate::support::{GraphFault, SimulatedGraph};
use portal_contract::{RefusalReason, UtcTime};
use portal_server::domain::action::ActionKind;
use portal_server::domain::device::Device;
use portal_server::domain::ids::DeviceId;
use portal_server::domain::person::PersonId;
use portal_server::domain::policy::{Allowed, Decision, Reset, decide};
use portal_server::ports::{DeviceService as _, PageRequest, ServiceError};
use portal_server::services::graph::{CommandRecord, GraphService, GraphSettings};
use portal_server::system::SystemRandomness;
use serde_json::{Value, json};
use std::sync::Arc;

const BUSY: ServiceError = ServiceError::Busy { retry_after_millis: None };
const ALL: PageRequest = PageRequest { size: 100, after: None };

struct Tenant {
    graph: SimulatedGraph,
    service: GraphService,
    _folder: tempfile::TempDir,
}

impl Tenant {
    async fn start() -> Self {
        let graph = SimulatedGraph::start().await;
        Self::over(graph).await
    }

    async fn over(graph: SimulatedGraph) -> Self {
        Self::hiding(graph, false).await
    }

    async fn hiding(graph: SimulatedGraph, hides: bool) -> Self {
        Self::with(graph, |settings| settings.hide_blocked_actions = hides).await
    }

    async fn with(graph: SimulatedGraph, change: impl FnOnce(&mut GraphSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = UtcTime::from_unix_millis(graph.clock.millis());
        let record = CommandRecord::open(&folder.path().join("record.sqlite"), now).await.unwrap();
        let (clock, randomness) = (graph.clock.clone(), Arc::new(SystemRandomness));
        let mut settings = graph.settings();
        change(&mut settings);
        let service = GraphService::new(settings, record, clock, randomness).unwrap();
        Self { graph, service, _folder: folder }
    }

    async fn list(&self, page: &PageRequest) -> Result<Vec<String>, ServiceError> {
        let found = self.service.devices_of(&ada(), page).await?;
        Ok(found.devices.iter().map(|device| device.id.to_string()).collect())
    }

    async fn one(&self, id: &str) -> Result<Option<Device>, ServiceError> {
        self.service.device(&ada(), &DeviceId::trusted(id.to_owned())).await
    }
}

fn ada() -> PersonId {
    PersonId::new(ADA.to_owned())
}

fn numbered(number: usize) -> String {
    format!("705c034c-034c-705c-4c03-{number:012x}")
}

#[tokio::test]
async fn a_persons_devices_are_listed_page_by_page_in_an_order_of_our_own() {
    let tenant = Tenant::start().await;
    {
        let mut memory = tenant.graph.memory();
        memory.devices = (1..=9).rev().map(|number| iphone(&numbered(number), ADA)).collect();
        memory.devices.push(iphone(&numbered(77), BOB));
        memory.page = 2;
    }
    for size in [1, 2, 4, 100] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = tenant.service.devices_of(&ada(), &PageRequest { size, after }).await.unwrap();
            assert!(page.devices.len() <= size);
            found.extend(page.devices.iter().map(|device| device.id.to_string()));
            after = page.next_after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, (1..=9).map(numbered).collect::<Vec<_>>(), "{size} a page");
    }
    let headers = tenant.graph.memory().headers.clone();
    assert!(headers["user-agent"].to_str().unwrap().starts_with("passcode-portal/"));
    assert_eq!(headers["prefer"], "include-unknown-enum-members");
    assert_eq!(headers["client-request-id"].len(), 36);
    tenant.graph.assert_described();
}

#[tokio::test]
async fn where_the_list_of_a_user_is_shut_the_filtered_one_is_asked() {
    let tenant = Tenant::start().await;
    tenant.graph.memory().users_are_forbidden = true;
    tenant.graph.memory().devices.push(iphone(BOB, BOB));
    assert_eq!(tenant.list(&ALL).await.unwrap(), [PHONE, OTHER_PHONE]);
    let filter = format!("GET /beta/deviceManagement/managedDevices?$filter=userId%20eq%20%27{ADA}%27&");
    assert_eq!(tenant.graph.called(&filter), 1);
    assert_eq!(tenant.service.ready().await, Ok(()), "a way that is shut is no fault while another is open");
    tenant.list(&ALL).await.unwrap();
    assert_eq!(tenant.graph.called("GET /beta/users"), 1, "it is remembered");
    tenant.graph.fails("GET /beta/deviceManagement", GraphFault::error(403, "Forbidden"));
    assert_eq!(tenant.list(&ALL).await, Err(BUSY));
    assert_eq!(tenant.service.ready().await, Err(BUSY));
    tenant.service.look().await;
    assert_eq!(tenant.service.ready().await, Ok(()), "it comes back by itself");
    tenant.graph.assert_described();
}

#[tokio::test]
async fn a_filter_that_is_ignored_shows_nobody_anything_and_reads_no_further() {
    let tenant = Tenant::start().await;
    {
        let mut memory = tenant.graph.memory();
        memory.users_are_forbidden = true;
        memory.ignores_filter = true;
        memory.devices.insert(1, iphone(&numbered(5), BOB));
        memory.page = 2;
    }
    assert_eq!(tenant.list(&ALL).await, Err(ServiceError::NoAnswer));
    assert_eq!(tenant.graph.called("GET /beta/deviceManagement"), 1, "the rest is not read");
    for user in [json!(""), json!(null), json!("00000000-0000-0000-0000-000000000000")] {
        tenant.graph.memory().devices = vec![iphone(PHONE, ADA), iphone(OTHER_PHONE, ADA)];
        tenant.graph.memory().devices[1]["userId"] = user.clone();
        assert_eq!(tenant.list(&ALL).await, Err(ServiceError::NoAnswer), "{user}");
    }
}

#[tokio::test]
async fn a_device_that_cannot_be_read_hides_only_itself() {
    let tenant = Tenant::start().await;
    let odd =
        [json!({ "id": 7, "userId": ADA }), json!({ "id": "..", "userId": ADA }), json!("text"), json!(null)];
    let listed = [&odd[..2], &[iphone(PHONE, ADA)], &odd[2..], &[iphone(OTHER_PHONE, ADA)]].concat();
    let body = json!({ "value": listed }).to_string();
    tenant.graph.fails("GET", GraphFault::Says { status: 200, headers: Vec::new(), body, is_done: false });
    let mut ids = tenant.list(&ALL).await.unwrap();
    ids.sort();
    let mut expected = [PHONE.to_owned(), OTHER_PHONE.to_owned()];
    expected.sort();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn a_person_of_another_provider_has_nothing_and_nothing_is_asked() {
    let tenant = Tenant::start().await;
    for person in ["p-aiko", "", "..", "' or true or userId eq '", "00000000-0000-0000-0000-000000000000"] {
        let person = PersonId::new(person.to_owned());
        assert!(tenant.service.devices_of(&person, &ALL).await.unwrap().devices.is_empty());
        assert_eq!(tenant.service.device(&person, &DeviceId::trusted(PHONE.to_owned())).await, Ok(None));
    }
    for device in ["d-1", "..", "../users"] {
        assert_eq!(tenant.one(device).await, Ok(None));
    }
    assert!(tenant.graph.memory().calls.is_empty() && tenant.graph.memory().token_requests.is_empty());
}

#[tokio::test]
async fn a_list_goes_on_only_where_it_began_and_not_for_ever() {
    let tenant = Tenant::start().await;
    let elsewhere = SimulatedGraph::start().await;
    for link in [
        format!("{}/beta/users/{ADA}/managedDevices", elsewhere.url),
        "https://graph.microsoft.com.example/beta".to_owned(),
        "no address".to_owned(),
    ] {
        tenant.graph.memory().next_link = Some(link.clone());
        assert_eq!(tenant.list(&ALL).await, Err(ServiceError::NoAnswer), "{link}");
    }
    assert!(elsewhere.memory().calls.is_empty());
    let circle = format!("{}/beta/users/{ADA}/managedDevices?%24skiptoken=0", tenant.graph.url);
    tenant.graph.memory().next_link = Some(circle);
    let before = tenant.graph.called("GET");
    assert_eq!(tenant.list(&ALL).await, Err(ServiceError::NoAnswer));
    assert_eq!(tenant.graph.called("GET") - before, 20);
    let redirect = GraphFault::Says {
        status: 302,
        headers: vec![("location", format!("{}/beta", elsewhere.url))],
        body: String::new(),
        is_done: false,
    };
    tenant.graph.fails("GET", redirect);
    assert_eq!(tenant.list(&ALL).await, Err(ServiceError::NoAnswer));
    assert!(elsewhere.memory().calls.is_empty(), "no redirection is followed");
}

#[tokio::test]
async fn one_device_is_that_of_its_user_or_none() {
    let tenant = Tenant::start().await;
    assert_eq!(tenant.one(PHONE).await.unwrap().map(|device| device.id.to_string()), Some(PHONE.to_owned()));
    tenant.graph.memory().devices.push(iphone(BOB, BOB));
    assert_eq!(tenant.one(BOB).await, Ok(None), "another person's");
    assert_eq!(tenant.one(&numbered(1)).await, Ok(None), "none");
    tenant.graph.fails("GET", GraphFault::says(404, "<h1>not found</h1>"));
    assert_eq!(tenant.one(PHONE).await, Err(ServiceError::NoAnswer), "a proxy's 404 is not Graph's");
    tenant.graph.fails("GET", GraphFault::says(200, &android(OTHER_PHONE, ADA).to_string()));
    assert_eq!(tenant.one(PHONE).await, Err(ServiceError::NoAnswer), "another device than asked for");
    assert_eq!(
        tenant.graph.called(&format!("GET /beta/users/{ADA}/managedDevices/")),
        0,
        "there is no such route"
    );
    let mut long = android(PHONE, ADA);
    long["deviceName"] = json!("x".repeat(4 * 1024 * 1024));
    tenant.graph.fails("GET", GraphFault::says(200, &long.to_string()));
    assert_eq!(tenant.one(PHONE).await, Err(ServiceError::NoAnswer), "longer than an answer may be");
    tenant.graph.assert_described();
}

#[tokio::test]
async fn the_policy_decides_by_what_the_words_mean() {
    let tenant = Tenant::start().await;
    let reset = async |change: Value| {
        let mut device = iphone(PHONE, ADA);
        for (key, value) in change.as_object().unwrap() {
            device[key] = value.clone();
        }
        tenant.graph.memory().devices = vec![device];
        let device = tenant.one(PHONE).await.unwrap().unwrap();
        (decide(ActionKind::ResetPasscode, &device, &ada()), decide(ActionKind::RemoteLock, &device, &ada()))
    };
    let refused = Decision::Refused;
    let removed = Decision::Allowed(Allowed::Reset(Reset::Removed));
    assert_eq!(reset(json!({})).await, (removed, Decision::Allowed(Allowed::Plain)));
    let (issued, _) = reset(
        json!({ "operatingSystem": "Android", "osVersion": "6.0", "deviceEnrollmentType": "userEnrollment" }),
    )
    .await;
    assert!(matches!(issued, Decision::Allowed(Allowed::Reset(Reset::Issued(_)))), "Intune makes it");
    for (change, expected) in [
        (
            json!({ "deviceEnrollmentType": "appleAccountDrivenUserEnrollment" }),
            RefusalReason::AppleUserEnrollment,
        ),
        (json!({ "deviceEnrollmentType": "unknownFutureValue" }), RefusalReason::PlatformNotSupported),
        (json!({ "managementState": "retireIssued" }), RefusalReason::EraseOrRetirePending),
        (
            json!({ "deviceEnrollmentType": "deviceEnrollmentManager" }),
            RefusalReason::DeviceEnrollmentManager,
        ),
        (json!({ "operatingSystem": "macOS" }), RefusalReason::MacRecoveryKey),
        (
            json!({ "operatingSystem": "Android", "deviceEnrollmentType": "androidEnterpriseFullyManaged" }),
            RefusalReason::OrganizationPolicy,
        ),
    ] {
        assert_eq!(reset(change.clone()).await.0, refused(expected), "{change}");
    }
    let (_, mac) = reset(json!({ "operatingSystem": "macOS" })).await;
    assert_eq!(mac, Decision::Allowed(Allowed::LockWithPin), "Intune makes the PIN and tells it");
}

#[tokio::test]
async fn everything_the_service_really_sends_is_read() {
    let (Some(folder), Some(schemas)) = (folder(), schemas()) else { return };
    let text = std::fs::read_to_string(folder.join("samples.json")).unwrap();
    let samples: Value = serde_json::from_str(&text).unwrap();
    let samples = samples["samples"].as_array().unwrap();
    let mut read = 0;
    for sample in samples {
        let (name, body) = (sample["name"].as_str().unwrap(), &sample["body"]);
        let status = u16::try_from(sample["status"].as_u64().unwrap()).unwrap();
        assert_eq!(schemas.mistakes(sample["schema"].as_str().unwrap(), body), [""; 0], "{name}");
        let tenant = Tenant::start().await;
        let headers = sample["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(key, value)| {
            let key: &'static str = Box::leak(key.to_ascii_lowercase().into_boxed_str());
            (key, value.as_str().unwrap().to_owned())
        });
        let says =
            GraphFault::Says { status, headers: headers.collect(), body: body.to_string(), is_done: false };
        let is_list = body["value"].is_array();
        tenant.graph.fails("GET", says.clone());
        let answer = if is_list {
            tenant.list(&ALL).await.map(|devices| devices.len())
        } else {
            tenant.one(PHONE).await.map(|found| usize::from(found.is_some()))
        };
        let pause = sample["headers"]["Retry-After"].as_str().map(|_| 2128);
        let expected = match status {
            200 if name.contains("filter was ignored") => Err(ServiceError::NoAnswer),
            200 if is_list => Ok(2),
            // Results alone are no device; they are read in the runs and in `results.rs`.
            200 if body["id"].is_null() => Err(ServiceError::NoAnswer),
            200 => Ok(1),
            404 => Ok(0),
            401 | 403 | 429 | 503 => Err(ServiceError::Busy { retry_after_millis: pause }),
            _ => Err(ServiceError::NoAnswer),
        };
        assert_eq!(answer, expected, "{name}");
        read += 1;
    }
    assert_eq!(read, samples.len());
    assert!(read >= 18);
}

#[tokio::test]
async fn the_rules_a_device_does_not_meet_are_told_in_the_services_words() {
    let tenant = Tenant::start().await;
    let policy = "c0de0000-0000-4000-8000-000000000001";
    let setting = |code: &str, name: &str, state: &str, user: &str| {
        json!({
            "setting": code, "settingName": name, "state": state, "userId": user, "errorCode": 0,
            "errorDescription": null, "currentValue": null
        })
    };
    tenant.graph.memory().policies.insert(
        PHONE.to_owned(),
        vec![json!({
            "id": policy, "displayName": "Phones", "state": "nonCompliant", "settingCount": 3, "version": 2,
            "platformType": "android", "settingStates": [
                setting("AndroidCompliancePolicy.PasswordRequired", "Require a password", "nonCompliant", ADA),
                setting("AndroidCompliancePolicy.OsMinimumVersion", "Minimum OS version", "compliant", ADA),
                setting("AndroidCompliancePolicy.StorageRequireEncryption", "Encryption", "error", BOB)
            ]
        })],
    );
    let phone = DeviceId::trusted(PHONE.to_owned());
    for is_short in [false, true] {
        tenant.graph.memory().lists_no_settings = is_short;
        let report = tenant.service.compliance(&ada(), &phone).await.unwrap();
        let told: Vec<_> = report
            .failing
            .iter()
            .map(|rule| (rule.code.as_str(), rule.title.as_str(), rule.policy.as_str()))
            .collect();
        let expected = ("AndroidCompliancePolicy.PasswordRequired", "Require a password", "Phones");
        assert_eq!(told, [expected], "settings left out of the list: {is_short}");
    }
    // Where the settings cannot be had, the policy is told.
    tenant.graph.fails(
        "GET /v1.0/deviceManagement/managedDevices/705c034c-034c-705c-4c03-5c704c035c70/deviceCompliancePolicyStates/",
        GraphFault::error(500, "InternalServerError"),
    );
    let report = tenant.service.compliance(&ada(), &phone).await.unwrap();
    assert_eq!(report.failing[0].title, "Phones");
    for (fault, expected) in [
        (GraphFault::error(500, "InternalServerError"), Err(ServiceError::NoAnswer)),
        (GraphFault::error(403, "Forbidden"), Err(BUSY)),
        (GraphFault::says(200, "{}"), Err(ServiceError::NoAnswer)),
        (GraphFault::error(404, "UnknownError"), Ok(0)),
    ] {
        let shown = format!("{fault:?}");
        tenant.graph.fails("GET", fault);
        let told = tenant.service.compliance(&ada(), &phone).await.map(|report| report.failing.len());
        assert_eq!(told, expected, "{shown}");
    }
    let other = DeviceId::trusted(OTHER_PHONE.to_owned());
    assert_eq!(tenant.service.compliance(&ada(), &other).await.unwrap().failing, []);
    let mistakes = tenant.graph.memory().mistakes.clone();
    assert!(mistakes.iter().all(|one| one.contains("\"value\" is a required property")), "{mistakes:#?}");
}

#[tokio::test]
async fn the_applications_found_on_a_device_are_told_page_by_page() {
    let tenant = Tenant::start().await;
    let app = |number: usize, name: &str| {
        json!({
            "id": format!("{number:064x}"), "displayName": name, "version": "1.2", "publisher": "Contoso",
            "sizeInByte": 0, "deviceCount": 1, "platform": "android"
        })
    };
    {
        let mut memory = tenant.graph.memory();
        let mut apps: Vec<Value> = (1..=7).map(|number| app(number, &format!("App {number}"))).collect();
        apps.push(app(8, " "));
        memory.apps.insert(PHONE.to_owned(), apps);
        memory.page = 3;
    }
    let phone = DeviceId::trusted(PHONE.to_owned());
    let names: Vec<String> =
        tenant.service.apps(&ada(), &phone).await.unwrap().into_iter().map(|app| app.name).collect();
    assert_eq!(
        names,
        (1..=7).map(|number| format!("App {number}")).collect::<Vec<_>>(),
        "a nameless one is left out"
    );
    assert_eq!(tenant.graph.called("GET /beta/deviceManagement"), 3);
    let other = DeviceId::trusted(OTHER_PHONE.to_owned());
    assert_eq!(tenant.service.apps(&ada(), &other).await, Ok(Vec::new()));
    for (fault, expected) in [
        (GraphFault::error(403, "Forbidden"), Err(BUSY)),
        (GraphFault::error(504, "UnknownError"), Err(ServiceError::NoAnswer)),
        (GraphFault::error(404, "UnknownError"), Ok(Vec::new())),
        (GraphFault::Cut { is_done: false }, Err(ServiceError::NoAnswer)),
    ] {
        tenant.graph.fails("GET", fault);
        assert_eq!(tenant.service.apps(&ada(), &phone).await, expected);
    }
    tenant.graph.assert_described();
    assert_eq!(tenant.service.ready().await, Err(ServiceError::NoAnswer), "the last answer was none");
}

#[tokio::test]
async fn the_organisation_is_shown_as_in_the_company_portal_where_that_is_wanted() {
    const PROFILES: &str = "GET /beta/deviceManagement/intuneBrandingProfiles";
    let profile = |is_default: bool, name: &str| {
        json!({
            "id": "b7a4d000-0000-4000-8000-000000000001", "isDefaultProfile": is_default, "displayName": name,
            "themeColor": { "r": 31, "g": 95, "b": 168 }, "showLogo": true,
            "lightBackgroundLogo": { "type": "image/png", "value": "iVBORw0KGgo=" }, "contactITName": "Service desk",
            "contactITPhoneNumber": null, "contactITEmailAddress": "it@contoso.example", "contactITNotes": "9-17 h",
            "onlineSupportSiteName": "Help", "onlineSupportSiteUrl": "https://help.contoso.example",
            "privacyUrl": "javascript:alert(1)"
        })
    };
    let unasked = Tenant::start().await;
    assert_eq!(unasked.service.branding().await, None);
    assert_eq!(unasked.graph.called("GET"), 0, "nobody wants it");

    let tenant = Tenant::with(SimulatedGraph::start().await, |settings| settings.branding = true).await;
    tenant.graph.fails(PROFILES, GraphFault::error(403, "Forbidden"));
    assert_eq!(tenant.service.branding().await, None);
    assert_eq!(tenant.service.ready().await, Ok(()), "and the rest goes on");
    tenant.graph.memory().branding_profiles = vec![profile(false, "A branch"), profile(true, "Contoso")];
    assert_eq!(tenant.service.branding().await, None, "not at once again");
    tenant.graph.clock.advance(60);
    let told = tenant.service.branding().await.unwrap();
    assert_eq!((told.display_name.as_str(), told.theme_color.as_str()), ("Contoso", "#1f5fa8"));
    assert_eq!(told.logo.as_deref(), Some("data:image/png;base64,iVBORw0KGgo="));
    assert_eq!((told.contact_it_name.as_str(), told.contact_it_phone_number.as_str()), ("Service desk", ""));
    assert_eq!(told.privacy_url, "", "no address");
    let asked = tenant.graph.called(PROFILES);
    tenant.graph.clock.advance(599);
    assert_eq!(tenant.service.branding().await, None, "it is good for ten minutes");
    assert_eq!(tenant.graph.called(PROFILES), asked);
    tenant.graph.clock.advance(1);
    tenant.graph.memory().branding_profiles.clear();
    assert_eq!(
        tenant.service.branding().await,
        Some(portal_contract::Branding::default()),
        "and then as it is"
    );
    tenant.graph.assert_described();
}

#[tokio::test]
async fn what_it_hid_in_the_company_portal_is_hidden_here_and_everything_while_that_is_not_known() {
    const PROFILES: &str = "GET /beta/deviceManagement/intuneBrandingProfiles";
    let tenant = Tenant::hiding(SimulatedGraph::start().await, true).await;
    let profile = "b7a4d000-0000-4000-8000-000000000001";
    let decided = async || {
        let device = tenant.one(PHONE).await.unwrap().unwrap();
        [ActionKind::Retire, ActionKind::Wipe, ActionKind::RemoteLock]
            .map(|kind| decide(kind, &device, &ada()))
    };
    let (allowed, hidden) =
        (Decision::Allowed(Allowed::Plain), Decision::Refused(RefusalReason::OrganizationPolicy));
    tenant.graph.fails(PROFILES, GraphFault::error(403, "Forbidden"));
    assert_eq!(decided().await, [hidden, hidden, allowed], "nothing that cannot be undone");
    assert_eq!(tenant.service.ready().await, Ok(()), "and the rest goes on");
    let asked = tenant.graph.called(PROFILES);
    assert_eq!(
        decided().await,
        [hidden, hidden, allowed],
        "what could not be read is not asked for with every call"
    );
    assert_eq!(tenant.graph.called(PROFILES), asked);
    tenant.graph.clock.advance(60);
    assert_eq!(decided().await, [allowed; 3], "nothing is hidden");
    let hiding = |action: &str, platform: &str, owner: &str| {
        json!({
            "id": profile, "isFactoryResetDisabled": false, "isRemoveDeviceDisabled": false,
            "companyPortalBlockedActions": [{ "action": action, "platform": platform, "ownerType": owner }]
        })
    };
    for (action, platform, owner, expected) in [
        ("reset", "android", "company", [allowed, hidden, allowed]),
        ("remove", "android", "company", [hidden, allowed, allowed]),
        ("reset", "iOS", "company", [allowed; 3]),
        ("reset", "android", "personal", [allowed; 3]),
    ] {
        tenant.graph.memory().branding_profiles = vec![hiding(action, platform, owner)];
        tenant.graph.clock.advance(601);
        assert_eq!(decided().await, expected, "{action} {platform} {owner}");
    }
    tenant.graph.memory().branding_profiles = vec![hiding("reset", "android", "company")];
    tenant.graph.clock.advance(601);
    let list = tenant.service.devices_of(&ada(), &ALL).await.unwrap();
    let phone = list.devices.iter().find(|device| device.id.as_str() == PHONE).unwrap();
    assert_eq!(decide(ActionKind::Wipe, phone, &ada()), hidden, "in the list as well");
    let asked = tenant.graph.called(PROFILES);
    assert_eq!(decided().await, [allowed, hidden, allowed]);
    assert_eq!(tenant.graph.called(PROFILES), asked, "it is remembered for a while");
    tenant.graph.clock.advance(601);
    tenant.graph.fails(PROFILES, GraphFault::error(500, "InternalServerError"));
    assert_eq!(decided().await, [allowed, hidden, allowed], "what was known last");
    tenant.graph.assert_described();
}
