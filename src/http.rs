//! One HTTP exchange as values: rules build requests and read answers, the browser half only carries them.
//!
//! Both hold secrets (tokens in headers and bodies), so neither shows more than its outline in `Debug`.

use crate::domain::Milliseconds;
use portal_contract::headers::SESSION_REQUEST;

/// The methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    /// As HTTP spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// What the browser half shall send: `fetch(url, {method, headers, body, credentials, redirect: "error",
/// referrerPolicy: "no-referrer"})`, given up after `time_out`. No cookies, unless [`HttpRequest::is_of_session`].
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: Method,
    /// Absolute, or a path of the page's own origin.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a POST.
    pub body: Option<String>,
    /// When to give up.
    pub time_out: Milliseconds,
    /// Whether the browser's HTTP cache may serve or keep it (`cache: "default"` instead of `"no-store"`).
    pub is_cacheable: bool,
}

impl HttpRequest {
    /// Whether it is one of session mode: then, and only then, the cookie goes with it, to our own origin. The header and
    /// the cookie belong together; the server takes neither without the other.
    #[must_use]
    pub fn is_of_session(&self) -> bool {
        self.headers.iter().any(|(name, _)| *name == SESSION_REQUEST)
    }
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.url.split(['?', '#']).next().unwrap_or("");
        write!(formatter, "{} {path} [headers and body redacted]", self.method.as_str())
    }
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    pub status: u16,
    /// The headers of [`RELEVANT_HEADERS`] that were there, in any case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

/// The response headers the rules look at; the browser half need not carry more.
pub const RELEVANT_HEADERS: [&str; 5] =
    ["Content-Type", "WWW-Authenticate", "Retry-After", "ETag", "X-Request-Id"];

impl HttpAnswer {
    /// The value of a header, by name without case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

impl std::fmt::Debug for HttpAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} [headers and body redacted, {} bytes]", self.status, self.body.len())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFault {
    /// `navigator.onLine` is false.
    Offline,
    /// Given up after `time_out`.
    TimedOut,
    /// Everything else `fetch` fails with: no connection, cut connection, CORS, a redirect.
    Broken,
}

/// An answer or none.
pub type HttpOutcome = Result<HttpAnswer, NetworkFault>;
