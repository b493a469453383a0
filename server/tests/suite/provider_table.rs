//! The table of providers, row by row: what `init` writes for one is a configuration that takes tokens of that provider's shape, in
//! the modes in which it is said to work, and nothing fresh comes of the others.

use super::support::browser::{Browser, query, refusal};
use super::support::log::CapturedLog;
use super::support::provider::{CLIENT, Provider as TestProvider};
use super::support::{Signer, TestClock, TestServer};
use axum::http::StatusCode;
use portal_server::composition::{Environment, Server};
use portal_server::config::{self, Settings};
use portal_server::operator::providers::{Fit, Mode, Provider};
use portal_server::operator::{self, Answers, CheckUp, Command, init};
use portal_server::system::SystemRandomness;
use portal_testkit::provider::AfterEnd;
use serde_json::{Value, json};
use std::sync::Arc;

const RESET: &str = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
const HOST: &str = "sts.example.test";
const TENANT: &str = "project-7";

/// What the server reads in the files that `init` wrote, once the secret is in its file.
fn settings_of(answers: &Answers) -> Settings {
    if answers.mode == Mode::Session {
        std::fs::write(answers.to.join("client.secret"), CLIENT.1).unwrap();
    }
    // Paths of the file are relative to where the server is started, and the test's provider signs by another algorithm.
    let file = answers.to.join("portal.toml");
    let at = |name: &str| answers.to.join(name).display().to_string();
    let text = std::fs::read_to_string(&file).unwrap();
    let text = ["portal.sqlite", "passcode.keys", "client.secret"]
        .iter()
        .fold(text, |text, name| text.replace(&format!("\"{name}\""), &format!("{:?}", at(name))))
        .replace("[oidc]\n", "[oidc]\nalgorithms = [\"ES256\", \"EdDSA\"]\n");
    std::fs::write(&file, text).unwrap();
    config::load(Some(&file), &[]).unwrap_or_else(|mistakes| {
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{:?} {:?}: {}", answers.provider, answers.mode, mistakes.join("\n"))
    })
}

/// A server over what `init` wrote, with this provider behind it.
async fn server_of(provider: Provider, mode: Mode) -> TestServer {
    let folder = tempfile::tempdir().unwrap();
    let behind = TestProvider::start().await;
    std::fs::create_dir(folder.path().join("dist")).unwrap();
    std::fs::write(folder.path().join("dist/index.html"), "<title>page</title>").unwrap();
    let answers = Answers {
        provider,
        issuer: Some(behind.issuer.clone()),
        host: HOST.to_owned(),
        tenant: TENANT.to_owned(),
        mode,
        url: super::support::browser::ORIGIN.to_owned(),
        client_id: CLIENT.0.to_owned(),
        audience: "urn:passcode-portal:api".to_owned(),
        api: None,
        connector: None,
        page_dir: folder.path().join("dist"),
        to: folder.path().to_owned(),
    };
    let said = init(&answers, &SystemRandomness).unwrap();
    assert!(said.iter().any(|line| line.contains("check --online")), "{said:?}");
    assert!(init(&answers, &SystemRandomness).is_err(), "nothing is overwritten");
    let settings = settings_of(&answers);
    let clock = Arc::new(TestClock(behind.clock.clone()));
    let replaceable = Environment { clock: clock.clone(), ..Environment::default() };
    let server = Server::build(&settings, replaceable).await.unwrap();
    TestServer { folder, provider: behind, clock, settings, server }
}

/// Gives the access tokens of the provider behind the server this one's shape.
fn shape_access_tokens(server: &TestServer, provider: Provider) {
    let now = server.clock.seconds();
    let (typ, claims) = match provider {
        Provider::Entra => (
            json!("JWT"),
            json!({ "ver": "2.0", "sub": "pairwise", "oid": "p-aiko", "scope": null, "scp": "devices" }),
        ),
        Provider::Keycloak => (
            json!("JWT"),
            json!({ "typ": "Bearer", "nonce": "n", "azp": "portal", "aud": ["urn:passcode-portal:api", "account"] }),
        ),
        Provider::Okta => (Value::Null, json!({ "scope": null, "scp": ["openid", "devices"], "ver": 1 })),
        Provider::Auth0 => (
            json!("at+jwt"),
            json!({ "auth_time": null, "https://portal/auth_time": now - 5, "aud": ["urn:passcode-portal:api", "userinfo"] }),
        ),
        Provider::Authentik => (json!("JWT"), json!({ "nonce": "n", "azp": "portal", "uid": "u" })),
        Provider::Adfs => (
            json!("JWT"),
            json!({ "iss": format!("http://{HOST}/adfs/services/trust"), "scope": null, "scp": "openid devices" }),
        ),
        // JWT access tokens are a setting there, and none says when somebody signed in.
        Provider::Zitadel => (json!("at+jwt"), json!({ "scope": null, "auth_time": null })),
        Provider::Cognito => (
            Value::Null,
            json!({ "aud": null, "client_id": "urn:passcode-portal:api", "token_use": "access", "scope": "openid portal/devices" }),
        ),
        // Google's are opaque.
        Provider::Google | Provider::Other => (json!("at+jwt"), json!({})),
    };
    server.provider.set(|habits| {
        habits.access_header = json!({ "typ": typ });
        habits.access_claims = claims;
    });
}

