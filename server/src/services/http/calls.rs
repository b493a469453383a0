//! One call to a connector: bounded in time and size, no redirects; what its answer proves about whether anything was done.

use super::access::{Access, Authorization};
use super::wire::ProblemWire;
use crate::domain::near::is_on_this_machine;
use crate::ports::{Clock, ServiceError};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use serde::Deserialize as _;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long one call may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest pause a connector may ask for, in seconds.
const LONGEST_PAUSE: f64 = 3600.0;

/// What the last call said about the connector as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// It answered, or nobody has asked yet.
    Good,
    /// It could not be used.
    Bad(ServiceError),
}

/// An answer that was read whole.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    /// The word of a problem document (RFC 9457).
    pub(super) fn code(&self) -> Option<String> {
        ProblemWire::deserialize(&self.body).ok().map(|problem| problem.code)
    }
}

/// A request. The body is a secret: it may hold a passcode.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    /// Under the base address, escaped already.
    pub(super) path: String,
    pub(super) body: Option<Vec<u8>>,
    pub(super) idempotency_key: Option<&'a str>,
}

impl Request<'_> {
    pub(super) const fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: None, idempotency_key: None }
    }
}

/// What a request shows.
pub(super) enum Shown<'a> {
    /// The token of this server.
    OwnToken,
    /// Another, or none.
    Instead(Option<&'a str>),
}

/// An answer as it came.
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// A connector as a place that answers.
pub(super) struct Connector {
    name: String,
    base: String,
    client: reqwest::Client,
    access: Access,
    health: Mutex<Health>,
}

