//! Conditional requests (RFC 9110 section 13): `If-None-Match` on reads, `If-Match` on the reset.

use super::api_error::ApiError;
use crate::application::{DeviceVersion, Precondition};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The tags of a header; `None` if it is absent.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let texts = values.filter_map(|value| value.to_str().ok());
    Some(texts.flat_map(|text| text.split(',')).map(|tag| tag.trim().to_owned()).collect())
}

/// `If-Match`: strong comparison, so a weak tag never matches.
pub(super) fn precondition(headers: &HeaderMap) -> Precondition {
    match tags(headers, &header::IF_MATCH) {
        None => Precondition::None,
        Some(tags) if tags.iter().any(|tag| tag == "*") => Precondition::Exists,
        Some(tags) => Precondition::OneOf(
            tags.iter()
                .filter_map(|tag| tag.strip_prefix('"')?.strip_suffix('"'))
                .map(|tag| DeviceVersion(tag.to_owned()))
                .collect(),
        ),
    }
}

/// Answers JSON with its tag, or 304 if the client has it. `If-None-Match` compares weakly.
pub(super) fn tagged_json<T: serde::Serialize>(
    headers: &HeaderMap,
    version: &str,
    cache_control: &'static str,
    value: &T,
) -> Result<Response, ApiError> {
    let tag = format!("\"{version}\"");
    let known = tags(headers, &header::IF_NONE_MATCH)
        .is_some_and(|tags| tags.iter().any(|known| known == "*" || known.trim_start_matches("W/") == tag));
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { axum::Json(value).into_response() };
    let tag = HeaderValue::from_str(&tag).map_err(|_| ApiError::internal())?;
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    Ok(response)
}
