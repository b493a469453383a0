//! `[device_services.graph]`: every mistake named with what to do, several at once, no secret repeated.

use crate::support::graph::{CLIENT, CLIENT_SECRET, TENANT};
use crate::support::server::{KEY, write_private};
use portal_server::config::{DeviceServiceSettings, Settings, parse};
use portal_server::domain::action::ActionKind;
use portal_server::services::graph::{Credential, DevicesVersion, GraphSettings};
use std::path::{Path, PathBuf};

fn read(oidc: &str, services: &str) -> Result<Settings, Vec<String>> {
    let text = format!("database = \"d\"\n[oidc]\naudience = \"a\"\n{oidc}\n{services}");
    let key = ("PORTAL__PASSCODE__KEY".to_owned(), KEY.to_owned());
    parse(&text, &[key]).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

fn entra() -> String {
    format!("issuer = \"https://login.microsoftonline.com/{TENANT}/v2.0\"\nsubject_claim = \"oid\"")
}

fn section(own: &str) -> String {
    format!("[[device_services]]\nname = \"intune\"\nkind = \"graph\"\n[device_services.graph]\n{own}\n")
}

fn tenant(own: &str) -> String {
    section(&format!("tenant_id = \"{TENANT}\"\nclient_id = \"{CLIENT}\"\n{own}"))
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/graph").join(name)
}

/// The key of the tests in a file that only its owner may read.
pub(crate) fn private_key(folder: &Path) -> PathBuf {
    let file = folder.join("key.pem");
    write_private(&file, &std::fs::read_to_string(fixture("key.pem")).unwrap());
    file
}

pub(crate) fn certificate() -> PathBuf {
    fixture("certificate.pem")
}

fn graph(settings: &Settings) -> &GraphSettings {
    let [DeviceServiceSettings::Graph(graph)] = settings.device_services.as_slice() else {
        panic!("{:?}", settings.device_services)
    };
    graph
}

#[test]
fn four_values_and_one_file_are_a_configuration_and_the_rest_is_usual() {
    let folder = tempfile::tempdir().unwrap();
    let key = private_key(folder.path());
    let own = tenant(&format!("certificate_file = {:?}\nkey_file = {key:?}", certificate()));
    let settings = read(&entra(), &own).unwrap();
    let found = graph(&settings);
    assert_eq!((found.tenant_id.as_str(), found.client_id.as_str()), (TENANT, CLIENT));
    assert!(matches!(found.credential, Credential::Certificate(_)));
    assert_eq!(found.graph_url, "https://graph.microsoft.com");
    assert_eq!(found.login_url, "https://login.microsoftonline.com");
    assert_eq!(found.devices_version, DevicesVersion::Beta);
    assert_eq!((found.settle_seconds, found.command_lifetime_seconds), (120, 7 * 86_400));
    assert_eq!((found.post_timeout_seconds, found.corporate_android_reset), (45, false));
    assert!(!found.hide_blocked_actions && !found.branding);
    let offered: Vec<_> = ActionKind::ALL.into_iter().filter(|kind| found.features.has(*kind)).collect();
    assert_eq!(offered, [ActionKind::ResetPasscode]);
    let shown = format!("{settings:?}");
    assert!(!shown.contains("PRIVATE KEY") && !shown.contains("MIIE"), "{shown}");
}

#[test]
fn each_kind_of_credential_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    write_private(&secret, &format!("{CLIENT_SECRET}\n"));
    let of = |own: &str| read(&entra(), &tenant(own)).unwrap();
    let found =
        of(&format!("client_secret_file = {secret:?}\nfeatures = [\"resetPasscode\", \"remoteLock\"]"));
    assert!(matches!(&graph(&found).credential, Credential::Secret(text) if text.reveal() == CLIENT_SECRET));
    assert!(!format!("{found:?}").contains(CLIENT_SECRET));
    let found = of("federated_token_file = \"/var/run/token\"");
    assert!(matches!(&graph(&found).credential, Credential::FederatedTokenFile(path) if path.is_absolute()));
    let found = of("managed_identity = \"system\"");
    assert!(matches!(&graph(&found).credential, Credential::ManagedIdentity(None)));
    let found =
        of(&format!("managed_identity = \"{CLIENT}\"\nlogin_url = \"https://login.microsoftonline.com/\""));
    assert!(
        matches!(&graph(&found).credential, Credential::ManagedIdentity(Some(id)) if id.as_str() == CLIENT)
    );
    let sts = format!("issuer = \"https://sts.windows.net/{TENANT}/\"\nsubject_claim = \"oid\"");
    assert!(read(&sts, &tenant("managed_identity = \"system\"")).is_ok(), "the issuer of version 1");
}

