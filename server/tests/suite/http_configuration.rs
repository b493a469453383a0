//! `[[device_services]]`: which device services stand behind the portal; every mistake named, no secret repeated.

use crate::support::connector::TOKEN;
use crate::support::server::{KEY, write_private};
use portal_server::config::{DeviceServiceSettings, Settings, load, parse};
use portal_server::domain::action::ActionKind;
use portal_server::domain::freshness::MaxAge;
use portal_server::services::http::Authorization;
use std::path::Path;

fn read(top: &str, services: &str) -> Result<Settings, Vec<String>> {
    let text = format!(
        "database = \"d\"\n{top}\n[oidc]\nissuer = \"https://id.example.test\"\naudience = \"a\"\n{services}"
    );
    let key = ("PORTAL__PASSCODE__KEY".to_owned(), KEY.to_owned());
    parse(&text, &[key]).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

fn keys(mistakes: &[String]) -> Vec<&str> {
    mistakes.iter().map(|mistake| mistake.split(':').next().unwrap()).collect()
}

fn http(name: &str, own: &str) -> String {
    format!("[[device_services]]\nname = \"{name}\"\nkind = \"http\"\n[device_services.http]\n{own}\n")
}

fn token(folder: &Path) -> String {
    let file = folder.join("token");
    write_private(&file, &format!("{TOKEN}\n"));
    format!("token_file = {file:?}")
}

#[test]
fn secrets_for_webhooks_are_lines_of_a_file_that_only_the_server_may_read() {
    let folder = tempfile::tempdir().unwrap();
    let (token, file) = (token(folder.path()), folder.path().join("webhooks"));
    let one = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let own = format!("url = \"https://mdm.example/v1\"\n{token}\nwebhook_secret_file = {file:?}");
    for (text, expected) in [
        (format!("{one}\n\n {one} \n"), Ok(2)),
        (format!("{one}\n").repeat(4), Ok(4)),
        (format!("{one}\n").repeat(5), Err(())),
        (String::new(), Err(())),
        (format!("{one}\nwhsec_c2hvcnQ=\n"), Err(())),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(), Err(())),
    ] {
        write_private(&file, &text);
        let read = read("", &http("mdm", &own));
        let number = read.map_err(|mistakes| {
            let mistakes = mistakes.iter().map(ToString::to_string).collect::<String>();
            assert!(mistakes.contains("webhook_secret_file") && !mistakes.contains("MfKQ"), "{mistakes}");
        });
        let number = number.map(|settings| match settings.device_services.as_slice() {
            [DeviceServiceSettings::Http(only)] => only.webhook_secrets.len(),
            other => panic!("{other:?}"),
        });
        assert_eq!(number, expected, "{text}");
    }
}

#[test]
fn without_a_section_the_fleet_is_simulated_and_with_sections_it_is_what_they_say() {
    let simulated = read("", "").unwrap().device_services;
    assert!(matches!(simulated.as_slice(), [DeviceServiceSettings::Simulated]));
    let folder = tempfile::tempdir().unwrap();
    let token = token(folder.path());
    let one = http("mdm", &format!("url = \"https://mdm.example/v1\"\n{token}"));
    let two = http("second", &format!("url = \"http://127.0.0.1:9/v1\"\n{token}"));
    let settings = read("", &format!("{one}{two}[[device_services]]\nkind = \"simulated\"\n")).unwrap();
    let [DeviceServiceSettings::Http(first), DeviceServiceSettings::Http(second), last] =
        settings.device_services.as_slice()
    else {
        panic!("{:?}", settings.device_services)
    };
    assert!(last.is_simulated());
    assert_eq!((first.name.as_str(), first.url.as_str()), ("mdm", "https://mdm.example/v1"));
    assert_eq!(second.name, "second");
    assert!(matches!(&first.authorization, Authorization::Bearer(found) if found.reveal() == TOKEN));
    let public = "public_base_url = \"https://portal.example\"";
    assert!(read(public, &one).is_ok(), "nothing is simulated");
}

