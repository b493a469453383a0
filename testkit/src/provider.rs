//! An identity provider on a port of this machine: discovery, keys, authorization, token and sign-out endpoint.

mod habits;
mod pages;

use crate::signer::text;
use crate::{Clock, Signer};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use base64ct::{Base64, Encoding as _};
use serde::{Deserialize as _, Deserializer};
use serde_json::{Value, json};
use sha2::Digest as _;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;

pub use habits::{AfterEnd, Asked, Habits};
pub use pages::{People, Person};

/// `client_id` and secret of the confidential client.
pub const CLIENT: (&str, &str) = ("portal-server", "a secret/of the test");
/// `client_id` of the public client, which is a page: it has no secret, and is given access tokens that can be read.
pub const PAGE_CLIENT: &str = "passcode-portal";
/// Whom access tokens are for.
pub const AUDIENCE: &str = "urn:passcode-portal:api";
/// Of this machine; the system chooses.
const ANY_PORT: &str = "127.0.0.1:0";
/// An access token is used again for so many seconds: far fewer than the 300 for which a sign-in is fresh.
const TOKEN_IS_USED_FOR: i64 = 60;

/// What the provider is asked, or answers, in the query of an address.
pub type Query = HashMap<String, String>;

/// What a code is good for.
#[derive(Clone)]
struct Grant {
    challenge: String,
    redirect: String,
    client: String,
    id_token: String,
    /// Opaque, if `None`.
    access_token: Option<String>,
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
    /// Whoever the sign-in page knows; without them nobody is asked.
    people: OnceLock<People>,
    sessions: Mutex<HashMap<String, pages::Session>>,
    /// What the sign-in pages that were shown are about: the query they were asked for with.
    waiting: Mutex<HashMap<String, String>>,
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

/// Who asks; the confidential client, if it does not say.
fn client(asked: &Query) -> &str {
    asked.get("client_id").map_or(CLIENT.0, String::as_str)
}

fn wrong(error: &(impl ToString + ?Sized)) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, error.to_string())
}

