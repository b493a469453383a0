//! An identity provider on a port of this machine: discovery, keys, authorization, token and sign-out endpoint.

use crate::signer::text;
use crate::{Clock, Signer};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use sha2::Digest as _;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// `client_id` and secret of the confidential client.
pub const CLIENT: (&str, &str) = ("portal-server", "a secret/of the test");
/// Whom access tokens are for.
pub const AUDIENCE: &str = "urn:passcode-portal:api";
/// An access token is used again for so many seconds: far fewer than the 300 for which a sign-in is fresh.
const TOKEN_IS_USED_FOR: i64 = 60;

/// What the provider is asked, or answers, in the query of an address.
pub type Query = HashMap<String, String>;

/// What becomes of a sign-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterEnd {
    /// The browser is sent back, with the `state` it came with.
    GoesBack,
    /// The browser is sent back without it.
    ForgetsState,
    /// The provider shows a page of its own, and there it ends.
    Stays,
    /// The provider answers that the request is wrong.
    Refuses,
}

/// How the provider behaves. The usual values are those of one that does everything right.
#[derive(Clone)]
pub struct Habits {
    /// The status of the discovery document and the keys; a redirection leads from the document to the keys.
    pub status: StatusCode,
    /// Whether the discovery document keeps whoever asks for it waiting, until this is `false` again.
    pub hangs: bool,
    /// So many letters more in the discovery document.
    pub padding: usize,
    /// The issuer the discovery document names; where the provider is, if `None`.
    pub issuer: Option<String>,
    /// Whether the discovery document names where a session is ended.
    pub ends_sessions: bool,
    /// What becomes of a sign-out.
    pub after_end: AfterEnd,
    /// Entries that are laid over those of the discovery document; `null` takes one away.
    pub document: Value,
    /// Members that are laid over those of the answer with the tokens; `null` takes one away.
    pub tokens: Value,
    /// Whether pages of any origin may read its answers (CORS).
    pub readable: bool,
    /// Whether it says in discovery and in each answer who it is (`iss`, RFC 9207).
    pub names_itself: bool,
    /// The published keys.
    pub keys: Vec<Value>,
    /// What is published instead of a key set.
    pub keys_text: Option<String>,
    /// Who signs ID tokens; the published key, if `None`.
    pub signs_with: Option<Signer>,
    /// Claims that are laid over those of each ID token; `null` takes one away.
    pub claims: Value,
    /// Who is in front of the sign-in page.
    pub person: String,
    /// The error the sign-in page ends with instead of a code.
    pub refuses: Option<String>,
}

/// What it was asked so far.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// How often for its document.
    pub discoveries: u32,
    /// How many lost their patience while the document kept them waiting.
    pub given_up: u32,
    /// How often for its keys.
    pub key_fetches: u32,
    /// How often for tokens.
    pub token_requests: u32,
    /// The code verifiers it was sent.
    pub verifiers: Vec<String>,
}

/// What a code is good for.
#[derive(Clone)]
struct Grant {
    challenge: String,
    redirect: String,
    id_token: String,
}

/// The provider; a clone is the same one. It listens as long as the runtime it was started in lives.
#[derive(Clone)]
pub struct Provider {
    /// Its address, as it says in tokens.
    pub issuer: String,
    /// Where it listens.
    pub origin: String,
    /// The key that it publishes and signs with.
    pub signer: Signer,
    /// By which its tokens are stamped.
    pub clock: Clock,
    inner: Arc<Inner>,
}

struct Inner {
    habits: watch::Sender<Habits>,
    asked: Mutex<Asked>,
    codes: Mutex<HashMap<String, Grant>>,
    tokens: Mutex<HashMap<String, (i64, String)>>,
}

/// A secret of this provider that belongs to a code and can be told from any other.
pub fn opaque(what: &str, code: &str) -> String {
    text(&sha2::Sha256::digest([what, code].concat()))
}

