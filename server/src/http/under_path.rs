//! A portal under a path of its host (`public_base_url = "https://intranet.example/portal"`): the path is taken off what comes in and
//! put before where an answer leads, so that nothing within knows of it.
//!
//! The proxy before it may hand requests on with the path or without: both arrive.

use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Uri, header};
use axum::response::Response;
use tower::ServiceBuilder;

/// `base` is nothing at the top of the host, else it begins with a slash and does not end with one.
pub(super) fn mount(router: Router, base: String) -> Router {
    if base.is_empty() {
        return router;
    }
    let inwards = base.clone();
    let service = ServiceBuilder::new()
        .map_request(move |mut request: Request| {
            if let Some(uri) = within(&inwards, request.uri()) {
                *request.uri_mut() = uri;
            }
            request
        })
        .map_response(move |mut response: Response| {
            if let Some(location) = response.headers_mut().get_mut(header::LOCATION) {
                lead_under(&base, location);
            }
            response
        })
        .service(router);
    Router::new().fallback_service(service)
}

/// The address without the path; `None` for one that has it not.
fn within(base: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    let inside = match rest.chars().next() {
        None | Some('?') => ["/", rest].concat(),
        Some('/') => rest.to_owned(),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(inside).ok()?);
    Uri::from_parts(parts).ok()
}

/// A path of our own, in `Location`; another's address stays.
fn lead_under(base: &str, location: &mut HeaderValue) {
    let own = location.to_str().ok().filter(|text| text.starts_with('/') && !text.starts_with("//"));
    if let Some(led) = own.and_then(|text| HeaderValue::try_from([base, text].concat()).ok()) {
        *location = led;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_taken_off_whole_names_only() {
        for (given, inside) in [
            ("/portal", Some("/")),
            ("/portal?a=/portal", Some("/?a=/portal")),
            ("/portal/", Some("/")),
            ("/portal/devices/a%2Fb?x=1", Some("/devices/a%2Fb?x=1")),
            ("/portal//evil.example", Some("//evil.example")),
            ("/portals/x", None),
            ("/devices", None),
            ("/", None),
        ] {
            let uri: Uri = given.parse().unwrap();
            assert_eq!(within("/portal", &uri).map(|uri| uri.to_string()).as_deref(), inside, "{given}");
        }
    }

    #[test]
    fn only_a_path_of_ours_is_led_under_it() {
        for (given, led) in [
            ("/devices?a=b", "/portal/devices?a=b"),
            ("https://id.example/x", "https://id.example/x"),
            ("//evil.example/x", "//evil.example/x"),
        ] {
            let mut location = HeaderValue::from_static(given);
            lead_under("/portal", &mut location);
            assert_eq!(location, led);
        }
    }
}
