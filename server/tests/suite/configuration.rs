//! The configuration: every mistake named, the environment on top.

use portal_server::config::{self, Settings, load};

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const KEY: &str = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";

fn good() -> Vec<(String, String)> {
    env(&[
        ("PORTAL__DATABASE", "portal.sqlite"),
        ("PORTAL__OIDC__ISSUER", "https://id.example.test"),
        ("PORTAL__OIDC__AUDIENCE", "urn:api"),
        ("PORTAL__PASSCODE__KEY", KEY),
    ])
}

fn with(more: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let mut environment = good();
    environment.extend(env(more));
    load(None, &environment).map_err(|mistakes| mistakes.into_iter().map(|mistake| mistake.key).collect())
}

#[test]
fn the_environment_alone_is_enough_and_everything_else_has_a_default() {
    let settings = with(&[]).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:8080");
    assert_eq!(settings.tokens.required_scope, "devices");
    assert_eq!((settings.tokens.leeway_seconds, settings.passcode_lifetime_days), (30, 7));
}

#[test]
fn names_without_case_reach_keys_in_camel_case_and_numbers_and_lists_are_read_from_text() {
    let settings = with(&[
        ("PORTAL__BRANDING__CONTACT_IT_NAME", "Service Desk"),
        ("PORTAL__BRANDING__DISPLAYNAME", "Works"),
        ("PORTAL__FLEET__SPEED", "10"),
        ("PORTAL__OIDC__ALGORITHMS", "RS256, ES256"),
        ("PORTAL__LIMITS__RESETS_PER_HOUR", "5"),
    ])
    .unwrap();
    assert_eq!(settings.branding.contact_it_name, "Service Desk");
    assert_eq!(settings.branding.display_name, "Works");
    assert!((settings.fleet.speed - 10.0).abs() < f64::EPSILON);
    assert_eq!(settings.tokens.algorithms.len(), 2);
    assert_eq!(settings.limits.resets_per_person.0, 5);
}

#[test]
fn every_mistake_is_named_at_once() {
    let mistakes = load(
        None,
        &env(&[
            ("PORTAL__LISTEN", "nowhere"),
            ("PORTAL__PAGE_DIR", "no-such-folder"),
            ("PORTAL__PAGE_ORIGINS", "https://a.example.test/path"),
            ("PORTAL__OIDC__ISSUER", "http://id.example.test"),
            ("PORTAL__OIDC__ALGORITHMS", "HS256"),
            ("PORTAL__OIDC__LEEWAY_SECONDS", "31"),
            ("PORTAL__PASSCODE__KEY", "c2hvcnQ="),
            ("PORTAL__FLEET__SPEED", "0"),
            ("PORTAL__LIMITS__MISSPELT", "1"),
        ]),
    )
    .unwrap_err();
    let keys: Vec<&str> = mistakes.iter().map(|mistake| mistake.key.as_str()).collect();
    for expected in [
        "listen",
        "database",
        "page_dir",
        "page_origins",
        "oidc.issuer",
        "oidc.audience",
        "oidc.algorithms",
        "oidc.leeway_seconds",
        "passcode.key",
        "fleet.speed",
        "limits.misspelt",
    ] {
        assert!(keys.contains(&expected), "{expected} is not in {keys:?}");
    }
    assert_eq!(keys.len(), 11, "{keys:?}");
}

#[test]
fn what_the_page_would_read_past_is_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portal.toml");
    let text = "[branding]\nthemeColor = \"blue\"\ncontactITEmailAddress = \"not-an-email\"\nprivacyUrl = \"javascript:alert(1)\"\n\
                [page.config]\napiBase = \"/api\"\nauthority = \"https://id.example.test\"\nclientId = \"a\"\nscopes = \"openid\"\n\
                clientID = \"a\"\n[page.config.support]\nphone = \"1\"\ntelephone = \"2\"\n";
    std::fs::write(&file, text).unwrap();
    let mistakes: Vec<String> =
        load(Some(&file), &good()).unwrap_err().iter().map(ToString::to_string).collect();
    for expected in [
        "branding.themeColor: must be a colour as #rrggbb",
        "branding.contactITEmailAddress: must be an e-mail address",
        "branding.privacyUrl: must be an address that begins with https://",
        "page.config: clientID is no entry of config.json: did you mean clientId?",
        "page.config: support.telephone is no entry of config.json",
    ] {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(expected)), "{expected}: {mistakes:?}");
    }
    assert_eq!(mistakes.len(), 5, "{mistakes:?}");
}

#[test]
fn a_heartbeat_that_the_page_would_take_for_a_dead_stream_is_refused_with_the_reason() {
    for (seconds, is_good) in [("0.5", false), ("1", true), ("25", true), ("25.1", false), ("100000", false)]
    {
        let result = with(&[("PORTAL__LIMITS__HEARTBEAT_SECONDS", seconds)]);
        assert_eq!(result.is_ok(), is_good, "{seconds}: {result:?}");
        if let Err(mistakes) = result {
            assert_eq!(mistakes, ["limits.heartbeat_seconds"]);
        }
    }
    let mistakes =
        load(None, &[good(), env(&[("PORTAL__LIMITS__HEARTBEAT_SECONDS", "60")])].concat()).unwrap_err();
    assert!(mistakes[0].to_string().contains("50 s"), "{}", mistakes[0]);
}

