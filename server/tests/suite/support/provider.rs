//! An identity provider inside the test: discovery, keys, and tokens it signs. It can lie, fail and rotate
//! its keys.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};

use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use sha2::Digest as _;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// A signing key.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    key: EncodingKey,
}

impl Signer {
    /// An ES256 key made from one number: tests need no randomness.
    pub(crate) fn es256(kid: &str, number: u8) -> Self {
        let secret = p256::SecretKey::from_slice(&[number; 32]).unwrap();
        let der = secret.to_pkcs8_der().unwrap();
        Self {
            kid: kid.to_owned(),
            algorithm: Algorithm::ES256,
            key: EncodingKey::from_ec_der(der.as_bytes()),
        }
    }

    /// An RS256 key of 2048 bits, the least that is accepted.
    pub(crate) fn rs256(kid: &str) -> Self {
        use aws_lc_rs::encoding::AsDer as _;
        let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().unwrap();
        Self {
            kid: kid.to_owned(),
            algorithm: Algorithm::RS256,
            key: EncodingKey::from_rsa_der(der.as_ref()),
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let mut jwk =
            serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as("at+jwt", claims)
    }

    pub(crate) fn sign_as(&self, typ: &str, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &self.key).unwrap()
    }
}

/// What the provider says.
pub(crate) struct Says {
    pub(crate) keys: Mutex<Vec<Value>>,
    pub(crate) status: Mutex<StatusCode>,
    pub(crate) padding: Mutex<usize>,
    /// What `/jwks` says instead of the keys.
    pub(crate) keys_text: Mutex<Option<String>>,
    pub(crate) key_fetches: AtomicU32,
    /// What is in the discovery document beside issuer and keys.
    pub(crate) endpoints: Mutex<Value>,
    /// Codes that were given out: what the token endpoint answers for each, once.
    pub(crate) codes: Mutex<HashMap<String, Grant>>,
    pub(crate) token_requests: AtomicU32,
    /// The code verifiers it was sent.
    pub(crate) verifiers: Mutex<Vec<String>>,
    /// Whether the discovery document keeps whoever asks for it waiting.
    hangs: tokio::sync::watch::Sender<bool>,
    pub(crate) discoveries: AtomicU32,
    /// How many lost their patience while it did.
    pub(crate) given_up: AtomicU32,
    issuer: Mutex<String>,
}

/// What a code is good for.
pub(crate) struct Grant {
    /// The code challenge it was asked for with.
    pub(crate) challenge: String,
    /// The ID token.
    pub(crate) id_token: String,
}

/// A secret of this provider that belongs to a code and can be told from any other.
pub(crate) fn opaque(what: &str, code: &str) -> String {
    Base64UrlUnpadded::encode_string(&sha2::Sha256::digest([what, code].concat()))
}

/// `client_id` and secret of the confidential client.
pub(crate) const CLIENT: (&str, &str) = ("portal-server", "a secret/of the test");