impl Connector {
    pub(super) fn new(
        name: &str,
        base: &str,
        certificates: Option<&[u8]>,
        authorization: Authorization,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let client = client(base, certificates)?;
        Ok(Self {
            name: name.to_owned(),
            base: base.trim_end_matches('/').to_owned(),
            access: Access::new(authorization, client.clone(), clock),
            client,
            health: Mutex::new(Health::Good),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What is known without asking.
    pub(super) fn ready(&self) -> Result<(), ServiceError> {
        match *self.health.lock().unwrap_or_else(PoisonError::into_inner) {
            Health::Good => Ok(()),
            Health::Bad(error) => Err(error),
        }
    }

    /// Calls, and gives every answer that was read whole and that does not by itself say "not now" or "nobody knows".
    pub(super) async fn call(&self, request: Request<'_>) -> Result<Answer, ServiceError> {
        let answer = self.try_call(request).await;
        let (health, why) = match &answer {
            Ok(_) | Err(Unusable { is_limit: true, .. }) => (Health::Good, None),
            Err(unusable) => (Health::Bad(unusable.error), Some(unusable.why.as_str())),
        };
        self.note(health, why);
        answer.map_err(|unusable| unusable.error)
    }

    /// Notes how the connector is. One line in the log for each change, not one for each call.
    fn note(&self, health: Health, why: Option<&str>) {
        let mut known = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let was_good = *known == Health::Good;
        *known = health;
        match (was_good, why) {
            (true, Some(why)) => {
                tracing::warn!(service = self.name, why, "the connector cannot be used");
            }
            (false, None) => tracing::info!(service = self.name, "the connector can be used again"),
            (true, None) | (false, Some(_)) => {}
        }
    }

    async fn try_call(&self, request: Request<'_>) -> Result<Answer, Unusable> {
        let shown = self.access.authorization().await.map_err(Unusable::not_done)?;
        let response = self.send(request, Some(shown.clone())).await?;
        self.read(response, &shown).await
    }

    /// Calls, and gives any answer that was read whole; else why not, in words.
    pub(super) async fn raw(&self, request: Request<'_>, shown: Shown<'_>) -> Result<Raw, String> {
        let shown = match shown {
            Shown::OwnToken => Some(self.access.authorization().await?),
            Shown::Instead(token) => token.and_then(|token| sensitive(&["Bearer ", token].concat())),
        };
        let mut response = self.send(request, shown).await.map_err(|unusable| unusable.why)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = bounded_body(&mut response).await;
        let body =
            body.ok_or_else(|| format!("its answer breaks off, or is larger than {MAX_ANSWER} bytes"))?;
        Ok(Raw { status, headers, body })
    }

    async fn send(
        &self,
        request: Request<'_>,
        authorization: Option<HeaderValue>,
    ) -> Result<reqwest::Response, Unusable> {
        let address = [self.base.as_str(), request.path.as_str()].concat();
        let mut call = self
            .client
            .request(request.method, address)
            .header(ACCEPT, "application/json, application/problem+json");
        if let Some(authorization) = authorization {
            call = call.header(AUTHORIZATION, authorization);
        }
        if let Some(body) = request.body {
            call = call.header(CONTENT_TYPE, "application/json").body(body);
        }
        if let Some(key) = request.idempotency_key {
            call = call.header("Idempotency-Key", key);
        }
        // An error's own words name the address, and a person with it.
        call.send().await.map_err(|error| {
            if error.is_connect() {
                Unusable::not_done("no connection to it".to_owned())
            } else if error.is_timeout() {
                Unusable::no_answer("it did not answer in time".to_owned())
            } else {
                Unusable::no_answer("the connection broke".to_owned())
            }
        })
    }

    async fn read(&self, mut response: reqwest::Response, shown: &HeaderValue) -> Result<Answer, Unusable> {
        let status = response.status().as_u16();
        let pause = response.headers().get(RETRY_AFTER).and_then(|value| pause(value.to_str().ok()?));
        if matches!(status, 401 | 403) {
            self.access.forget(shown).await;
            return Err(Unusable::not_done(format!("it refuses this server's token ({status})")));
        }
        if status == 429 {
            let error = ServiceError::Busy { retry_after_millis: pause };
            return Err(Unusable { error, why: "too many calls".to_owned(), is_limit: true });
        }
        let body = bounded_body(&mut response).await;
        let body = body.as_deref().and_then(|body| serde_json::from_slice::<Value>(body).ok());
        if status == 503 {
            let answer = Answer { status, body: body.unwrap_or_default() };
            if answer.code().as_deref() == Some("cannotTell") {
                return Ok(answer);
            }
            let error = ServiceError::Busy { retry_after_millis: pause };
            return Err(Unusable { error, why: "it is not available (503)".to_owned(), is_limit: false });
        }
        // A refusal counts by its status, except "there is none": a gateway in between says that too, in JSON as well, and it would
        // mean that a command never arrived. So it counts only with the code of the connector.
        let is_refusal = matches!(status, 400..=499) && !matches!(status, 404 | 408 | 425);
        match body {
            Some(body) if is_refusal || matches!(status, 200 | 201) => Ok(Answer { status, body }),
            Some(body) if status == 404 => {
                let answer = Answer { status, body };
                let is_its_own = matches!(answer.code().as_deref(), Some("notFound" | "gone"));
                is_its_own
                    .then_some(answer)
                    .ok_or_else(|| Unusable::no_answer("a 404 of somebody else".to_owned()))
            }
            None if is_refusal => Ok(Answer { status, body: Value::Null }),
            Some(_) | None => Err(Unusable::no_answer(format!("an answer that says nothing ({status})"))),
        }
    }
}

/// A call that led to nothing, and why in words for the log (no address, no person, no secret).
struct Unusable {
    error: ServiceError,
    why: String,
    /// Whether it is only a limit: the connector works.
    is_limit: bool,
}

impl Unusable {
    const fn not_done(why: String) -> Self {
        Self { error: ServiceError::Busy { retry_after_millis: None }, why, is_limit: false }
    }

    const fn no_answer(why: String) -> Self {
        Self { error: ServiceError::NoAnswer, why, is_limit: false }
    }
}

fn client(base: &str, certificates: Option<&[u8]>) -> Result<reqwest::Client, reqwest::Error> {
    // Already installed is as good as installed now.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .user_agent("passcode-portal")
        // An idle connection would keep its last request in memory, and a passcode may be in it.
        .pool_max_idle_per_host(0);
    if is_on_this_machine(base) {
        // Nothing there goes by a proxy elsewhere.
        builder = builder.no_proxy();
    }
    if let Some(pem) = certificates {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
    }
    builder.build()
}

/// Whether these are certificates in PEM, at least one.
#[must_use]
pub fn are_certificates(pem: &[u8]) -> bool {
    reqwest::Certificate::from_pem_bundle(pem).is_ok_and(|found| !found.is_empty())
}

/// A whole body; `None` when it is cut or larger than an answer may be.
pub(super) async fn bounded_body(response: &mut reqwest::Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// `Retry-After` in seconds, also fractional, as milliseconds. A date is not read: the queue's own pauses stand then.
fn pause(text: &str) -> Option<i64> {
    let seconds: f64 = text.trim().parse().ok().filter(|seconds: &f64| seconds.is_finite())?;
    let millis = (seconds.clamp(0.0, LONGEST_PAUSE) * 1000.0).ceil();
    #[expect(clippy::cast_possible_truncation, reason = "0 to 3,600,000")]
    let millis = millis as i64;
    Some(millis)
}

/// Text as one segment of a path. `None` for what cannot be one: an address would be folded up at `..`, escaped or not.
pub(super) fn segment(text: &str) -> Option<String> {
    const KEPT: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    let can_be = !matches!(text, "" | "." | "..");
    can_be.then(|| percent_encoding::utf8_percent_encode(text, &KEPT).to_string())
}

/// A header that no log shows.
pub(super) fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_in_seconds_also_fractional_and_bounded() {
        assert_eq!(pause("1.5"), Some(1500));
        assert_eq!(pause(" 7 "), Some(7000));
        assert_eq!(pause("1e300"), Some(3_600_000));
        assert_eq!(pause("-3"), Some(0));
        for text in ["", "soon", "NaN", "inf", "Wed, 21 Oct 2015 07:28:00 GMT"] {
            assert_eq!(pause(text), None, "{text}");
        }
    }

    #[test]
    fn a_person_stays_one_segment_of_the_address() {
        assert_eq!(segment("a/b?c#d%").as_deref(), Some("a%2Fb%3Fc%23d%25"));
        assert_eq!(segment("山田 花子").as_deref(), Some("%E5%B1%B1%E7%94%B0%20%E8%8A%B1%E5%AD%90"));
        assert_eq!(["", ".", ".."].map(segment), [const { None }; 3]);
    }
}
