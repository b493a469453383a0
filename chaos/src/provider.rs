//! An identity provider for the run: it lives in this process, outlives every kill, and signs with a key made for this
//! run alone.

use crate::error::ChaosError;
use axum::{Json, Router, routing::get};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

const KEY_ID: &str = "chaos";
/// A token is used for this long, in seconds: far less than the 300 s for which a sign-in is fresh.
const TOKEN_IS_USED_FOR: i64 = 60;

/// The provider.
pub struct Provider {
    /// Its address.
    pub issuer: String,
    key: EncodingKey,
    tokens: Mutex<HashMap<String, (i64, String)>>,
}

impl Provider {
    /// Listens on a free port of this machine as long as its runtime lives.
    ///
    /// # Errors
    /// [`ChaosError`] when there is no port, or no randomness for a key.
    pub async fn start() -> Result<Self, ChaosError> {
        let key = signing_key()?;
        let failed = |error| ChaosError::Io("the run's provider cannot listen", error);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let issuer = format!("http://{}", listener.local_addr().map_err(failed)?);
        let discovery = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/jwks") });
        let keys = json!({ "keys": [jwk(&key)?] });
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(async move || Json(discovery.clone())))
            .route("/jwks", get(async move || Json(keys.clone())));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { issuer, key, tokens: Mutex::default() })
    }

    /// A token of somebody who signed in just now.
    ///
    /// # Errors
    /// [`ChaosError::Key`].
    pub fn token(&self, person: &str) -> Result<String, ChaosError> {
        let now = now_seconds();
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made, token)) = tokens.get(person)
            && now - made < TOKEN_IS_USED_FOR
        {
            return Ok(token.clone());
        }
        let claims = json!({
            "iss": self.issuer, "aud": crate::server::AUDIENCE, "sub": person, "scope": "openid devices",
            "iat": now, "exp": now + 600, "auth_time": now - 1, "jti": format!("{person}-{now}"),
            "name": "Some Body", "email": "somebody@example.test",
        });
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(KEY_ID.to_owned());
        let token =
            encode(&header, &claims, &self.key).map_err(|_| ChaosError::Key("a token cannot be signed"))?;
        tokens.insert(person.to_owned(), (now, token.clone()));
        Ok(token)
    }
}

fn signing_key() -> Result<EncodingKey, ChaosError> {
    // All but one in 2^32 texts of 32 bytes are a P-256 key.
    for _ in 0..8 {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|_| ChaosError::Key("the machine has no random bytes"))?;
        if let Ok(secret) = p256::SecretKey::from_slice(&bytes) {
            let der = secret.to_pkcs8_der().map_err(|_| ChaosError::Key("it cannot be written down"))?;
            return Ok(EncodingKey::from_ec_der(der.as_bytes()));
        }
    }
    Err(ChaosError::Key("the random bytes are none"))
}

fn jwk(key: &EncodingKey) -> Result<Value, ChaosError> {
    let jwk = Jwk::from_encoding_key(key, Algorithm::ES256)
        .map_err(|_| ChaosError::Key("it has no public half"))?;
    let mut value = serde_json::to_value(jwk).map_err(|_| ChaosError::Key("it is no JSON"))?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("kid".to_owned(), json!(KEY_ID));
        fields.insert("use".to_owned(), json!("sig"));
    }
    Ok(value)
}

fn now_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