pub(crate) struct Provider {
    pub(crate) issuer: String,
    pub(crate) signer: Signer,
    pub(crate) says: Arc<Says>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let signer = Signer::es256("key-1", 7);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Says {
            keys: Mutex::new(vec![signer.jwk()]),
            status: Mutex::new(StatusCode::OK),
            padding: Mutex::new(0),
            keys_text: Mutex::new(None),
            key_fetches: AtomicU32::new(0),
            endpoints: Mutex::new(json!({
                "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"),
                "end_session_endpoint": format!("{issuer}/end"),
                "authorization_response_iss_parameter_supported": true,
            })),
            codes: Mutex::default(),
            token_requests: AtomicU32::new(0),
            verifiers: Mutex::default(),
            hangs: tokio::sync::watch::Sender::new(false),
            discoveries: AtomicU32::new(0),
            given_up: AtomicU32::new(0),
            issuer: Mutex::new(issuer.clone()),
        });
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .with_state(Arc::clone(&says));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { issuer, signer, says }
    }

    pub(crate) fn fetches(&self) -> u32 {
        self.says.key_fetches.load(Ordering::SeqCst)
    }

    /// From now on it neither answers nor refuses, until told that it does not hang any more.
    pub(crate) fn hangs(&self, does: bool) {
        self.says.hangs.send_replace(does);
    }

    /// How often its document was asked for.
    pub(crate) fn discoveries(&self) -> u32 {
        self.says.discoveries.load(Ordering::SeqCst)
    }

    /// How many waited for it in vain.
    pub(crate) fn given_up(&self) -> u32 {
        self.says.given_up.load(Ordering::SeqCst)
    }

    pub(crate) fn answers(&self, status: StatusCode) {
        *self.says.status.lock().unwrap() = status;
    }

    pub(crate) fn set_keys(&self, keys: Vec<Value>) {
        *self.says.keys.lock().unwrap() = keys;
    }

    /// Claims of a good access token of `person`, who signed in `age` seconds before `now`.
    pub(crate) fn claims(&self, person: &str, now: i64, age: i64) -> Value {
        json!({
            "iss": self.issuer, "aud": "urn:passcode-portal:api", "sub": person, "scope": "openid devices",
            "iat": now, "exp": now + 600, "auth_time": now - age, "jti": format!("{person}-{now}-{age}"),
            "name": "Some Body", "email": "somebody@example.test",
        })
    }
}

/// Counts whoever stops waiting before there is an answer.
struct Patience(Arc<Says>);

impl Drop for Patience {
    fn drop(&mut self) {
        if *self.0.hangs.borrow() {
            self.0.given_up.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn discovery(State(says): State<Arc<Says>>) -> Response {
    says.discoveries.fetch_add(1, Ordering::SeqCst);
    let patience = Patience(Arc::clone(&says));
    says.hangs.subscribe().wait_for(|hangs| !hangs).await.unwrap();
    drop(patience);
    let issuer = says.issuer.lock().unwrap().clone();
    let status = *says.status.lock().unwrap();
    if status.is_redirection() {
        return (status, [(header::LOCATION, format!("{issuer}/jwks"))]).into_response();
    }
    let padding = "x".repeat(*says.padding.lock().unwrap());
    let mut document = says.endpoints.lock().unwrap().clone();
    document["issuer"] = json!(issuer);
    document["jwks_uri"] = json!(format!("{issuer}/jwks"));
    document["padding"] = json!(padding);
    (status, axum::Json(document)).into_response()
}

async fn jwks(State(says): State<Arc<Says>>) -> Response {
    says.key_fetches.fetch_add(1, Ordering::SeqCst);
    if let Some(text) = says.keys_text.lock().unwrap().clone() {
        return text.into_response();
    }
    let keys = says.keys.lock().unwrap().clone();
    (*says.status.lock().unwrap(), axum::Json(json!({ "keys": keys }))).into_response()
}

/// The token endpoint: checks the client, the code (once) and its verifier.
async fn token(State(says): State<Arc<Says>>, headers: HeaderMap, body: String) -> Response {
    says.token_requests.fetch_add(1, Ordering::SeqCst);
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1));
    let wanted = format!("Basic {}", Base64::encode_string(pair.as_bytes()));
    if headers.get(header::AUTHORIZATION).is_none_or(|value| value.as_bytes() != wanted.as_bytes()) {
        return (StatusCode::UNAUTHORIZED, axum::Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let of = |name: &str| form.get(name).cloned().unwrap_or_default();
    says.verifiers.lock().unwrap().push(of("code_verifier"));
    let granted = says.codes.lock().unwrap().remove(&of("code"));
    let challenge = Base64UrlUnpadded::encode_string(&sha2::Sha256::digest(of("code_verifier").as_bytes()));
    match granted.filter(|grant| of("grant_type") == "authorization_code" && grant.challenge == challenge) {
        Some(grant) => {
            // More than was asked for: tokens that this server has no use for.
            let answer = json!({
                "access_token": opaque("access", &of("code")), "refresh_token": opaque("refresh", &of("code")),
                "token_type": "Bearer", "id_token": grant.id_token,
            });
            axum::Json(answer).into_response()
        }
        None => (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_grant" }))).into_response(),
    }
}
