//! Session mode: the server is the provider's client and this page holds no token. What is left here: where to go, and who
//! the server says is signed in.

use super::{LEEWAY, Purpose, SecretUrl, SignInError, VerifiedSignIn};
use crate::domain::Seconds;
use crate::http::{HttpOutcome, HttpRequest, Method};
use portal_contract::json::read_text;
use portal_contract::{Me, headers, session};

/// How long the server may take; it stands between a person and their devices.
const TIME_OUT: Seconds = Seconds(20);
/// The header of session mode when nobody is believed to be signed in.
const NOBODY: &str = "-";

/// Where to go to sign in. `state` comes back to `/callback` and finds the transaction again. A step-up signs out at the
/// provider on the way, unless that is left out.
#[must_use]
pub fn session_sign_in_url(state: &str, purpose: &Purpose, signs_out_first: bool) -> SecretUrl {
    let query = ["?", session::PURPOSE, "=", purpose.name(), "&", session::STATE, "=", state].concat();
    let skip = ["&", session::SIGN_OUT_FIRST, "=", session::SKIP].concat();
    SecretUrl::new([session::SIGN_IN, &query, if signs_out_first { "" } else { &skip }].concat())
}

/// Who is signed in?
#[must_use]
pub fn session_request() -> HttpRequest {
    request(Method::Get, session::SESSION)
}

/// Ends the session.
#[must_use]
pub fn sign_out_request() -> HttpRequest {
    request(Method::Post, session::SIGN_OUT)
}

fn request(method: Method, path: &str) -> HttpRequest {
    HttpRequest {
        method,
        url: path.to_owned(),
        headers: vec![(headers::SESSION_REQUEST, NOBODY.to_owned())],
        body: None,
        time_out: TIME_OUT.to_milliseconds(),
        is_cacheable: false,
    }
}

/// Reads the answer to [`session_request`]. The age of the sign-in is by the server's clock alone; negative when it lies further
/// in the future than clocks may differ.
///
/// # Errors
/// `InteractionRequired` when nobody is signed in, else why it is not known.
pub fn signed_in(outcome: &HttpOutcome) -> Result<VerifiedSignIn, SignInError> {
    let answer = outcome.as_ref().map_err(|_| SignInError::ProviderUnreachable)?;
    match answer.status {
        200 => {}
        204 => return Err(SignInError::InteractionRequired),
        _ => return Err(SignInError::ProviderUnavailable),
    }
    let read = read_text(&answer.body, |fields| (Me::read(fields), fields.moment(session::CURRENT_TIME)));
    let (me, now) = read.filter(|(me, _)| !me.id.is_empty()).ok_or(SignInError::TokenAnswerMalformed)?;
    let age = me.auth_time.map(|at| now.unix_seconds().saturating_sub(at.unix_seconds()));
    // A provider whose clock is a little ahead has signed the person in now.
    let age = age.map(|age| Seconds(if (-LEEWAY.0..0).contains(&age) { 0 } else { age }));
    Ok(VerifiedSignIn {
        sub: me.id,
        name: me.display_name,
        login_hint: Some(me.user_principal_name).filter(|name| !name.is_empty()),
        age,
        issued_at: now,
    })
}

/// Where to go after [`sign_out_request`]: the server knows whether the provider has to be told.
#[must_use]
pub fn session_end_url() -> SecretUrl {
    SecretUrl::new(session::END.to_owned())
}
