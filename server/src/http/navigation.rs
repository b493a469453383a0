//! A person who goes somewhere with a browser, by an address they typed, reloaded or were led to, gets the page and never a problem
//! document: the page says in words what is the matter, and leads on. Programs are answered as ever.

use super::api_error::ApiError;
use super::router::EdgeState;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
/// For operators and programs; whoever opens these wants the document itself.
const DOCUMENTS: [&str; 4] = ["/healthz", "/readyz", "/openapi.json", "/config.json"];

/// A navigation, with what is needed to answer it with the page.
pub(super) struct Navigation {
    is_head: bool,
    is_to_the_api: bool,
    accept_encoding: Option<HeaderValue>,
}

impl Navigation {
    /// Reads a request; `None` for one of a program.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let (headers, path) = (request.headers(), request.uri().path());
        if is_sent_by_a_program(headers) || !is_navigation(headers) || DOCUMENTS.contains(&path) {
            return None;
        }
        let is_read = request.method().is_safe();
        Some(Self {
            is_head: request.method() == Method::HEAD,
            is_to_the_api: is_read && (path == "/api" || path.starts_with("/api/")),
            accept_encoding: headers.get(header::ACCEPT_ENCODING).cloned(),
        })
    }

    /// Whether it is to be answered without being done: what the API answers is for programs.
    pub(super) const fn is_to_the_api(&self) -> bool {
        self.is_to_the_api
    }

    /// The page with the status of what went wrong; `None` where no page is served from here.
    pub(super) async fn answer(&self, state: &EdgeState, status: StatusCode) -> Option<Response> {
        let method = if self.is_head { Method::HEAD } else { Method::GET };
        let mut headers = HeaderMap::new();
        if let Some(value) = &self.accept_encoding {
            headers.insert(header::ACCEPT_ENCODING, value.clone());
        }
        let mut response = state.page.as_ref()?.answer(&method, "/", &headers, state.page_origins()).await;
        if response.extensions().get::<ApiError>().is_some() {
            return None;
        }
        *response.status_mut() = status;
        Some(response)
    }
}

/// No navigation carries a token, whatever a client accepts by default (`HttpURLConnection` of Java: `text/html` first).
fn is_sent_by_a_program(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION)
}

/// Browsers say so since 2020 to 2023; before, by what they want to read.
fn is_navigation(headers: &HeaderMap) -> bool {
    match headers.get(SEC_FETCH_MODE) {
        Some(mode) => mode.as_bytes() == b"navigate",
        None => {
            let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
            accepted.flat_map(|value| value.split(',')).any(is_html)
        }
    }
}

fn is_html(range: &str) -> bool {
    range.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn navigates(pairs: &[(&'static str, &'static str)]) -> bool {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_navigation(&pairs.collect())
    }

    #[test]
    fn a_token_is_carried_by_programs_only() {
        let of = |pairs: &[(&'static str, &'static str)]| {
            let mut request = Request::get("/api/v1.0/me");
            for (name, value) in pairs {
                request = request.header(*name, *value);
            }
            Navigation::of(&request.body(axum::body::Body::empty()).unwrap()).is_some()
        };
        let java = ("accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2");
        assert!(of(&[java]));
        assert!(!of(&[java, ("authorization", "Bearer x")]));
    }

    #[test]
    fn a_browser_that_goes_somewhere_is_told_from_a_program_that_asks() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert!(navigates(&[("accept", browser), ("sec-fetch-mode", "navigate")]));
        assert!(navigates(&[("accept", browser)]));
        assert!(navigates(&[("accept", "application/json, Text/HTML;q=0.1")]));
        assert!(!navigates(&[("accept", "*/*")]));
        assert!(!navigates(&[("accept", "application/json")]));
        assert!(!navigates(&[]));
        assert!(!navigates(&[("accept", browser), ("sec-fetch-mode", "cors")]), "it says otherwise");
    }
}
