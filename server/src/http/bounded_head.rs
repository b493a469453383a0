//! Addresses and headers are short here: longer ones are refused before anything is done with them, as a problem document
//! with a reference and a line in the log, like every other refusal. The HTTP parser has bounds of its own, a little wider
//! (`serve.rs`): what is beyond those is never held in memory, and its answer is a status and nothing else.

use super::api_error::ApiError;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The longest address, in bytes. A sign-in's callback, with a code and a state, is the longest there should be.
const ADDRESS_BYTES: usize = 8 * 1024;
/// The most headers of a request, and their size in bytes. A token is the largest there should be.
const HEADERS: usize = 64;
const HEADER_BYTES: usize = 24 * 1024;
/// `: ` and the end of the line.
const BETWEEN: usize = 4;

pub(super) async fn refuse_long(request: Request, next: Next) -> Response {
    match too_long(request.uri(), request.headers()) {
        None => next.run(request).await,
        Some(error) => {
            // Whoever sends such a thing has to connect anew for the next.
            ([(header::CONNECTION, HeaderValue::from_static("close"))], error).into_response()
        }
    }
}

fn too_long(uri: &Uri, headers: &HeaderMap) -> Option<ApiError> {
    let address = uri.path_and_query().map_or(0, |address| address.as_str().len());
    let size = |(name, value): (&header::HeaderName, &HeaderValue)| {
        name.as_str().len().saturating_add(value.len()).saturating_add(BETWEEN)
    };
    if address > ADDRESS_BYTES {
        Some(ApiError::address_too_long())
    } else if headers.len() > HEADERS || headers.iter().map(size).sum::<usize>() > HEADER_BYTES {
        Some(ApiError::headers_too_large())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, StatusCode};

    fn refused(address: &str, headers: &[(String, String)]) -> Option<StatusCode> {
        let headers = headers.iter().map(|(name, value)| {
            (HeaderName::try_from(name.as_str()).unwrap(), HeaderValue::try_from(value.as_str()).unwrap())
        });
        too_long(&address.parse().unwrap(), &headers.collect()).map(|error| error.into_response().status())
    }

    #[test]
    fn addresses_and_headers_are_allowed_up_to_their_bounds_and_refused_beyond() {
        let address = |bytes: usize| format!("/{}", "a".repeat(bytes - 1));
        let many = |number: usize| (0..number).map(|n| (format!("x-{n}"), String::new())).collect::<Vec<_>>();
        let large = |bytes: usize| vec![("x".to_owned(), "y".repeat(bytes - 1 - BETWEEN))];
        assert_eq!(refused(&address(ADDRESS_BYTES), &[]), None);
        assert_eq!(refused(&address(ADDRESS_BYTES + 1), &[]), Some(StatusCode::URI_TOO_LONG));
        assert_eq!(refused(&format!("/?{}", address(ADDRESS_BYTES)), &[]), Some(StatusCode::URI_TOO_LONG));
        let too_large = Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        assert_eq!((refused("/", &many(HEADERS)), refused("/", &many(HEADERS + 1))), (None, too_large));
        assert_eq!(refused("/", &large(HEADER_BYTES)), None);
        assert_eq!(refused("/", &large(HEADER_BYTES + 1)), too_large);
    }
}