#[test]
fn a_key_that_is_not_random_is_refused_and_never_shown() {
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(with(&[("PORTAL__PASSCODE__KEY", zeros)]).unwrap_err(), ["passcode.key"]);
    let shown = format!("{:?}", with(&[]).unwrap());
    assert!(!shown.contains(KEY) && !shown.contains("222, 173"), "{shown}");
}

/// A configuration whose key file has these permissions, or the mistakes.
fn with_key_file(mode: u32, text: &str, more: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("passcode.keys");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    let mut environment = good();
    environment.retain(|(name, _)| name != "PORTAL__PASSCODE__KEY");
    environment.push(("PORTAL__PASSCODE__KEY_FILE".to_owned(), path.to_string_lossy().into_owned()));
    environment.extend(env(more));
    load(None, &environment).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

#[test]
fn keys_are_read_from_a_file_that_only_its_owner_may_read() {
    let older = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let settings = with_key_file(0o600, &format!("# current\n{KEY}\n{older}\n"), &[]).unwrap();
    assert_eq!(settings.passcode_keys.current().id(), with(&[]).unwrap().passcode_keys.current().id());
    assert_eq!(settings.passcode_keys.iter().count(), 2);
    for mode in [0o640, 0o604, 0o660] {
        let mistakes = with_key_file(mode, KEY, &[]).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(
            mistakes[0].contains("passcode.key_file") && mistakes[0].contains("chmod 600"),
            "{mistakes:?}"
        );
    }
    let wrong = with_key_file(0o600, &format!("{KEY}\nc2hvcnQ=\n"), &[]).unwrap_err();
    assert!(wrong[0].contains("line 2") && !wrong[0].contains("c2hvcnQ"), "{wrong:?}");
    assert!(with_key_file(0o600, "", &[]).unwrap_err()[0].contains("holds no key"));
}

#[test]
fn a_key_from_two_places_is_a_mistake() {
    let mistakes = with_key_file(0o600, KEY, &[("PORTAL__PASSCODE__KEY", KEY)]).unwrap_err();
    assert!(mistakes[0].contains("both given"), "{mistakes:?}");
    let mistakes = with_key_file(0o600, KEY, &[("PORTAL__PASSCODE__OLDER_KEYS", KEY)]).unwrap_err();
    assert!(mistakes[0].contains("belong into the key file"), "{mistakes:?}");
}

#[test]
fn older_keys_come_by_environment_too_and_the_record_is_sealed_only_if_it_has_a_key() {
    let older = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let settings = with(&[("PORTAL__PASSCODE__OLDER_KEYS", older), ("PORTAL__AUDIT__KEY", older)]).unwrap();
    assert_eq!(settings.passcode_keys.iter().count(), 2);
    assert!(settings.audit_keys.is_some());
    assert!(with(&[]).unwrap().audit_keys.is_none());
    assert_eq!(with(&[("PORTAL__AUDIT__KEY", "c2hvcnQ=")]).unwrap_err(), ["audit.key"]);
}

#[test]
fn systemd_hands_keys_over_where_no_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    crate::support::server::write_private(&folder.path().join("passcode.keys"), KEY);
    let mut environment = good();
    environment.retain(|(name, _)| name != "PORTAL__PASSCODE__KEY");
    let name = "CREDENTIALS_DIRECTORY".to_owned();
    environment.push((name, folder.path().to_string_lossy().into_owned()));
    let settings = load(None, &environment).unwrap();
    assert_eq!(settings.passcode_keys.current().id(), with(&[]).unwrap().passcode_keys.current().id());
}

/// The configuration inside `deploy/kubernetes/portal.yaml`, without the four spaces before each line.
fn configuration_on_kubernetes() -> String {
    let manifest = include_str!("../../../deploy/kubernetes/portal.yaml");
    let (_, rest) = manifest.split_once("  portal.toml: |\n").unwrap();
    let (text, _) = rest.split_once("\n---").unwrap();
    text.lines().map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned() + "\n").collect()
}