#[test]
fn every_mistake_is_named_with_what_to_do_and_several_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let key = private_key(folder.path());
    let open = folder.path().join("open");
    std::fs::write(&open, CLIENT_SECRET).unwrap();
    let secret = folder.path().join("secret");
    write_private(&secret, CLIENT_SECRET);
    let identity = "managed_identity = \"system\"";
    let pair =
        |certificate: &Path, key: &Path| format!("certificate_file = {certificate:?}\nkey_file = {key:?}");
    let own = |rest: &str| format!("device_services.intune.graph{rest}");
    for (services, expected, word) in [
        ("[[device_services]]\nname = \"intune\"\nkind = \"graph\"\n".to_owned(), vec![own("")], "tenant_id"),
        (section(""), vec![own(".certificate_file"), own(".client_id"), own(".tenant_id")], "overview"),
        (
            section(&format!("tenant_id = \"contoso\"\nclient_id = \"{CLIENT}\"\n{identity}")),
            vec![own(".tenant_id")],
            "identifier like",
        ),
        (
            tenant(&format!("{identity}\nclient_secret_file = {secret:?}")),
            vec![own(".client_secret_file")],
            "keep one",
        ),
        (tenant("managed_identity = \"mine\""), vec![own(".managed_identity")], "\"system\""),
        (tenant(&format!("client_secret_file = {open:?}")), vec![own(".client_secret_file")], "chmod 600"),
        (tenant(&pair(&certificate(), &open)), vec![own(".key_file")], "chmod 600"),
        (tenant(&format!("certificate_file = {:?}", certificate())), vec![own(".key_file")], "is missing"),
        (tenant(&format!("key_file = {key:?}\n{identity}")), vec![own(".key_file")], "certificate_file"),
        (
            tenant(&pair(&fixture("other.pem"), &key)),
            vec![own(".certificate_file")],
            "not the certificate of the key",
        ),
        (tenant(&pair(&secret, &key)), vec![own(".certificate_file")], "no certificate in PEM"),
        (tenant(&pair(&certificate(), &secret)), vec![own(".certificate_file")], "no private key"),
        (
            tenant(&format!("{identity}\ngraph_url = \"http://graph.microsoft.com\"")),
            vec![own(".graph_url")],
            "https",
        ),
        (
            tenant(&format!("{identity}\nlogin_url = \"https://login.microsoftonline.com/common\"")),
            vec![own(".login_url"), "oidc.issuer".to_owned()],
            "without a path",
        ),
        (tenant(&format!("{identity}\ndevices_version = \"v2\"")), vec![own(".devices_version")], "\"beta\""),
        (tenant(&format!("{identity}\nsettle_seconds = 1")), vec![own(".settle_seconds")], "10 to 3600"),
        (
            tenant(&format!("{identity}\npost_timeout_seconds = 90")),
            vec![own(".post_timeout_seconds")],
            "5 to 60",
        ),
        (
            tenant(&format!("{identity}\ncommand_lifetime_days = 0")),
            vec![own(".command_lifetime_days")],
            "1 to 30",
        ),
        (tenant(&format!("{identity}\nfeatures = [\"rename\"]")), vec![own(".features")], "remoteLock"),
        (tenant(&format!("{identity}\nmisspelt = 1")), vec![own(".misspelt")], "known are"),
        (
            tenant(&format!("{identity}\nfeatures = 1\nsettle_seconds = 0\ndevices_version = 3")),
            vec![own(".devices_version"), own(".features"), own(".settle_seconds")],
            "must be",
        ),
        (
            format!(
                "{}[[device_services]]\nkind = \"http\"\nname = \"x\"\n[device_services.graph]\n",
                tenant(identity)
            ),
            vec!["device_services.x.graph".to_owned(), "device_services.x.http".to_owned()],
            "belongs to kind",
        ),
        (
            format!("{}{}", tenant(identity), tenant(identity).replace("\"intune\"", "\"second\"")),
            vec!["device_services".to_owned()],
            "twice",
        ),
    ] {
        let mistakes = read(&entra(), &services).unwrap_err();
        let mut keys: Vec<&str> = mistakes.iter().map(|one| one.split(": ").next().unwrap()).collect();
        keys.sort_unstable();
        assert_eq!(keys, expected, "{services}\n{mistakes:#?}");
        let all = mistakes.join("\n");
        assert!(all.contains(word), "{word} in {all}");
        assert!(!all.contains(CLIENT_SECRET) && !all.contains("MIIE"), "{all}");
    }
}

#[test]
fn people_have_to_be_known_by_microsofts_identifier_of_them_and_by_this_tenant() {
    let own = tenant("managed_identity = \"system\"");
    let other = entra().replace(TENANT, CLIENT);
    let mistakes = read(&other.replace("oid", "sub"), &own).unwrap_err().join("\n");
    assert!(mistakes.contains("oidc.subject_claim") && mistakes.contains("\"oid\""), "{mistakes}");
    let wanted = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    assert!(mistakes.contains("oidc.issuer") && mistakes.contains(&wanted), "{mistakes}");
    for issuer in [
        "https://login.microsoftonline.com/common/v2.0".to_owned(),
        format!("https://login.example.com/{TENANT}/v2.0"),
        format!("https://login.microsoftonline.com/{TENANT}/v2.0/{CLIENT}"),
    ] {
        let oidc = format!("issuer = \"{issuer}\"\nsubject_claim = \"oid\"");
        assert_eq!(read(&oidc, &own).unwrap_err().len(), 1, "{issuer}");
    }
}
