//! What a provider does otherwise than one that does everything right: each habit once, for tests in Rust by
//! [`Provider::set`](super::Provider::set) and for the browser tests as JSON (the names are those of the fields).

use super::signed_by;
use crate::Signer;
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

/// What becomes of a sign-out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterEnd {
    /// The browser is sent back, with the `state` it came with.
    GoesBack,
    /// The browser is sent back without it.
    ForgetsState,
    /// The browser is sent to this address, whichever was asked for: the one that is registered.
    GoesTo(String),
    /// The provider shows a page of its own, and there it ends.
    Stays,
    /// The provider answers that the request is wrong.
    Refuses,
}

/// How the provider behaves. The usual values are those of one that does everything right.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// The status of the discovery document and the keys; a redirection leads from the document to the keys.
    #[serde(deserialize_with = "status")]
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
    /// Whether its session outlives a sign-out, as single sign-on often does.
    pub keeps_session: bool,
    /// Whether `prompt=login` and `max_age` are as good as not said.
    pub ignores_freshness: bool,
    /// How old a sign-in is when it is made, in seconds: `auth_time` says so.
    pub sign_in_age: i64,
    /// Entries that are laid over those of the discovery document; `null` takes one away.
    pub document: Value,
    /// Members that are laid over those of the answer with the tokens; `null` takes one away.
    pub tokens: Value,
    /// What the token endpoint answers whatever it is asked: status and body.
    pub token_answer: Option<(u16, String)>,
    /// Whether pages of any origin may read its answers (CORS).
    pub readable: bool,
    /// Whether it says in discovery and in each answer who it is (`iss`, RFC 9207).
    pub names_itself: bool,
    /// The published keys; its own, if `None`.
    pub keys: Option<Vec<Value>>,
    /// What is published instead of a key set.
    pub keys_text: Option<String>,
    /// Who signs tokens; the published key, if `None`. As JSON `{"alg": "EdDSA", "kid": "ed", "number": 5}`.
    #[serde(deserialize_with = "signed_by")]
    pub signs_with: Option<Signer>,
    /// Claims that are laid over those of each ID token; `null` takes one away.
    pub claims: Value,
    /// Claims that are laid over those of each access token; `null` takes one away.
    pub access_claims: Value,
    /// Members that are laid over those of the header of each access token; `null` takes one away.
    pub access_header: Value,
    /// Who is in front of the sign-in page, where nobody is asked.
    pub person: String,
    /// The error the sign-in page ends with instead of a code.
    pub refuses: Option<String>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            hangs: false,
            padding: 0,
            issuer: None,
            ends_sessions: true,
            after_end: AfterEnd::GoesBack,
            keeps_session: false,
            ignores_freshness: false,
            sign_in_age: 0,
            document: json!({}),
            tokens: json!({}),
            token_answer: None,
            readable: false,
            names_itself: true,
            keys: None,
            keys_text: None,
            signs_with: None,
            claims: json!({}),
            access_claims: json!({}),
            access_header: json!({}),
            person: "p-aiko".to_owned(),
            refuses: None,
        }
    }
}

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<StatusCode, D::Error> {
    StatusCode::from_u16(u16::deserialize(from)?).map_err(serde::de::Error::custom)
}

/// What it was asked so far.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Asked {
    /// How often for its document.
    pub discoveries: u32,
    /// How many lost their patience while the document kept them waiting.
    pub given_up: u32,
    /// How often for its keys.
    pub key_fetches: u32,
    /// How often for tokens.
    pub token_requests: u32,
    /// How often to end a session.
    pub sign_outs: u32,
    /// The code verifiers it was sent.
    pub verifiers: Vec<String>,
}