#[tokio::test]
async fn token_mode_takes_the_access_tokens_of_each_provider_that_is_said_to_work_in_it() {
    for provider in Provider::ALL {
        let server = server_of(provider, Mode::Token).await;
        shape_access_tokens(&server, provider);
        let token = match provider {
            Provider::Google => "ya29.opaque".to_owned(),
            _ => server.provider.token("p-aiko", 5),
        };
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "0123456789abcdef")];
        let answer = server.call("POST", RESET, &headers).await;
        let expected = match provider.fit(Mode::Token) {
            Fit::Works | Fit::Setting => StatusCode::ACCEPTED,
            Fit::UseSession | Fit::NoFreshSignIn => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(answer.status, expected, "{provider:?}: {:?}", answer.json());
    }
}

/// Makes the provider behind the server behave like this one in session mode.
fn behave(server: &TestServer, provider: Provider) {
    server.provider.set(|habits| match provider {
        Provider::Entra => {
            habits.names_itself = false;
            habits.claims = json!({ "sub": "pairwise", "oid": "p-aiko", "ver": "2.0", "groups": (0..150).map(|n| format!("{n:036}")).collect::<Vec<_>>() });
        }
        Provider::Keycloak => habits.claims = json!({ "typ": "ID", "azp": CLIENT.0, "acr": "1", "sid": "s" }),
        Provider::Okta => habits.claims = json!({ "ver": 1, "idp": "i", "amr": ["pwd"] }),
        Provider::Auth0 => habits.names_itself = false,
        Provider::Authentik => {
            habits.after_end = AfterEnd::Stays;
            habits.claims = json!({ "acr": "goauthentik.io/providers/oauth2/default", "uid": "u" });
        }
        Provider::Adfs => {
            habits.names_itself = false;
            habits.claims = json!({ "upn": "aiko@example.test", "email": null, "name": null, "auth_time": null });
            habits.claims["auth_time"] = json!(server.clock.seconds());
        }
        Provider::Zitadel => habits.claims = json!({ "aud": [CLIENT.0, TENANT], "azp": CLIENT.0 }),
        Provider::Google => {
            habits.ends_sessions = false;
            habits.names_itself = false;
            habits.claims = json!({ "auth_time": null, "azp": CLIENT.0, "hd": "example.test" });
        }
        Provider::Cognito => {
            habits.names_itself = false;
            habits.claims = json!({ "token_use": "id", "cognito:username": "aiko" });
            habits.document = json!({ "end_session_endpoint": "https://p.auth.eu-west-1.amazoncognito.com/logout" });
        }
        Provider::Other => {}
    });
}

#[tokio::test]
async fn session_mode_signs_people_of_each_provider_in_and_tells_which_cannot_prove_it_was_now() {
    for provider in Provider::ALL {
        let server = server_of(provider, Mode::Session).await;
        behave(&server, provider);
        let mut browser = Browser::default();
        assert_eq!(refusal(&browser.sign_in(&server, "signIn", "p-aiko").await), "", "{provider:?}");
        // Whatever became of the sign-out, the page's next click leads here.
        let left = browser.go(&server, "/session/sign-in?purpose=stepUp&state=page-1&signOut=skip").await;
        let asked = query(left.header("location"));
        let answer = browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
        if provider.fit(Mode::Session) == Fit::NoFreshSignIn {
            assert_eq!(refusal(&answer), "auth.auth_time_missing", "{provider:?}");
            continue;
        }
        assert_eq!(refusal(&answer), "", "{provider:?}");
        let key = [("idempotency-key", "0123456789abcdef")];
        let answer = browser.call_with(&server, "POST", RESET, &key).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{provider:?}: {:?}", answer.json());
    }
}

