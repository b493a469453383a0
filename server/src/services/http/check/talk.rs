//! Asking a connector as a checker does: every answer is looked at whole, and what is wrong with all of them is collected.

use super::super::calls::{Connector, Raw, Request, Shown};
use super::super::wire::ProblemWire;
use crate::domain::ids::{RANDOM_ID_BYTES, random_id};
use crate::ports::{Clock, Randomness, RandomnessError};
use reqwest::Method;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const NOT_FOUND: &str = "404 with {\"code\":\"notFound\"}";

/// An answer.
pub(super) struct Said {
    call: String,
    pub(super) status: u16,
    pub(super) is_stored_nowhere: bool,
    body: Value,
}

impl Said {
    /// The body as a type, if the status is this one.
    pub(super) fn read<T: DeserializeOwned>(&self, status: u16) -> Option<T> {
        (self.status == status).then(|| serde_json::from_value(self.body.clone()).ok()).flatten()
    }

    /// The body, if the status is this one.
    pub(super) fn value(&self, status: u16) -> Option<Value> {
        (self.status == status).then(|| self.body.clone())
    }

    pub(super) fn code(&self) -> Option<String> {
        ProblemWire::deserialize(&self.body).ok().map(|problem| problem.code)
    }

    /// What came, in words. Never the body: it may hold a passcode.
    pub(super) fn instead_of(&self, expected: &str) -> String {
        let code = self.code().map(|code| format!(" `{code}`")).unwrap_or_default();
        let shape = if self.body.is_null() {
            ", no JSON"
        } else if self.body.is_object() && (200..300).contains(&self.status) {
            ", JSON with other fields"
        } else {
            ""
        };
        format!("{}: {}{code}{shape} came; answer {expected}", self.call, self.status)
    }

    pub(super) fn must_be_not_found(&self) -> Result<(), String> {
        let is_right = self.status == 404 && self.code().as_deref() == Some("notFound");
        if is_right { Ok(()) } else { Err(self.instead_of(NOT_FOUND)) }
    }
}

pub(super) struct Talk {
    connector: Connector,
    pub(super) clock: Arc<dyn Clock>,
    seed: [u8; RANDOM_ID_BYTES],
    number: AtomicU8,
    /// Each call and what was answered, but for the one answer that may hold a passcode.
    answers: Mutex<Vec<(String, Raw)>>,
    /// What must stand in none of them.
    secrets: Mutex<Vec<String>>,
}

impl Talk {
    pub(super) fn new(
        connector: Connector,
        clock: Arc<dyn Clock>,
        randomness: &dyn Randomness,
    ) -> Result<Self, RandomnessError> {
        let mut seed = [0; RANDOM_ID_BYTES];
        randomness.fill(&mut seed)?;
        let number = AtomicU8::new(0);
        Ok(Self { connector, clock, seed, number, answers: Mutex::default(), secrets: Mutex::default() })
    }

    /// An identifier that nobody has used.
    pub(super) fn fresh_id(&self) -> String {
        let mut bytes = self.seed;
        if let Some(last) = bytes.last_mut() {
            *last = last.wrapping_add(self.number.fetch_add(1, Ordering::Relaxed));
        }
        random_id("check-", bytes)
    }

    /// From now on this must stand in no answer.
    pub(super) fn must_not_be_told(&self, secret: &str) {
        locked(&self.secrets).push(secret.to_owned());
    }

    pub(super) async fn get(&self, path: &str) -> Result<Said, String> {
        self.ask(Request::get(path.to_owned()), Shown::OwnToken).await
    }

    /// With another token than the portal's, or none.
    pub(super) async fn as_stranger(&self, path: &str, token: Option<&str>) -> Result<Said, String> {
        self.ask(Request::get(path.to_owned()), Shown::Instead(token)).await
    }

    pub(super) async fn put(&self, id: &str, body: &Value) -> Result<Said, String> {
        let body = Some(serde_json::to_vec(body).unwrap_or_default());
        let request =
            Request { method: Method::PUT, path: format!("/commands/{id}"), body, idempotency_key: Some(id) };
        self.ask(request, Shown::OwnToken).await
    }

    pub(super) async fn cancel(&self, id: &str) -> Result<Said, String> {
        let path = format!("/commands/{id}/cancel");
        let request = Request { method: Method::POST, path, body: None, idempotency_key: None };
        self.ask(request, Shown::OwnToken).await
    }

    async fn ask(&self, request: Request<'_>, shown: Shown<'_>) -> Result<Said, String> {
        let call = format!("{} {}", request.method, template(&request.path));
        let may_hold_a_passcode = request.path.ends_with("/passcode");
        let raw = self.connector.raw(request, shown).await.map_err(|why| format!("{call}: {why}"))?;
        let cache = raw.headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let said = Said {
            call: call.clone(),
            status: raw.status,
            is_stored_nowhere: cache.contains("no-store"),
            body: serde_json::from_slice(&raw.body).unwrap_or_default(),
        };
        if !may_hold_a_passcode || raw.status != 200 {
            locked(&self.answers).push((call, raw));
        }
        Ok(said)
    }

    /// Whether every error so far was a problem document.
    pub(super) fn problems(&self) -> Result<(), String> {
        for (call, raw) in locked(&self.answers).iter().filter(|(_, raw)| raw.status >= 400) {
            let media =
                raw.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let body: Value = serde_json::from_slice(&raw.body).unwrap_or_default();
            let is_one = media.split(';').next() == Some("application/problem+json")
                && body.get("status").is_none_or(|status| *status == raw.status)
                && body.is_object();
            if !is_one {
                return Err(format!(
                    "{call}: the {} came as `{media}`; write application/problem+json with `status` and `code`",
                    raw.status
                ));
            }
        }
        Ok(())
    }

    /// Whether no answer so far held a secret.
    pub(super) fn leaks(&self) -> Result<(), String> {
        let secrets = locked(&self.secrets);
        for (call, raw) in locked(&self.answers).iter() {
            let body = String::from_utf8_lossy(&raw.body);
            let headers = raw.headers.values().any(|value| {
                secrets.iter().any(|secret| String::from_utf8_lossy(value.as_bytes()).contains(secret))
            });
            if headers || secrets.iter().any(|secret| body.contains(secret)) {
                return Err(format!("{call}: the {} holds the passcode; leave it out", raw.status));
            }
        }
        Ok(())
    }
}

/// The call as the document writes it: no identifier of a person stands on the screen.
fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut words = path.split('/').skip(1);
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("people"), Some(_), Some(_), None) => "/people/{personId}/devices".to_owned(),
        (Some("people"), Some(_), Some(_), Some(_)) => {
            let rest = words.next().map(|word| format!("/{word}")).unwrap_or_default();
            format!("/people/{{personId}}/devices/{{deviceId}}{rest}")
        }
        (Some("commands"), Some(_), Some(rest), None) => format!("/commands/{{commandId}}/{rest}"),
        (Some("commands"), Some(_), None, None) => "/commands/{commandId}".to_owned(),
        _ => path.to_owned(),
    }
}

fn locked<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
