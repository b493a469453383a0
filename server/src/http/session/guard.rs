//! Where a request came from. A browser sends cookies with whatever a foreign page makes it send, so a cookie alone proves
//! nothing (CSRF). Three independent signs, each of which a foreign page cannot forge: a header of our own, `Origin`, and
//! `Sec-Fetch-Site`.

use crate::domain::person::PersonId;
use axum::http::{HeaderMap, HeaderName, Method, header};
use percent_encoding::percent_decode;

/// What the page sets to say that it is the page.
const SESSION_REQUEST: HeaderName = HeaderName::from_static("x-portal-session");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SAME_ORIGIN: &str = "same-origin";

/// What gave a foreign request away. For the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum CrossSiteRequest {
    /// The header of our own is missing: a form, a link, an image.
    Header,
    /// `Origin` is another one, or missing on a call that changes something.
    Origin,
    /// The browser says that another site began it.
    FetchSite,
}

impl CrossSiteRequest {
    /// For the log.
    pub(in crate::http) const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "the header of session mode is missing",
            Self::Origin => "another origin, or none",
            Self::FetchSite => "begun by another site",
        }
    }
}

/// Checks a call of the page. One that changes nothing may come without `Origin`, because browsers send none with a GET to
/// their own origin.
pub(super) fn check_call(method: &Method, headers: &HeaderMap, own: &str) -> Result<(), CrossSiteRequest> {
    if believed(headers).is_none() {
        return Err(CrossSiteRequest::Header);
    }
    let has_origin = headers.contains_key(header::ORIGIN);
    if (has_origin || !method.is_safe()) && !is(headers, &header::ORIGIN, own) {
        return Err(CrossSiteRequest::Origin);
    }
    check_navigation(headers)
}

/// Checks an address the page itself goes to. Where the browser does not say who began it (old ones), the cookies' own
/// `SameSite` has to do.
pub(super) fn check_navigation(headers: &HeaderMap) -> Result<(), CrossSiteRequest> {
    if headers.contains_key(SEC_FETCH_SITE) && !is(headers, &SEC_FETCH_SITE, SAME_ORIGIN) {
        return Err(CrossSiteRequest::FetchSite);
    }
    Ok(())
}

/// Whether the page believes that this person is signed in. In another tab somebody else may have signed in meanwhile: what
/// is on the screen would be one person's and what is done another's.
pub(super) fn believes_in(headers: &HeaderMap, person: &PersonId) -> bool {
    let believed = believed(headers).map(|text| percent_decode(text.as_bytes()));
    believed.is_some_and(|text| text.eq(person.as_str().bytes()))
}

/// What the one header of our own says.
fn believed(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(SESSION_REQUEST).iter();
    let value = values.next()?.to_str().ok().filter(|value| !value.is_empty())?;
    values.next().is_none().then_some(value)
}

/// Whether a header is there once and says exactly this.
fn is(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    values.next().is_some_and(|value| value.as_bytes() == wanted.as_bytes()) && values.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const OWN: &str = "https://portal.example";

    fn check(method: &Method, pairs: &[(&'static str, &'static str)]) -> Result<(), CrossSiteRequest> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| {
            map.append(name, value);
        });
        check_call(method, &map, OWN)
    }

    #[test]
    fn the_page_itself_may_call() {
        let own = ("x-portal-session", "1");
        assert_eq!(check(&Method::GET, &[own]), Ok(()));
        assert_eq!(check(&Method::POST, &[own, ("origin", OWN), ("sec-fetch-site", "same-origin")]), Ok(()));
    }

    #[test]
    fn whom_the_page_believes_in_is_compared_as_written() {
        let person = PersonId::new("p 1/é".to_owned());
        let headers =
            |value: &'static str| HeaderMap::from_iter([(SESSION_REQUEST, HeaderValue::from_static(value))]);
        assert!(believes_in(&headers("p%201%2F%C3%A9"), &person));
        for other in ["p%201", "-", "p%201%2F%C3%A9x", "P%201%2F%C3%A9"] {
            assert!(!believes_in(&headers(other), &person), "{other}");
        }
        assert!(!believes_in(&HeaderMap::new(), &person));
    }

    #[test]
    fn each_sign_of_a_foreign_request_is_enough() {
        let own = ("x-portal-session", "1");
        for (method, pairs, foreign) in [
            (Method::POST, vec![("origin", OWN)], CrossSiteRequest::Header),
            (Method::GET, vec![], CrossSiteRequest::Header),
            (Method::POST, vec![("x-portal-session", ""), ("origin", OWN)], CrossSiteRequest::Header),
            (Method::POST, vec![own, own, ("origin", OWN)], CrossSiteRequest::Header),
            (Method::POST, vec![own], CrossSiteRequest::Origin),
            (Method::POST, vec![own, ("origin", "null")], CrossSiteRequest::Origin),
            (
                Method::POST,
                vec![own, ("origin", "https://portal.example.evil.test")],
                CrossSiteRequest::Origin,
            ),
            (Method::POST, vec![own, ("origin", OWN), ("origin", OWN)], CrossSiteRequest::Origin),
            (Method::GET, vec![own, ("origin", "https://evil.test")], CrossSiteRequest::Origin),
            (Method::GET, vec![own, ("sec-fetch-site", "same-site")], CrossSiteRequest::FetchSite),
            (
                Method::POST,
                vec![own, ("origin", OWN), ("sec-fetch-site", "cross-site")],
                CrossSiteRequest::FetchSite,
            ),
        ] {
            assert_eq!(check(&method, &pairs), Err(foreign), "{pairs:?}");
        }
    }
}