/// A key as a test that is no Rust names one.
fn signed_by<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Signer>, D::Error> {
    let Some(said) = Option::<Value>::deserialize(from)? else { return Ok(None) };
    let kid = said["kid"].as_str().unwrap_or("key-2");
    let number = said["number"].as_u64().and_then(|number| u8::try_from(number).ok()).unwrap_or(11);
    match said["alg"].as_str() {
        Some("ES256") => Ok(Some(Signer::es256(kid, number))),
        Some("RS256") => Ok(Some(Signer::rs256(kid))),
        Some("EdDSA") => Ok(Some(Signer::ed25519(kid, number))),
        other => Err(serde::de::Error::custom(format!("alg {other:?} is none of ES256, RS256, EdDSA"))),
    }
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
        Self::listening(ANY_PORT, signer, clock, None).await
    }

    /// The same as a directory of Microsoft Entra ID: its issuer is `ORIGIN/{tenant}/v2.0`, people are known by `oid`, and any
    /// application has a token at `ORIGIN/{tenant}/oauth2/v2.0/token`.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn of_tenant(signer: Signer, clock: Clock, tenant: &str) -> io::Result<Self> {
        Self::listening(ANY_PORT, signer, clock, Some(tenant)).await
    }

    /// The same with the machine's own clock at this address of this machine.
    ///
    /// # Errors
    /// When it is taken.
    pub async fn at(address: &str) -> io::Result<Self> {
        Self::listening(address, Signer::es256("key-1", 7), Clock::of_the_machine(), None).await
    }

    async fn listening(
        address: &str,
        signer: Signer,
        clock: Clock,
        tenant: Option<&str>,
    ) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let path = tenant.map(|tenant| format!("/{tenant}/v2.0"));
        let issuer = format!("{origin}{}", path.as_deref().unwrap_or_default());
        let inner = Inner {
            habits: watch::Sender::new(Habits::default()),
            asked: Mutex::default(),
            codes: Mutex::default(),
            tokens: Mutex::default(),
            people: OnceLock::new(),
            sessions: Mutex::default(),
            waiting: Mutex::default(),
        };
        let provider = Self { issuer, origin, signer, clock, inner: Arc::new(inner) };
        let own = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/auth", get(pages::authorize))
            .route("/sign-in/{id}", get(pages::show).post(pages::submit))
            .route("/sign-in/{id}/cancel", get(pages::cancel))
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

    /// From now on a page asks who is there, and knows these people.
    pub fn asks(&self, people: People) {
        // Asked twice, the first answer stands.
        let _ = self.inner.people.set(people);
    }

    /// The switches for tests that are no Rust: `PUT /habits` with JSON sets those it names, the others to what they are usually,
    /// over which `usual` is laid; `GET /asked` tells [`Asked`]. Nothing checks who asks.
    pub fn control(&self, usual: Value) -> Router {
        let turn = async |State((provider, mut wanted)): State<(Self, Value)>, body: String| {
            let said: Value = serde_json::from_str(&body).map_err(|error| wrong(&error))?;
            let said = said.as_object().ok_or_else(|| wrong("habits are an object"))?;
            wanted.as_object_mut().unwrap().extend(said.clone());
            let wanted = serde_json::from_value(wanted).map_err(|error| wrong(&error))?;
            provider.set(|habits| *habits = wanted);
            Ok::<_, (StatusCode, String)>(StatusCode::NO_CONTENT)
        };
        let tell = async |State((provider, _)): State<(Self, Value)>| axum::Json(provider.asked());
        Router::new().route("/habits", put(turn)).route("/asked", get(tell)).with_state((self.clone(), usual))
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
        self.set(|habits| habits.keys = Some(keys));
    }

    /// Claims of a good access token of `person`, who signed in `age` seconds before `now`.
    pub fn claims(&self, person: &str, now: i64, age: i64) -> Value {
        let mut claims = json!({
            "iss": self.issuer, "aud": AUDIENCE, "sub": person, "scope": "openid devices",
            "iat": now, "exp": now + 600, "auth_time": now - age, "jti": format!("{person}-{now}-{age}"),
            "name": self.name(person), "email": "somebody@example.test",
        });
        if self.issuer != self.origin {
            claims["oid"] = json!(person);
        }
        claims
    }

    fn name(&self, person: &str) -> String {
        let known =
            self.inner.people.get().and_then(|known| known.people.iter().find(|one| one.sub == person));
        known.map_or_else(|| "Some Body".to_owned(), |known| known.name.clone())
    }

    /// An access token of somebody who signed in `age` seconds ago.
    pub fn token(&self, person: &str, age: i64) -> String {
        let habits = self.habits();
        let signer = habits.signs_with.as_ref().unwrap_or(&self.signer);
        let mut header = json!({ "typ": "at+jwt", "alg": signer.algorithm.name(), "kid": signer.kid });
        let mut claims = self.claims(person, self.clock.seconds(), age);
        lay_over(&mut header, &habits.access_header);
        lay_over(&mut claims, &habits.access_claims);
        signer.sign_under(&header, &claims)
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
        self.id_token_since(asked, person, self.clock.seconds(), changes)
    }

    fn id_token_since(&self, asked: &Query, person: &str, since: i64, changes: &Value) -> String {
        let now = self.clock.seconds();
        let habits = self.habits();
        let mut claims = json!({
            "iss": self.issuer, "aud": client(asked), "sub": person, "iat": now, "exp": now + 600, "auth_time": since,
            "nonce": asked.get("nonce"), "name": self.name(person), "email": format!("{person}@example.test"),
        });
        lay_over(&mut claims, &habits.claims);
        lay_over(&mut claims, changes);
        habits.signs_with.as_ref().unwrap_or(&self.signer).sign_as("JWT", &claims)
    }

    /// Gives out a code for an ID token: the query of the address the browser is sent back to. The same question has the
    /// same code.
    pub fn grant(&self, asked: &Query, id_token: String) -> String {
        self.grant_both(asked, id_token, None)
    }

    /// The same for somebody who signed in then.
    fn granted(&self, asked: &Query, person: &str, since: i64) -> String {
        let id_token = self.id_token_since(asked, person, since, &json!({}));
        let readable = client(asked) == PAGE_CLIENT;
        let access_token = readable.then(|| self.token(person, self.clock.seconds() - since));
        self.grant_both(asked, id_token, access_token)
    }

    fn grant_both(&self, asked: &Query, id_token: String, access_token: Option<String>) -> String {
        let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let code = opaque("code", &of("state"));
        let (challenge, redirect) = (of("code_challenge"), of("redirect_uri"));
        let grant = Grant { challenge, redirect, client: client(asked).to_owned(), id_token, access_token };
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
        None => (
            habits.status,
            axum::Json(json!({ "keys": habits.keys.unwrap_or_else(|| vec![provider.signer.jwk()]) })),
        )
            .into_response(),
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

/// Ends the session and goes back.
async fn end(State(provider): State<Provider>, headers: HeaderMap, RawQuery(asked): RawQuery) -> Response {
    provider.note(|asked| asked.sign_outs += 1);
    let asked = query(&format!("?{}", asked.unwrap_or_default()));
    let habits = provider.habits();
    if !habits.keeps_session {
        pages::forget(&provider, &headers);
    }
    match &habits.after_end {
        AfterEnd::GoesBack | AfterEnd::ForgetsState => {}
        AfterEnd::GoesTo(address) => {
            return (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
        }
        AfterEnd::Stays => return pages::end(StatusCode::OK),
        AfterEnd::Refuses => return pages::end(StatusCode::BAD_REQUEST),
    }
    let state = asked.get("state").filter(|_| habits.after_end == AfterEnd::GoesBack);
    let state = state.map(|state| format!("state={}", encoded(state)));
    match asked.get("post_logout_redirect_uri") {
        Some(redirect) => sent_back(redirect, &state.unwrap_or_default()),
        None => pages::end(StatusCode::OK),
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
    if let Some((status, body)) = provider.habits().token_answer {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    let refused =
        |status: StatusCode, error: &str| (status, axum::Json(json!({ "error": error }))).into_response();
    let pair = format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1));
    let wanted = format!("Basic {}", Base64::encode_string(pair.as_bytes()));
    let form = query(&format!("?{body}"));
    let of = |name: &str| form.get(name).cloned().unwrap_or_default();
    let asking = match headers.get(header::AUTHORIZATION) {
        Some(value) if value.as_bytes() == wanted.as_bytes() => CLIENT.0,
        None if of("client_id") == PAGE_CLIENT => PAGE_CLIENT,
        Some(_) | None => return refused(StatusCode::UNAUTHORIZED, "invalid_client"),
    };
    provider.note(|asked| asked.verifiers.push(of("code_verifier")));
    let granted = lock(&provider.inner.codes).remove(&of("code"));
    let challenge = text(&sha2::Sha256::digest(of("code_verifier").as_bytes()));
    let is_right = |grant: &Grant| {
        of("grant_type") == "authorization_code"
            && grant.client == asking
            && grant.challenge == challenge
            && grant.redirect == of("redirect_uri")
    };
    match granted.filter(is_right) {
        Some(grant) => {
            let mut answer = json!({ "token_type": "Bearer", "id_token": grant.id_token });
            match grant.access_token {
                Some(token) => answer["access_token"] = json!(token),
                // More than was asked for: tokens that a server of ours has no use for.
                None => {
                    answer["access_token"] = json!(opaque("access", &of("code")));
                    answer["refresh_token"] = json!(opaque("refresh", &of("code")));
                }
            }
            lay_over(&mut answer, &provider.habits().tokens);
            axum::Json(answer).into_response()
        }
        None => refused(StatusCode::BAD_REQUEST, "invalid_grant"),
    }
}
