//! The two cookies. `__Host-`: only this very host, over a secure connection, for all paths, can have set them, so no
//! sibling domain plants one (RFC 6265bis section 4.1.3.2). `HttpOnly`: no script reads them.

use crate::domain::secret::BrowserSecret;
use axum::http::{HeaderMap, header};

const SESSION: &str = "__Host-portal-session";
const SIGN_IN: &str = "__Host-portal-sign-in";

/// As long as a sign-in may take, in seconds.
const SIGN_IN_SECONDS: u32 = 600;
/// From the sign-out here to the provider's, in seconds.
const ENDING_SECONDS: u32 = 60;

/// The session of a request.
pub(super) fn session(headers: &HeaderMap) -> Option<BrowserSecret> {
    read(headers, SESSION)
}

/// The browser that a sign-in was begun in.
pub(super) fn sign_in(headers: &HeaderMap) -> Option<BrowserSecret> {
    read(headers, SIGN_IN)
}

/// Sets the session. `Strict`: no request that another site began carries it, a followed link included; the page asks by
/// itself once it has loaded. Gone with the browser.
pub(super) fn set_session(secret: &BrowserSecret) -> String {
    format!("{SESSION}={}; Path=/; Secure; HttpOnly; SameSite=Strict", secret.reveal())
}

/// A session that has ended keeps its cookie for one more step: it opens the token that the provider's sign-out wants, and
/// nothing else.
pub(super) fn set_ending(secret: &BrowserSecret) -> String {
    format!("{}; Max-Age={ENDING_SECONDS}", set_session(secret))
}

/// Takes the session away.
pub(super) fn clear_session() -> String {
    format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// Marks the browser a sign-in was begun in. `Lax`: the provider's redirect has to bring it.
pub(super) fn set_sign_in(secret: &BrowserSecret) -> String {
    format!(
        "{SIGN_IN}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={SIGN_IN_SECONDS}",
        secret.reveal()
    )
}

/// Takes that away.
pub(super) fn clear_sign_in() -> String {
    format!("{SIGN_IN}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The one cookie of this name. Two of them are none: one was not set by us.
fn read(headers: &HeaderMap, name: &str) -> Option<BrowserSecret> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    let value = found.next()?;
    if found.next().is_some() { None } else { BrowserSecret::parse(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(cookies: &[&str]) -> HeaderMap {
        cookies.iter().map(|cookie| (header::COOKIE, HeaderValue::from_str(cookie).unwrap())).collect()
    }

    #[test]
    fn a_cookie_is_found_among_others_and_only_by_its_whole_name() {
        let value = BrowserSecret::new([3; 32]).reveal();
        assert!(session(&headers(&[&format!("a=b; __Host-portal-session={value}; c=d")])).is_some());
        for cookie in [
            format!("portal-session={value}"),
            format!("__host-portal-session={value}"),
            format!("x__Host-portal-session={value}"),
            format!("__Host-portal-session=\"{value}\""),
            "__Host-portal-session=".to_owned(),
        ] {
            assert!(session(&headers(&[&cookie])).is_none(), "{cookie}");
        }
    }

    #[test]
    fn two_cookies_of_one_name_are_none() {
        let (one, other) = (BrowserSecret::new([3; 32]).reveal(), BrowserSecret::new([4; 32]).reveal());
        let pair = format!("__Host-portal-session={one}; __Host-portal-session={other}");
        assert!(session(&headers(&[&pair])).is_none());
        let split = [format!("__Host-portal-session={one}"), format!("__Host-portal-session={other}")];
        assert!(session(&headers(&[&split[0], &split[1]])).is_none());
    }
}
