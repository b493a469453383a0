//! Building requests. The only place that spells the API's paths and the only one that puts what proves the
//! person into a header.

use crate::auth::Credential;
use crate::domain::{
    ActionDetail, DeviceId, FreshSignIn, IdempotencyKey, PermittedDevice, ProvenBy, ResultId, Seconds,
};
use crate::http::{HttpRequest, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portal_contract::headers;
use portal_contract::json::quoted;

/// What may stand in a path segment unescaped (RFC 3986 unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// How long a read may take.
const READ_TIME_OUT: Seconds = Seconds(20);
/// How long a reset may take: giving up early only makes the outcome unknown.
const WRITE_TIME_OUT: Seconds = Seconds(30);

/// The address of the next page of a collection, inside the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLink(String);

impl NextLink {
    /// Reads `@odata.nextLink`. `None` when it leads out of the API: the token goes nowhere else.
    #[must_use]
    pub fn parse(link: &str, base: &str) -> Option<Self> {
        let absolute = match base.find("://").and_then(|at| {
            let path = base.get(at + 3..)?.find('/')?;
            base.get(..at + 3 + path)
        }) {
            // A path of the API's own origin.
            Some(origin) if link.starts_with('/') => format!("{origin}{link}"),
            Some(_) | None => link.to_owned(),
        };
        let inside = absolute.strip_prefix(base)?;
        let path = inside.split(['?', '#']).next().unwrap_or("");
        let lower = path.to_ascii_lowercase();
        let climbs = path.split('/').any(|part| matches!(part, "." | "..")) || lower.contains("%2e");
        let is_inside = inside.starts_with(['/', '?']) && !climbs;
        let is_clean = !absolute.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\');
        (is_inside && is_clean).then_some(Self(absolute))
    }
}

/// The request for the branding; needs no sign-in.
#[must_use]
pub fn branding_request(base: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: format!("{base}/branding"),
        headers: vec![("Accept", "application/json".to_owned())],
        body: None,
        time_out: READ_TIME_OUT.to_milliseconds(),
        is_cacheable: true,
    }
}

/// The API for one signed-in person.
#[derive(Debug, Clone, Copy)]
pub struct Api<'a> {
    /// The API's address, without a slash at the end.
    pub base: &'a str,
    /// What proves who it is.
    pub credential: &'a Credential,
}