#[test]
fn a_simulated_fleet_at_a_public_address_is_refused_until_it_is_wanted() {
    let public = "public_base_url = \"https://portal.example\"";
    let mistakes = read(public, "").unwrap_err();
    assert_eq!(keys(&mistakes), ["device_services"]);
    for word in ["allow_simulated = true", "[[device_services]]", "kind = \"http\"", "public_base_url"] {
        assert!(mistakes[0].contains(word), "{word} in {}", mistakes[0]);
    }
    assert!(read(&format!("{public}\nallow_simulated = false"), "").is_err());
    assert!(read(&format!("{public}\nallow_simulated = true"), "").is_ok());
    assert!(read("public_base_url = \"http://localhost:8080\"", "").is_ok(), "the sample");
    assert_eq!(keys(&read("allow_simulated = 7", "").unwrap_err()), ["allow_simulated"]);
}

#[test]
fn every_mistake_is_named_with_its_service_and_no_secret_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let token = token(folder.path());
    let short = folder.path().join("short");
    write_private(&short, "c2hvcnQ=");
    let open = folder.path().join("open");
    std::fs::write(&open, TOKEN).unwrap();
    let url = "url = \"https://mdm.example/v1\"";
    let fine = http("mdm", &format!("{url}\n{token}"));
    let oauth = "token_url = \"https://id.example/token\"";
    for (services, expected) in [
        ("[device_services]\nkind = \"http\"\n".to_owned(), vec!["device_services"]),
        ("[[device_services]]\nname = \"a\"\n".to_owned(), vec!["device_services.a.kind"]),
        ("[[device_services]]\nname = \"a\"\nkind = \"smoke\"\n".to_owned(), vec!["device_services.a.kind"]),
        ("[[device_services]]\nname = \"a\"\nkind = \"http\"\n".to_owned(), vec!["device_services.a.http"]),
        (http("A B", &format!("{url}\n{token}")), vec!["device_services[1].name"]),
        (format!("{fine}{fine}"), vec!["device_services.mdm.name"]),
        (
            format!("{}[[device_services]]\nkind = \"simulated\"\n", fine.replace("\"mdm\"", "\"push\"")),
            vec!["device_services[2].name"],
        ),
        (http("a", ""), vec!["device_services.a.http.token_file", "device_services.a.http.url"]),
        (http("a", &format!("url = \"http://mdm.example/v1\"\n{token}")), vec!["device_services.a.http.url"]),
        (http("a", &format!("url = \"https://mdm.example\"\n{token}")), vec!["device_services.a.http.url"]),
        (
            http("a", &format!("url = \"https://u:p@mdm.example/v1\"\n{token}")),
            vec!["device_services.a.http.url"],
        ),
        (http("a", &format!("{url}\ntoken_file = {short:?}")), vec!["device_services.a.http.token_file"]),
        (http("a", &format!("{url}\ntoken_file = {open:?}")), vec!["device_services.a.http.token_file"]),
        (http("a", &format!("{url}\n{token}\nca_file = {short:?}")), vec!["device_services.a.http.ca_file"]),
        (http("a", &format!("{url}\n{token}\nmisspelt = 1")), vec!["device_services.a.http.misspelt"]),
        (http("a", &format!("{url}\n{token}\nclient_id = \"x\"")), vec!["device_services.a.http.token_url"]),
        (
            http("a", &format!("{url}\n{token}\n{oauth}")),
            vec![
                "device_services.a.http.client_id",
                "device_services.a.http.client_secret_file",
                "device_services.a.http.token_file",
            ],
        ),
    ] {
        let mistakes = read("", &services).unwrap_err();
        let mut found = keys(&mistakes);
        found.sort_unstable();
        assert_eq!(found, expected, "{services}\n{mistakes:?}");
        let all = mistakes.join("\n");
        assert!(!all.contains(TOKEN) && !all.contains("c2hvcnQ"), "{all}");
    }
    let environment = [
        ("PORTAL__DATABASE", "d"),
        ("PORTAL__OIDC__ISSUER", "https://id.example.test"),
        ("PORTAL__OIDC__AUDIENCE", "a"),
        ("PORTAL__PASSCODE__KEY", KEY),
        ("PORTAL__DEVICE_SERVICES", TOKEN),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mistakes = load(None, &environment).unwrap_err();
    assert_eq!((mistakes.len(), mistakes[0].key.as_str()), (1, "device_services"));
}

