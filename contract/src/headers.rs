//! Header names and fixed values of the contract.

/// Makes a reset safe to repeat: the same key gives the same answer for 24 hours.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Where a stream of events goes on: the last `id:` the client saw (WHATWG HTML section 9.2.4).
pub const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Session mode: says that the page itself sends the request, and whom it believes to be signed in (the percent-encoded
/// identifier; `-` where nobody need be). No form and no link of another site can set it, and no page of another origin may
/// (CORS is off there). Where the cookie stands for somebody else by now, the call is refused like one without a session.
pub const SESSION_REQUEST: &str = "X-Portal-Session";
/// Names one request in logs and in what a person reads to IT.
pub const REQUEST_ID: &str = "X-Request-Id";
/// How many seconds to wait; may be fractional, may be missing.
pub const RETRY_AFTER: &str = "Retry-After";
/// Carries the step-up challenge (RFC 9470) and the bearer errors (RFC 6750).
pub const WWW_AUTHENTICATE: &str = "WWW-Authenticate";
/// The media type of every error (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// What a page on another origin must be allowed to read.
pub const EXPOSED_TO_PAGES: [&str; 5] =
    ["WWW-Authenticate", "Retry-After", "Location", "ETag", "X-Request-Id"];

/// A parameter of the step-up challenge: why another sign-in of the same kind would not do.
pub const STEP_UP_REASON: &str = "portal_reason";
/// The access token does not say when the person signed in.
pub const AUTH_TIME_MISSING: &str = "auth_time_missing";
/// It says a time further in the future than clocks may differ.
pub const AUTH_TIME_IN_FUTURE: &str = "auth_time_in_future";
