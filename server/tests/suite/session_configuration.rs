//! Session mode: what of the configuration has to fit, so that a weak deployment does not start.

use portal_server::config::{Settings, load};

fn with(changes: &[(&str, Option<&str>)]) -> Result<Settings, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let mut all: Vec<(String, String)> = [
        ("PORTAL__DATABASE", "portal.sqlite"),
        ("PORTAL__OIDC__ISSUER", "https://id.example.test"),
        ("PORTAL__PASSCODE__KEY", "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs="),
        ("PORTAL__PUBLIC_BASE_URL", "https://portal.example.test"),
        ("PORTAL__ALLOW_SIMULATED", "true"),
        ("PORTAL__PAGE_DIR", folder.path().to_str().unwrap()),
        ("PORTAL__PAGE__CONFIG__API_BASE", "/api/v1.0"),
        ("PORTAL__SESSION__CLIENT_ID", "portal"),
        ("PORTAL__SESSION__CLIENT_SECRET", "secret"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        all.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    load(None, &all).map_err(|mistakes| mistakes.into_iter().map(|mistake| mistake.key).collect())
}

#[test]
fn session_mode_tells_the_page_and_needs_no_audience() {
    let settings = with(&[]).unwrap();
    let session = settings.session.unwrap();
    assert_eq!(session.client.home, "https://portal.example.test");
    assert_eq!(
        (session.rules.idle_seconds, session.rules.lifetime_seconds, session.rules.per_person),
        (1800, 28_800, 10)
    );
    let page = settings.page.unwrap();
    assert_eq!(page.config.unwrap()["mode"], "session");
    assert!(page.connect.is_empty(), "the page reaches nothing but its own server");
    assert!(!format!("{:?}", session.client).contains("secret\""));
}

#[test]
fn http_is_for_this_machine_only() {
    for base in
        ["http://localhost:8080", "http://127.0.0.1:8080", "https://a/", "https://portal.example.test/portal"]
    {
        assert!(with(&[("PORTAL__PUBLIC_BASE_URL", Some(base))]).is_ok(), "{base}");
    }
    for base in [
        None,
        Some("http://portal.example.test"),
        Some("http://portal.example.test/localhost"),
        Some("https://"),
    ] {
        assert_eq!(with(&[("PORTAL__PUBLIC_BASE_URL", base)]).unwrap_err(), ["public_base_url"], "{base:?}");
    }
}

#[test]
fn whatever_would_weaken_it_is_named() {
    for (name, value, key) in [
        ("PORTAL__PAGE_ORIGINS", Some("https://other.example.test"), "page_origins"),
        ("PORTAL__PAGE_DIR", None, "page_dir"),
        ("PORTAL__PAGE__CONFIG__API_BASE", None, "page.config"),
        ("PORTAL__PAGE__CONFIG__API_BASE", Some("https://api.example.test"), "page.config"),
        ("PORTAL__SESSION__CLIENT_ID", None, "session.client_id"),
        ("PORTAL__SESSION__CLIENT_SECRET", None, "session.client_secret"),
        ("PORTAL__SESSION__CLIENT_SECRET", Some(" "), "session.client_secret"),
        ("PORTAL__SESSION__SCOPES", Some("profile"), "session.scopes"),
        ("PORTAL__SESSION__IDLE_MINUTES", Some("0"), "session.idle_minutes"),
        ("PORTAL__SESSION__HOURS", Some("1000"), "session.hours"),
        ("PORTAL__SESSION__PER_PERSON", Some("0"), "session.per_person"),
        ("PORTAL__SESSION__TIMEOUT", Some("1"), "session.timeout"),
    ] {
        assert_eq!(with(&[(name, value)]).unwrap_err(), [key], "{name} {value:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_in_a_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("client-secret");
    std::fs::write(&file, "from the file\n").unwrap();
    let path = file.to_str().unwrap();
    let by_file =
        [("PORTAL__SESSION__CLIENT_SECRET", None), ("PORTAL__SESSION__CLIENT_SECRET_FILE", Some(path))];
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(with(&by_file).unwrap_err()[0], "session.client_secret_file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(with(&by_file).unwrap().session.unwrap().client.client_secret.reveal(), "from the file");
    let both = [("PORTAL__SESSION__CLIENT_SECRET_FILE", Some(path))];
    assert_eq!(with(&both).unwrap_err()[0], "session.client_secret_file");
}

#[cfg(unix)]
#[test]
fn systemd_hands_the_secret_over_where_none_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let credential = folder.path().join("client-secret");
    crate::support::server::write_private(&credential, "handed over\n");
    let handed_over = [
        ("PORTAL__SESSION__CLIENT_SECRET", None),
        ("CREDENTIALS_DIRECTORY", Some(folder.path().to_str().unwrap())),
    ];
    let secret = |settings: Settings| settings.session.unwrap().client.client_secret.reveal().to_owned();
    assert_eq!(secret(with(&handed_over).unwrap()), "handed over");
    assert_eq!(secret(with(&handed_over[1..]).unwrap()), "secret", "what is named goes first");
    // As systemd shows root's file with an access list for the service: only where root owns it.
    std::fs::set_permissions(&credential, std::fs::Permissions::from_mode(0o440)).unwrap();
    match with(&handed_over) {
        Ok(settings) => {
            assert!(rustix::process::geteuid().is_root());
            assert_eq!(secret(settings), "handed over");
        }
        Err(mistakes) => {
            assert!(!rustix::process::geteuid().is_root());
            assert_eq!(mistakes[0], "session.client_secret_file");
        }
    }
}
