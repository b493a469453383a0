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
/// The server's time, in the answer of [`SESSION`].
pub const CURRENT_TIME: &str = "currentDateTime";

/// The page's own screens that the server returns a person to.
pub const CALLBACK_SCREEN: &str = "/callback";
/// The last one.
pub const SIGNED_OUT_SCREEN: &str = "/signed-out";