#[test]
fn the_configuration_for_kubernetes_is_one_with_the_image_and_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let long = "t".repeat(43);
    for (name, text) in [("passcode.keys", KEY), ("client-secret", "secret"), ("mdm.token", long.as_str())] {
        crate::support::server::write_private(&folder.path().join(name), text);
    }
    let here = folder.path().to_string_lossy().into_owned();
    // As `deploy/Containerfile` and the manifest set them.
    let environment = [
        ("CREDENTIALS_DIRECTORY", here.as_str()),
        ("PORTAL__LISTEN", "0.0.0.0:8080"),
        ("PORTAL__DATABASE", "/var/lib/passcode-portal/portal.sqlite"),
        ("PORTAL__PAGE_DIR", here.as_str()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = portal_server::config::parse(&configuration_on_kubernetes(), &environment);
    let settings = settings.unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    assert!(settings.session.is_some() && !settings.trusted_proxies.is_empty());
}

#[test]
fn the_portal_may_lie_under_a_path_of_plain_names() {
    let folder = tempfile::tempdir().unwrap();
    let read = |url: &str| {
        let text = format!(
            "database = \"d\"\npublic_base_url = {url:?}\nallow_simulated = true\npage_dir = {:?}\n\
             [oidc]\nissuer = \"https://id.example.test\"\naudience = \"a\"\n[passcode]\nkey = \"{KEY}\"\n",
            folder.path()
        );
        let read = portal_server::config::parse(&text, &[]);
        read.map(|settings| settings.public_base_url.unwrap_or_default())
    };
    for (url, known_by) in [
        ("https://portal.example.test", "https://portal.example.test"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("https://intranet.example.test/portal/", "https://intranet.example.test/portal"),
        ("https://intranet.example.test/it/phones_2.0~a", "https://intranet.example.test/it/phones_2.0~a"),
    ] {
        assert_eq!(read(url).unwrap(), known_by);
    }
    for path in ["a//b", "..", "a/../b", "a%2fb", "a?b", "a#b", "a\\b", "a b", "ポータル", "\"><x"] {
        let mistakes = read(&format!("https://intranet.example.test/{path}")).unwrap_err();
        assert_eq!(
            mistakes.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(),
            ["public_base_url"],
            "{path}"
        );
    }
}

#[test]
fn a_key_in_a_configuration_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    let page = folder.path().to_str().unwrap();
    let session = format!(
        "database = \"d\"\npublic_base_url = \"https://portal.example.test\"\nallow_simulated = true\npage_dir = {page:?}\n\
         [oidc]\nissuer = \"https://id.example.test\"\n[page.config]\napiBase = \"/api/v1.0\"\n\
         [session]\nclient_id = \"portal\"\nclient_secret = \"secret\"\n"
    );
    let passcode = format!(
        "database = \"d\"\n[oidc]\nissuer = \"https://id.example.test\"\naudience = \"a\"\n[passcode]\nkey = \"{KEY}\"\n"
    );
    let key = ("PORTAL__PASSCODE__KEY".to_owned(), KEY.to_owned());
    for (text, environment, named) in
        [(passcode, Vec::new(), "passcode.key"), (session, vec![key], "session.client_secret")]
    {
        std::fs::write(&file, text).unwrap();
        for (mode, is_good) in [(0o600, true), (0o644, false), (0o640, false)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            match load(Some(&file), &environment) {
                Ok(_) => assert!(is_good, "{named}: {mode:o}"),
                Err(mistakes) => {
                    assert!(!is_good, "{mistakes:?}");
                    assert_eq!(mistakes[0].key, named);
                    assert!(mistakes[0].to_string().contains("chmod 600"), "{mistakes:?}");
                }
            }
        }
    }
}

#[test]
fn the_sample_configuration_is_good() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/server.toml");
    let settings = load(Some(&sample), &env(&[("PORTAL__PASSCODE__KEY", KEY)])).unwrap();
    assert_eq!(settings.branding.display_name, "Example Works");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let mistakes = load(Some(std::path::Path::new("no-such.toml")), &[]).unwrap_err();
    assert!(mistakes[0].to_string().contains("no-such.toml"));
}

#[test]
fn a_line_that_is_not_toml_is_named_by_its_place_and_the_key_in_it_is_not_repeated() {
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw==";
    let text = format!("database = \"p.sqlite\"\n[passcode]\nkey = \"{secret}\"x\n");
    let mistakes = config::parse(&text, &[]).unwrap_err();
    let said = mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(said.contains("line 3") && said.contains("not TOML"), "{said}");
    assert!(!said.contains(secret), "{said}");
}

#[test]
fn what_would_open_the_server_to_everybody_is_a_mistake() {
    for (name, value, key) in [
        ("PORTAL__PAGE_ORIGINS", "*", "page_origins"),
        ("PORTAL__PAGE_ORIGINS", "null", "page_origins"),
        ("PORTAL__TRUSTED_PROXIES", "0.0.0.0/0", "trusted_proxies"),
        ("PORTAL__TRUSTED_PROXIES", "::/0", "trusted_proxies"),
        ("PORTAL__TRUSTED_PROXIES", "proxy.example.test", "trusted_proxies"),
        ("PORTAL__METRICS_LISTEN", "127.0.0.1:8080", "metrics_listen"),
        ("PORTAL__METRICS_LISTEN", "9464", "metrics_listen"),
        ("PORTAL__LOG_FORMAT", "xml", "log_format"),
        ("PORTAL__DRAIN_SECONDS", "-1", "drain_seconds"),
    ] {
        assert_eq!(with(&[(name, value)]).unwrap_err(), [key], "{value}");
    }
    let settings = with(&[("PORTAL__TRUSTED_PROXIES", "192.0.2.1, 10.0.0.0/8, 2001:db8::/32")]).unwrap();
    assert_eq!(settings.trusted_proxies.len(), 3);
}
