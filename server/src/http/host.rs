//! `Host` says which server is meant, once: a request of HTTP/1.1 without it, or with two, is refused (RFC 9112 section 3.2). Two
//! programs in a row could otherwise each believe another one.

use super::api_error::ApiError;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn refuse_unclear(request: Request, next: Next) -> Response {
    if is_clear(request.version(), request.headers()) {
        next.run(request).await
    } else {
        let close = [(header::CONNECTION, HeaderValue::from_static("close"))];
        (close, ApiError::invalid("Host must be there once, as a host with or without a port"))
            .into_response()
    }
}

fn is_clear(version: Version, headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::HOST).iter();
    match (values.next(), values.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
        (Some(host), None) => is_host(host),
    }
}

/// A host and perhaps a port; nobody's name before it.
fn is_host(value: &HeaderValue) -> bool {
    let authority = Authority::try_from(value.as_bytes());
    authority.is_ok_and(|authority| !authority.as_str().contains('@') && !authority.host().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(version: Version, hosts: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_static(host));
        }
        is_clear(version, &headers)
    }

    #[test]
    fn one_host_is_needed_and_two_are_one_too_many() {
        for host in ["portal.example", "portal.example:8443", "127.0.0.1:80", "[::1]:8080", "a", "in_side"] {
            assert!(accepted(Version::HTTP_11, &[host]), "{host}");
        }
        for hosts in [&[][..], &["a", "a"], &["a", "b"], &[""], &["a b"], &["a/b"], &["me@a"], &[":80"]] {
            assert!(!accepted(Version::HTTP_11, hosts), "{hosts:?}");
        }
        assert!(accepted(Version::HTTP_10, &[]), "older than the header");
        assert!(!accepted(Version::HTTP_10, &["a", "b"]));
    }
}