/// The query of an address.
pub fn query(address: &str) -> Query {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Takes over the members of an object; `null` takes one away.
fn lay_over(object: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
    object.as_object_mut().unwrap().retain(|_, value| !value.is_null());
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Provider {
    /// One with a key everybody knows and a clock that stands still. Panics if there is no port.
    pub async fn start() -> Self {
        Self::with(Signer::es256("key-1", 7), Clock::default()).await.unwrap()
    }

    /// The same with the machine's own clock, for a server that runs by that. Panics if there is no port.
    pub async fn in_real_time() -> Self {
        Self::with(Signer::es256("key-1", 7), Clock::of_the_machine()).await.unwrap()
    }

    /// One with this key and this clock.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn with(signer: Signer, clock: Clock) -> io::Result<Self> {
        Self::listening(signer, clock, None).await
    }

    /// The same as a directory of Microsoft Entra ID: its issuer is `ORIGIN/{tenant}/v2.0`, people are known by `oid`, and any
    /// application has a token at `ORIGIN/{tenant}/oauth2/v2.0/token`.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn of_tenant(signer: Signer, clock: Clock, tenant: &str) -> io::Result<Self> {
        Self::listening(signer, clock, Some(tenant)).await
    }

    async fn listening(signer: Signer, clock: Clock, tenant: Option<&str>) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let path = tenant.map(|tenant| format!("/{tenant}/v2.0"));
        let issuer = format!("{origin}{}", path.as_deref().unwrap_or_default());
        let habits = Habits {
            status: StatusCode::OK,
            hangs: false,
            padding: 0,
            issuer: None,
            ends_sessions: true,
            after_end: AfterEnd::GoesBack,
            document: json!({}),
            tokens: json!({}),
            readable: false,
            names_itself: true,
            keys: vec![signer.jwk()],
            keys_text: None,
            signs_with: None,
            claims: json!({}),
            person: "p-aiko".to_owned(),
            refuses: None,
        };
        let inner = Inner {
            habits: watch::Sender::new(habits),
            asked: Mutex::default(),
            codes: Mutex::default(),
            tokens: Mutex::default(),
        };
        let provider = Self { issuer, origin, signer, clock, inner: Arc::new(inner) };
        let own = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/auth", get(authorize))
            .route("/token", post(token))
            .route("/end", get(end))
            .layer(axum::middleware::map_response_with_state(provider.clone(), allow))
            .with_state(provider.clone());
        let app = match (path, tenant) {
            (Some(path), Some(tenant)) => Router::new()
                .nest(&path, own)
                .route(&format!("/{tenant}/oauth2/v2.0/token"), post(application_token)),
            (_, _) => own,
        };
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(provider)
    }

    /// Turns switches.
    pub fn set(&self, change: impl FnOnce(&mut Habits)) {
        self.inner.habits.send_modify(change);
    }

    fn habits(&self) -> Habits {
        self.inner.habits.borrow().clone()
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Asked {
        lock(&self.inner.asked).clone()
    }

    fn note(&self, change: impl FnOnce(&mut Asked)) {
        change(&mut lock(&self.inner.asked));
    }

    /// How often its keys were asked for.
    pub fn fetches(&self) -> u32 {
        self.asked().key_fetches
    }

    /// How often its document was asked for.
    pub fn discoveries(&self) -> u32 {
        self.asked().discoveries
    }

    /// How many waited for its document in vain.
    pub fn given_up(&self) -> u32 {
        self.asked().given_up
    }

    /// Whether whoever asks for its document is kept waiting from now on.
    pub fn hangs(&self, does: bool) {
        self.set(|habits| habits.hangs = does);
    }

    /// The status of its document and keys from now on.
    pub fn answers(&self, status: StatusCode) {
        self.set(|habits| habits.status = status);
    }

    /// The keys it publishes from now on.
    pub fn set_keys(&self, keys: Vec<Value>) {
        self.set(|habits| habits.keys = keys);
    }

    /// Claims of a good access token of `person`, who signed in `age` seconds before `now`.
    pub fn claims(&self, person: &str, now: i64, age: i64) -> Value {
        let mut claims = json!({
            "iss": self.issuer, "aud": AUDIENCE, "sub": person, "scope": "openid devices",
            "iat": now, "exp": now + 600, "auth_time": now - age, "jti": format!("{person}-{now}-{age}"),
            "name": "Some Body", "email": "somebody@example.test",
        });
        if self.issuer != self.origin {
            claims["oid"] = json!(person);
        }
        claims
    }

    /// An access token of somebody who signed in `age` seconds ago.
    pub fn token(&self, person: &str, age: i64) -> String {
        self.signer.sign(&self.claims(person, self.clock.seconds(), age))
    }

    /// An access token of somebody who signed in a moment ago; for a minute the same one, because signing takes time.
    pub fn kept_token(&self, person: &str) -> String {
        let now = self.clock.seconds();
        let mut tokens = lock(&self.inner.tokens);
        match tokens.get(person) {
            Some((made, token)) if now - made < TOKEN_IS_USED_FOR => token.clone(),
            Some(_) | None => {
                let token = self.token(person, 1);
                tokens.insert(person.to_owned(), (now, token.clone()));
                token
            }
        }
    }

    /// The ID token for what was `asked`, with changed claims; `null` takes one away.
    pub fn id_token(&self, asked: &Query, person: &str, changes: &Value) -> String {
        let now = self.clock.seconds();
        let habits = self.habits();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT.0, "sub": person, "iat": now, "exp": now + 600, "auth_time": now,
            "nonce": asked.get("nonce"), "name": "Some Body", "email": format!("{person}@example.test"),
        });
        lay_over(&mut claims, &habits.claims);
        lay_over(&mut claims, changes);
        habits.signs_with.as_ref().unwrap_or(&self.signer).sign_as("JWT", &claims)
    }

    /// Gives out a code for an ID token: the query of the address the browser is sent back to. The same question has the
    /// same code.
    pub fn grant(&self, asked: &Query, id_token: String) -> String {
        let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let code = opaque("code", &of("state"));
        let grant = Grant { challenge: of("code_challenge"), redirect: of("redirect_uri"), id_token };
        lock(&self.inner.codes).insert(code.clone(), grant);
        self.answer(asked, &[("code", &code)])
    }

    fn answer(&self, asked: &Query, parameters: &[(&str, &str)]) -> String {
        let mut answer = form_urlencoded::Serializer::new(String::new());
        answer.extend_pairs(parameters);
        answer.extend_pairs(asked.get("state").map(|state| ("state", state)));
        if self.habits().names_itself {
            answer.append_pair("iss", &self.issuer);
        }
        answer.finish()
    }
}