#[test]
fn a_client_of_a_token_endpoint_is_read_with_its_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    write_private(&file, "client-s3cret\n");
    let own = format!(
        "url = \"https://mdm.example/v1\"\ntoken_url = \"https://id.example/token\"\nclient_id = \"portal\"\n\
         client_secret_file = {file:?}\nscope = \"mdm\""
    );
    let settings = read("", &http("mdm", &own)).unwrap();
    assert!(!format!("{settings:?}").contains("client-s3cret"));
    let [DeviceServiceSettings::Http(found)] = settings.device_services.as_slice() else { panic!() };
    let Authorization::ClientCredentials(credentials) = &found.authorization else { panic!() };
    assert_eq!(credentials.client_secret.reveal(), "client-s3cret");
    assert_eq!((credentials.client_id.as_str(), credentials.scope.as_deref()), ("portal", Some("mdm")));
}

#[test]
fn every_mistake_about_switches_is_named() {
    const PAGE: &str = "[page.config]\napiBase = \"/api/v1.0\"\nauthority = \"https://a.test\"\nclientId = \"c\"\nscopes = \"s\"\n";
    const SKIP: &str = "actions.skip_second_sign_in_within_seconds";
    let off = |own: &str| format!("[[actions.off]]\n{own}\n");
    let skip = |seconds: &str| format!("[actions]\nskip_second_sign_in_within_seconds = {seconds}\n");
    for (section, expected) in [
        (off("action = \"dance\""), vec!["actions.off[1].action"]),
        (off(""), vec!["actions.off[1].action"]),
        (
            off("action = \"wipe\"\nplatform = \"symbian\"\nowner = \"me\"\nwhy = 1"),
            vec!["actions.off[1].platform", "actions.off[1].owner", "actions.off[1].why"],
        ),
        ("[actions]\noff = 1\nof = 2\n".to_owned(), vec!["actions.off", "actions.of"]),
        ("[[actions]]\n".to_owned(), vec!["actions"]),
        ("[actions]\non = [\"wipe\"]\n".to_owned(), vec!["actions.on"]),
        ("[actions]\non = 1\n".to_owned(), vec!["actions.on"]),
        (skip("-1"), vec![SKIP]),
        (skip("59"), vec![SKIP]),
        (skip("121"), vec![SKIP]),
        (skip("300"), vec![SKIP]),
        (skip("true"), vec![SKIP]),
        (skip("120") + PAGE + "stepUpAcrValues = \"c1\"\n", vec![SKIP]),
        (skip("120") + PAGE + "stepUpClaims = \"{}\"\n", vec![SKIP]),
    ] {
        assert_eq!(keys(&read("", &section).unwrap_err()), expected, "{section}");
    }
    let good =
        off("action = \"wipe\"") + &off("action = \"remoteLock\"\nplatform = \"ios\"\nowner = \"company\"");
    let kinds = |text: &str| -> Vec<ActionKind> {
        read("", text).unwrap().switched_off.iter().map(|off| off.action).collect()
    };
    let by_itself = ActionKind::ShowLocalAdministratorPassword;
    assert_eq!(kinds(&good), [ActionKind::Wipe, ActionKind::RemoteLock, by_itself]);
    assert_eq!(kinds(""), [by_itself]);
    assert_eq!(kinds("[actions]\non = [\"showLocalAdministratorPassword\"]\n"), []);
    let skipped = |text: &str| read("", text).unwrap().skip_second_sign_in.map(MaxAge::seconds);
    assert_eq!(skipped(""), None, "off unless it is chosen");
    assert_eq!(
        [skipped(&skip("0")), skipped(&skip("60")), skipped(&skip("120"))],
        [None, Some(60), Some(120)]
    );
}
