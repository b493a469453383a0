//! A browser of session mode: keeps cookies as a browser does, and is a person at the provider's sign-in page.

use super::provider::CLIENT;
pub(crate) use super::provider::{Query, query};
use super::{Answer, TestServer};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where the page is.
pub(crate) const ORIGIN: &str = "https://portal.example.test";
pub(crate) const SESSION_COOKIE: &str = "__Host-portal-session";
pub(crate) const SIGN_IN_COOKIE: &str = "__Host-portal-sign-in";

impl TestServer {
    /// A server in session mode, with further keys of its section.
    pub(crate) async fn in_session_mode(more: &str) -> Self {
        let page = tempfile::tempdir().unwrap();
        std::fs::write(page.path().join("index.html"), "<title>page</title>").unwrap();
        let (id, secret) = CLIENT;
        let text = format!(
            "public_base_url = \"{ORIGIN}\"\nallow_simulated = true\npage_dir = {:?}\n[page.config]\napiBase = \"/api/v1.0\"\n\
             [session]\nclient_id = \"{id}\"\nclient_secret = \"{secret}\"\n{more}\n",
            page.path()
        );
        let server = Self::with(&text).await;
        // The folder is opened by now and has to stay.
        let _ = page.keep();
        server
    }
}

/// A browser with its cookies.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
    /// Whom the page believes to be signed in.
    pub(crate) believes: String,
    /// Where it is, as host and port; the usual place when empty.
    pub(crate) peer: String,
}

impl Browser {
    pub(crate) fn cookie(&self, name: &str) -> String {
        self.cookies.get(name).cloned().unwrap_or_default()
    }

    fn cookie_header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Exactly these headers, and the cookies.
    pub(crate) async fn raw(
        &mut self,
        server: &TestServer,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let cookies = self.cookie_header();
        let mut all = headers.to_vec();
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        let answer = if self.peer.is_empty() {
            server.call(method, path, &all).await
        } else {
            let mut request = Request::builder().method(method).uri(path);
            for (name, value) in all {
                request = request.header(name, value);
            }
            server.send_from(&self.peer, request.body(Body::empty()).unwrap()).await
        };
        self.keep(&answer);
        answer
    }

    /// A call as the page makes it.
    pub(crate) async fn call(&mut self, server: &TestServer, method: &str, path: &str) -> Answer {
        self.call_with(server, method, path, &[]).await
    }

    pub(crate) async fn call_with(
        &mut self,
        server: &TestServer,
        method: &str,
        path: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let knows = path.starts_with("/api/") && !self.believes.is_empty();
        let believes = if knows { self.believes.clone() } else { "-".to_owned() };
        let mut headers = vec![("x-portal-session", believes.as_str()), ("sec-fetch-site", "same-origin")];
        if method != "GET" {
            headers.push(("origin", ORIGIN));
        }
        headers.extend_from_slice(more);
        self.raw(server, method, path, &headers).await
    }

    /// The page goes somewhere.
    pub(crate) async fn go(&mut self, server: &TestServer, path: &str) -> Answer {
        self.raw(server, "GET", path, &[("sec-fetch-site", "same-origin")]).await
    }

    /// The provider sends the browser somewhere: no `Strict` cookie comes along.
    pub(crate) async fn is_sent(&mut self, server: &TestServer, path: &str) -> Answer {
        let strict = self.cookies.remove_entry(SESSION_COOKIE);
        let answer = self.raw(server, "GET", path, &[("sec-fetch-site", "cross-site")]).await;
        if let Some((name, value)) = strict {
            self.cookies.entry(name).or_insert(value);
        }
        answer
    }

    pub(crate) async fn me(&mut self, server: &TestServer) -> Answer {
        self.call(server, "GET", "/api/v1.0/me").await
    }

    /// Leaves for the provider; what the provider is asked.
    pub(crate) async fn leave(&mut self, server: &TestServer, purpose: &str) -> Query {
        let answer = self.go(server, &format!("/session/sign-in?purpose={purpose}&state=page-1")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?}", answer.json());
        let mut address = answer.header("location").to_owned();
        if address.starts_with(&format!("{}/end?", server.provider.issuer)) {
            let state = query(&address).remove("state").unwrap();
            let answer = self.is_sent(server, &format!("/session/signed-out?state={state}")).await;
            address = answer.header("location").to_owned();
        }
        assert!(address.starts_with(&format!("{}/auth?", server.provider.issuer)), "{address}");
        query(&address)
    }

    /// Comes back from the provider as `person`, with changed claims.
    pub(crate) async fn come_back(
        &mut self,
        server: &TestServer,
        asked: &Query,
        person: &str,
        changes: &Value,
    ) -> Answer {
        let address = callback(server, asked, person, changes);
        let answer = self.is_sent(server, &address).await;
        if !answer.header("location").contains("error=") {
            person.clone_into(&mut self.believes);
        }
        answer
    }

    /// The whole way; ends signed in.
    pub(crate) async fn sign_in(&mut self, server: &TestServer, purpose: &str, person: &str) -> Answer {
        let asked = self.leave(server, purpose).await;
        self.come_back(server, &asked, person, &json!({})).await
    }

    /// Nobody yet, somewhere else than usual.
    pub(crate) fn at(peer: &str) -> Self {
        Self { peer: peer.to_owned(), ..Self::default() }
    }

    pub(crate) async fn signed_in(server: &TestServer, person: &str) -> Self {
        let mut browser = Self::default();
        let answer = browser.sign_in(server, "signIn", person).await;
        assert_eq!(answer.header("location"), "/callback?state=page-1");
        browser
    }
}

/// The provider signs `person` in and gives out a code: the address it sends the browser to.
pub(crate) fn callback(server: &TestServer, asked: &Query, person: &str, changes: &Value) -> String {
    grant(server, asked, server.provider.id_token(asked, person, changes))
}

/// The same with an ID token of the test's own.
pub(crate) fn grant(server: &TestServer, asked: &Query, id_token: String) -> String {
    format!("/session/callback?{}", server.provider.grant(asked, id_token))
}

/// Why a sign-in was refused, as the page is told.
pub(crate) fn refusal(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let address = answer.header("location");
    assert!(address.starts_with("/callback?"), "{address}");
    query(address).remove("error").unwrap_or_default()
}