/// Rauthy, Authelia, Ping, OneLogin and JumpCloud: EdDSA or ES256, `auth_time` in ID tokens only, JWT access tokens a setting.
#[tokio::test]
async fn providers_that_sign_otherwise_and_say_the_time_in_id_tokens_only_need_session_mode_or_a_setting() {
    for signer in [Signer::ed25519("ed", 5), Signer::es256("ec", 6)] {
        let name = signer.algorithm.name();
        let server = server_of(Provider::Other, Mode::Session).await;
        server.provider.set(|habits| {
            habits.keys = Some(vec![signer.jwk()]);
            habits.signs_with = Some(signer.clone());
            habits.names_itself = false;
        });
        let mut browser = Browser::default();
        assert_eq!(refusal(&browser.sign_in(&server, "signIn", "p-aiko").await), "", "{name}");
        let left = browser.go(&server, "/session/sign-in?purpose=stepUp&state=page-1&signOut=skip").await;
        let asked = query(left.header("location"));
        assert_eq!(refusal(&browser.come_back(&server, &asked, "p-aiko", &json!({})).await), "", "{name}");
        let key = [("idempotency-key", "0123456789abcdef")];
        let reset = browser.call_with(&server, "POST", RESET, &key).await;
        assert_eq!(reset.status, StatusCode::ACCEPTED, "{name}: {:?}", reset.json());

        let server = server_of(Provider::Other, Mode::Token).await;
        server.provider.set_keys(vec![signer.jwk()]);
        for (auth_time, expected) in
            [(Value::Null, StatusCode::UNAUTHORIZED), (json!(server.clock.seconds()), StatusCode::ACCEPTED)]
        {
            let mut claims = server.provider.claims("p-aiko", server.clock.seconds(), 5);
            claims["auth_time"] = auth_time;
            claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            let bearer = format!("Bearer {}", signer.sign(&claims));
            assert_eq!(
                server.call("GET", "/api/v1.0/me", &[("authorization", &bearer)]).await.status,
                StatusCode::OK
            );
            let headers = [("authorization", bearer.as_str()), ("idempotency-key", "0123456789abcdef")];
            let reset = server.call("POST", RESET, &headers).await;
            assert_eq!(reset.status, expected, "{name}: {:?}", reset.json());
            let is_told = reset.header("www-authenticate").contains("auth_time_missing");
            assert_eq!(is_told, expected == StatusCode::UNAUTHORIZED, "{name}");
        }
        // An opaque access token: a setting at the provider.
        let opaque = server.call("GET", "/api/v1.0/me", &[("authorization", "Bearer opaque")]).await;
        assert_eq!(opaque.status, StatusCode::UNAUTHORIZED);
    }
}

/// Dex and Kanidm: neither `prompt`, `max_age` nor `auth_time`. Everything works but what needs a fresh sign-in, and that is said.
#[tokio::test]
async fn providers_that_never_say_when_are_told_from_those_that_work_in_both_modes() {
    let server = server_of(Provider::Other, Mode::Session).await;
    server.provider.set(|habits| {
        habits.ends_sessions = false;
        habits.claims = json!({ "auth_time": null });
    });
    let mut browser = Browser::default();
    assert_eq!(refusal(&browser.sign_in(&server, "signIn", "p-aiko").await), "");
    assert_eq!(browser.call(&server, "GET", "/api/v1.0/me").await.status, StatusCode::OK);
    let left = browser.go(&server, "/session/sign-in?purpose=stepUp&state=page-1").await;
    let asked = query(left.header("location"));
    let captured = CapturedLog::begin();
    let answer = browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
    assert_eq!(refusal(&answer), "auth.auth_time_missing");
    let log = captured.text();
    assert!(log.contains("WARN") && log.contains("auth_time: expected a time, came nothing"), "{log}");
    drop(captured);

    let server = server_of(Provider::Other, Mode::Token).await;
    let mut claims = server.provider.claims("p-aiko", server.clock.seconds(), 5);
    claims.as_object_mut().unwrap().remove("auth_time");
    let bearer = format!("Bearer {}", server.provider.signer.sign(&claims));
    let me = server.call("GET", "/api/v1.0/me", &[("authorization", &bearer)]).await;
    // The page knows it from this answer, before the first sign-out.
    assert!(me.status == StatusCode::OK && me.json()["authTime"].is_null(), "{:?}", me.json());
    let captured = CapturedLog::begin();
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "0123456789abcdef")];
    let reset = server.call("POST", RESET, &headers).await;
    assert!(reset.header("www-authenticate").contains("auth_time_missing"));
    assert!(captured.text().contains("does not say when it was (auth_time)"), "{}", captured.text());
}