/// Counts whoever stops waiting before there is an answer.
struct Patience<'a>(&'a Provider);

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        if self.0.habits().hangs {
            self.0.note(|asked| asked.given_up += 1);
        }
    }
}

async fn discovery(State(provider): State<Provider>) -> Response {
    provider.note(|asked| asked.discoveries += 1);
    let patience = Patience(&provider);
    // The sender lives as long as the provider.
    let _ = provider.inner.habits.subscribe().wait_for(|habits| !habits.hangs).await;
    drop(patience);
    let habits = provider.habits();
    let at = |path: &str| format!("{}/{path}", provider.issuer);
    if habits.status.is_redirection() {
        return (habits.status, [(header::LOCATION, at("jwks"))]).into_response();
    }
    let mut document = json!({
        "issuer": habits.issuer.as_ref().unwrap_or(&provider.issuer),
        "jwks_uri": at("jwks"),
        "authorization_endpoint": at("auth"),
        "token_endpoint": at("token"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": habits.names_itself,
        "padding": "x".repeat(habits.padding),
    });
    if habits.ends_sessions {
        document["end_session_endpoint"] = json!(at("end"));
    }
    lay_over(&mut document, &habits.document);
    (habits.status, axum::Json(document)).into_response()
}

async fn jwks(State(provider): State<Provider>) -> Response {
    provider.note(|asked| asked.key_fetches += 1);
    let habits = provider.habits();
    match habits.keys_text {
        Some(text) => text.into_response(),
        None => (habits.status, axum::Json(json!({ "keys": habits.keys }))).into_response(),
    }
}

/// What a browser asks before it lets a page read an answer.
async fn allow(State(provider): State<Provider>, mut answer: Response) -> Response {
    if provider.habits().readable {
        answer
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    }
    answer
}

fn sent_back(address: &str, query: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{address}?{query}"))]).into_response()
}

/// The sign-in page: whoever is in front of it signs in at once.
async fn authorize(State(provider): State<Provider>, RawQuery(asked): RawQuery) -> Response {
    let asked = query(&format!("?{}", asked.unwrap_or_default()));
    let Some(redirect) = asked.get("redirect_uri") else { return StatusCode::BAD_REQUEST.into_response() };
    let habits = provider.habits();
    let answer = match &habits.refuses {
        Some(error) => provider.answer(&asked, &[("error", error)]),
        None => provider.grant(&asked, provider.id_token(&asked, &habits.person, &json!({}))),
    };
    sent_back(redirect, &answer)
}

/// Ends the session and goes back.
async fn end(State(provider): State<Provider>, RawQuery(asked): RawQuery) -> Response {
    let asked = query(&format!("?{}", asked.unwrap_or_default()));
    let habit = provider.habits().after_end;
    match habit {
        AfterEnd::GoesBack | AfterEnd::ForgetsState => {}
        AfterEnd::Stays => return StatusCode::OK.into_response(),
        AfterEnd::Refuses => return StatusCode::BAD_REQUEST.into_response(),
    }
    let state = asked.get("state").filter(|_| habit == AfterEnd::GoesBack);
    let state = state.map(|state| format!("state={}", encoded(state)));
    match asked.get("post_logout_redirect_uri") {
        Some(redirect) => sent_back(redirect, &state.unwrap_or_default()),
        None => StatusCode::OK.into_response(),
    }
}

/// A token for an application, whoever it is.
async fn application_token() -> Response {
    let body = json!({ "token_type": "Bearer", "access_token": "opaque-1", "expires_in": 3599 });
    axum::Json(body).into_response()
}

/// The token endpoint: checks the client, the code (once), where it was sent and its verifier.
async fn token(State(provider): State<Provider>, headers: HeaderMap, body: String) -> Response {
    provider.note(|asked| asked.token_requests += 1);
    let refused =
        |status: StatusCode, error: &str| (status, axum::Json(json!({ "error": error }))).into_response();
    let pair = format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1));
    let wanted = format!("Basic {}", Base64::encode_string(pair.as_bytes()));
    if headers.get(header::AUTHORIZATION).is_none_or(|value| value.as_bytes() != wanted.as_bytes()) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let form = query(&format!("?{body}"));
    let of = |name: &str| form.get(name).cloned().unwrap_or_default();
    provider.note(|asked| asked.verifiers.push(of("code_verifier")));
    let granted = lock(&provider.inner.codes).remove(&of("code"));
    let challenge = text(&sha2::Sha256::digest(of("code_verifier").as_bytes()));
    let is_right = |grant: &Grant| {
        of("grant_type") == "authorization_code"
            && grant.challenge == challenge
            && grant.redirect == of("redirect_uri")
    };
    match granted.filter(is_right) {
        Some(grant) => {
            // More than was asked for: tokens that a server of ours has no use for.
            let mut answer = json!({
                "access_token": opaque("access", &of("code")), "refresh_token": opaque("refresh", &of("code")),
                "token_type": "Bearer", "id_token": grant.id_token,
            });
            lay_over(&mut answer, &provider.habits().tokens);
            axum::Json(answer).into_response()
        }
        None => refused(StatusCode::BAD_REQUEST, "invalid_grant"),
    }
}