impl Api<'_> {
    fn request(&self, method: Method, path: &str) -> HttpRequest {
        self.request_to(method, format!("{}{path}", self.base))
    }

    fn request_to(&self, method: Method, url: String) -> HttpRequest {
        let time_out = match method {
            Method::Get => READ_TIME_OUT,
            Method::Post => WRITE_TIME_OUT,
        };
        let proof = match self.credential {
            Credential::Tokens { access, .. } => ("Authorization", ["Bearer ", access.reveal()].concat()),
            Credential::Session(person) => (headers::SESSION_REQUEST, segment(person)),
        };
        HttpRequest {
            method,
            url,
            headers: vec![("Accept", "application/json".to_owned()), proof],
            body: None,
            time_out: time_out.to_milliseconds(),
            is_cacheable: false,
        }
    }

    /// `GET /me`.
    #[must_use]
    pub fn me(&self) -> HttpRequest {
        self.request(Method::Get, "/me")
    }

    /// `GET /me/managedDevices`, the first page or the one that was linked.
    #[must_use]
    pub fn devices(&self, next: Option<&NextLink>) -> HttpRequest {
        match next {
            Some(NextLink(url)) => self.request_to(Method::Get, url.clone()),
            None => self.request(Method::Get, "/me/managedDevices"),
        }
    }

    /// `GET /me/managedDevices/{id}`.
    #[must_use]
    pub fn device(&self, id: &DeviceId) -> HttpRequest {
        self.request(Method::Get, &device_path(id, ""))
    }

    /// `POST .../resetPasscode`: the dangerous call. It takes both proofs; nothing else makes this request. A proof that rests on
    /// the first sign-in says so.
    #[must_use]
    pub fn reset_passcode(
        &self,
        device: &PermittedDevice,
        proof: &FreshSignIn,
        key: &IdempotencyKey,
    ) -> HttpRequest {
        let mut request = self.request(Method::Post, &device_path(device.id(), "/resetPasscode"));
        request.headers.push((headers::IDEMPOTENCY_KEY, key.as_str().to_owned()));
        if let ProvenBy::FirstSignIn { .. } = proof.by() {
            request.headers.push(("Content-Type", "application/json".to_owned()));
            request.body = Some("{\"skipSecondSignIn\":true}".to_owned());
        }
        request
    }

    /// `POST .../actions/{action}`: an action that being signed in is enough for.
    #[must_use]
    pub fn start_action(
        &self,
        device: &PermittedDevice,
        key: &IdempotencyKey,
        detail: Option<&ActionDetail>,
    ) -> HttpRequest {
        let path = ["/actions/", device.action().row().name.as_str()].concat();
        let mut request = self.request(Method::Post, &device_path(device.id(), &path));
        request.headers.push((headers::IDEMPOTENCY_KEY, key.as_str().to_owned()));
        request.headers.push(("Content-Type", "application/json".to_owned()));
        request.body = Some(detail.map_or_else(|| "{}".to_owned(), told));
        request
    }

    /// `POST .../actions/{action}`, for one that takes something away for good. It takes both proofs, as the reset does.
    #[must_use]
    pub fn start_with_fresh_sign_in(
        &self,
        device: &PermittedDevice,
        _proof: &FreshSignIn,
        key: &IdempotencyKey,
    ) -> HttpRequest {
        self.start_action(device, key, None)
    }

    /// `POST .../deviceActionResults/{resultId}/cancel`.
    #[must_use]
    pub fn cancel_run(&self, device: &DeviceId, run: &str) -> HttpRequest {
        let rest = format!("/deviceActionResults/{}/cancel", segment(run));
        self.request(Method::Post, &device_path(device, &rest))
    }

    /// `GET .../temporaryPasscode`.
    #[must_use]
    pub fn temporary_passcode(&self, id: &DeviceId) -> HttpRequest {
        self.request(Method::Get, &device_path(id, "/temporaryPasscode"))
    }

    /// `GET .../compliance`.
    #[must_use]
    pub fn compliance(&self, id: &DeviceId) -> HttpRequest {
        self.request(Method::Get, &device_path(id, "/compliance"))
    }

    /// `GET .../apps`.
    #[must_use]
    pub fn apps(&self, id: &DeviceId) -> HttpRequest {
        self.request(Method::Get, &device_path(id, "/apps"))
    }

    /// `GET .../deviceCategories`.
    #[must_use]
    pub fn categories(&self, id: &DeviceId) -> HttpRequest {
        self.request(Method::Get, &device_path(id, "/deviceCategories"))
    }

    /// `GET /me/events`, from the beginning or after the last event that is known.
    #[must_use]
    pub fn events(&self, last_event: &str) -> HttpRequest {
        let mut request = self.request(Method::Get, "/me/events");
        if let Some(accept) = request.headers.first_mut() {
            *accept = ("Accept", "text/event-stream".to_owned());
        }
        if !last_event.is_empty() {
            request.headers.push((headers::LAST_EVENT_ID, last_event.to_owned()));
        }
        request
    }

    /// `GET /me/notifications`.
    #[must_use]
    pub fn notifications(&self) -> HttpRequest {
        self.request(Method::Get, "/me/notifications")
    }

    /// `POST /me/notifications/{id}/read`.
    #[must_use]
    pub fn mark_notification_read(&self, id: &str) -> HttpRequest {
        self.request(Method::Post, &format!("/me/notifications/{}/read", segment(id)))
    }

    /// `GET /me/history` or `GET /me/managedDevices/{id}/history`, the first page or the one that was linked.
    #[must_use]
    pub fn history(&self, device: Option<&DeviceId>, next: Option<&NextLink>) -> HttpRequest {
        match (next, device) {
            (Some(NextLink(url)), _) => self.request_to(Method::Get, url.clone()),
            (None, Some(id)) => self.request(Method::Get, &device_path(id, "/history")),
            (None, None) => self.request(Method::Get, "/me/history"),
        }
    }

    /// `POST .../deviceActionResults/{resultId}/reportUnrecognized`.
    #[must_use]
    pub fn report_unrecognized(&self, device: &DeviceId, result: &ResultId) -> HttpRequest {
        let path = ["/deviceActionResults/", &segment(result.as_str()), "/reportUnrecognized"].concat();
        self.request(Method::Post, &device_path(device, &path))
    }

    /// `POST /me/revokeSignInSessions`.
    #[must_use]
    pub fn revoke_sessions(&self) -> HttpRequest {
        self.request(Method::Post, "/me/revokeSignInSessions")
    }
}

fn told(detail: &ActionDetail) -> String {
    let (name, value) = match detail {
        ActionDetail::Name(name) => ("name", name.as_str()),
        ActionDetail::Category(id) => ("categoryId", id.as_str()),
    };
    ["{\"", name, "\":", &quoted(value), "}"].concat()
}

fn device_path(id: &DeviceId, rest: &str) -> String {
    format!("/me/managedDevices/{}{rest}", segment(id.as_str()))
}

/// One path segment. `.` and `..` would climb even escaped, so they become something the server does not know.
fn segment(text: &str) -> String {
    match text {
        "" | "." | ".." => "-".to_owned(),
        _ => utf8_percent_encode(text, SEGMENT).to_string(),
    }
}
