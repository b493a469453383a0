//! Session mode: the addresses of signing in and out, where the server is the OpenID client and the browser holds a cookie.
//! They lie beside the API, not in it: a person's browser goes there, no other client does.

/// Who is signed in (`GET`): [`crate::Me`] and [`CURRENT_TIME`], or 204 when nobody is.
pub const SESSION: &str = "/session";
/// Begins a sign-in (to be navigated to), with [`PURPOSE`] and [`STATE`].
pub const SIGN_IN: &str = "/session/sign-in";
/// Where the provider returns to after a sign-in.
pub const CALLBACK: &str = "/session/callback";
/// Where the provider returns to after the sign-out that precedes a fresh sign-in.
pub const SIGNED_OUT: &str = "/session/signed-out";
/// Ends the session (`POST`, 204); the browser goes to [`END`] then.
pub const SIGN_OUT: &str = "/session/sign-out";
/// On from there to the provider's sign-out, where there is one, and to [`SIGNED_OUT_SCREEN`] (to be navigated to).
pub const END: &str = "/session/end";

/// What a sign-in is for: `signIn`, `stepUp` or `reveal`.
pub const PURPOSE: &str = "purpose";
/// The page's own name for a sign-in; comes back to `/callback` unchanged.
pub const STATE: &str = "state";
/// Whether a step-up signs out at the provider first; [`SKIP`] leaves that out.
pub const SIGN_OUT_FIRST: &str = "signOut";
/// The one value of [`SIGN_OUT_FIRST`].
pub const SKIP: &str = "skip";
/// Why a sign-in failed, beside [`STATE`]: a stable code.
pub const ERROR: &str = "error";
/// The provider's own error code, beside [`ERROR`]; for IT.
pub const DETAIL: &str = "detail";
/// The server's time, in the answer of [`SESSION`].
pub const CURRENT_TIME: &str = "currentDateTime";

/// The page's own screens that the server returns a person to.
pub const CALLBACK_SCREEN: &str = "/callback";
/// The last one.
pub const SIGNED_OUT_SCREEN: &str = "/signed-out";

/// What a description of `access_denied` says where the person said no. There is no code for it (RFC 6749 section 4.1.2.1: "the
/// resource owner or authorization server denied the request").
const SAID_NO: [&str; 9] = [
    "cancel",
    "abort",
    "declin",
    "consent",
    "resource owner",
    "end-user",
    "user denied",
    "denied access",
    "denied the request",
];

/// Whether `access_denied` is about the account, not somebody who said no: the provider gives a reason, and it is another one.
#[must_use]
pub fn is_about_account(description: Option<&str>) -> bool {
    let description = description.unwrap_or_default().to_ascii_lowercase();
    !description.trim().is_empty() && !SAID_NO.iter().any(|words| description.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_said_no_is_told_from_an_account_that_may_not() {
        for description in [
            None,
            Some(""),
            Some("End-User aborted interaction"),
            Some("AADSTS65004: User declined to consent to access the app."),
            Some("The resource owner or authorization server denied the request."),
            Some("User canceled"),
            Some("The user has denied access to the scope requested by the client application."),
        ] {
            assert!(!is_about_account(description), "{description:?}");
        }
        for description in [
            "User is not assigned to the client application.",
            "Policy evaluation failed for this request.",
            "You are not allowed to access this application.",
        ] {
            assert!(is_about_account(Some(description)), "{description}");
        }
    }
}