#[test]
fn the_documentation_says_of_each_provider_what_is_tested_here_and_has_a_page_for_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let table = std::fs::read_to_string(root.join("README.md")).unwrap();
    for provider in Provider::ALL {
        let recipe = provider.recipe();
        assert!(root.join("docs/providers").join(recipe.page).is_file(), "{}", recipe.page);
        let row = format!(
            "| [{}](docs/providers/{}) | {} | {} |",
            recipe.name,
            recipe.page,
            recipe.session.as_str(),
            recipe.token.as_str()
        );
        assert!(table.contains(&row), "{row}");
    }
}

/// What an administrator copies out of a recipe.
#[test]
fn each_command_of_a_recipe_is_taken_as_it_stands_and_writes_files_that_the_server_takes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for provider in Provider::ALL {
        let page = std::fs::read_to_string(root.join("docs/providers").join(provider.recipe().page)).unwrap();
        let commands = page.lines().filter_map(|line| line.strip_prefix("portal-server "));
        let mut modes = Vec::new();
        for line in commands.filter(|line| line.starts_with("init ")) {
            let line = line.split('#').next().unwrap();
            let folder = tempfile::tempdir().unwrap();
            let words = line.split_whitespace().map(std::ffi::OsString::from);
            let Ok((None, Command::Init(flags))) = operator::parse(words) else { panic!("{line}") };
            let answers = operator::complete(flags, None).unwrap_or_else(|why| panic!("{line}: {why}"));
            let page_dir = folder.path().join("dist");
            std::fs::create_dir(&page_dir).unwrap();
            let answers = Answers { page_dir, to: folder.path().to_owned(), ..answers };
            init(&answers, &SystemRandomness).unwrap();
            let settings = settings_of(&answers);
            assert_eq!(settings.session.is_some(), answers.mode == Mode::Session, "{line}");
            modes.push(answers.mode);
        }
        let promised = [Mode::Session, Mode::Token].into_iter();
        let promised: Vec<Mode> = promised.filter(|mode| provider.fit(*mode) != Fit::UseSession).collect();
        if provider != Provider::Other {
            assert_eq!(modes, promised, "{}", provider.recipe().page);
        }
    }
}

/// Whoever begins without a recipe, with one real token: each setting that the recipe has is named, one after the other.
#[tokio::test]
async fn check_token_names_every_setting_of_a_recipe_by_a_token_of_that_provider() {
    for provider in Provider::ALL.into_iter().filter(|one| one.fit(Mode::Token) == Fit::Setting) {
        let server = server_of(Provider::Other, Mode::Token).await;
        shape_access_tokens(&server, provider);
        let file = server.folder.path().join("token");
        std::fs::write(&file, server.provider.token("p-aiko", 5)).unwrap();
        let wanted = CheckUp { online: false, token: Some(file) };
        let report = operator::check(&server.settings, &wanted, &*server.clock).await;
        let said = report.lines().join("\n");
        for line in provider.recipe().oidc {
            let key = line.split(' ').next().unwrap();
            // Which claim tells people apart no token can say.
            let is_told = key == "subject_claim" || said.contains(&format!("oidc.{key}"));
            assert!(is_told, "{provider:?} {key}: {said}");
        }
    }
}

#[tokio::test]
async fn a_scope_that_is_not_needed_is_said_at_start() {
    for (provider, is_said) in [(Provider::Zitadel, true), (Provider::Keycloak, false)] {
        let captured = CapturedLog::begin();
        server_of(provider, Mode::Token).await;
        assert_eq!(captured.text().contains("no scope is needed"), is_said, "{provider:?}");
    }
}

/// What a source says in the log at `warn` or `error`.
fn warnings(source: &str) -> Vec<String> {
    let rules = source.split("#[cfg(test)]").next().unwrap();
    let said = rules
        .split("tracing::")
        .skip(1)
        .filter(|rest| rest.starts_with("warn!(") || rest.starts_with("error!("));
    let longest = |call: &str| {
        let call = call.split(");").next().unwrap().replace("\\\n", "");
        call.split('"').skip(1).step_by(2).max_by_key(|text| text.len()).unwrap().to_owned()
    };
    said.map(longest).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn every_line_of_the_log_about_sign_in_has_a_row_in_the_documentation() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.parent().unwrap().join("docs/operation.md")).unwrap();
    let mut checked = 0;
    for place in ["oidc", "http/session", "http/auth.rs", "application/browser_sign_in.rs"] {
        let place = root.join("src").join(place);
        let files = match std::fs::read_dir(&place) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => vec![place],
        };
        for file in files {
            for text in warnings(&std::fs::read_to_string(&file).unwrap()) {
                let begins = text.split([':', ';']).next().unwrap();
                assert!(table.contains(begins), "{}: {text}", file.display());
                checked += 1;
            }
        }
    }
    assert!(checked >= 10, "the sources are read: {checked}");
}
