//! The way to the provider and back. These addresses are gone to, not called, so they answer with redirects: to the
//! provider's own endpoints, or to the page's callback screen with an outcome and no secret. Nothing from a query becomes a
//! place to go to.

use super::{Edge, cookies, guard, redirect};
use crate::application::{Begun, CallbackAnswer, SignInFailed, SignInWish};
use crate::domain::rate::TooOften;
use crate::domain::sign_in::{ReturnState, SignInFailure, SignInPurpose};
use crate::http::api_error::ApiError;
use crate::http::auth::CalledFrom;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use form_urlencoded::Serializer;
use portal_contract::SecretText;
use portal_contract::session::{
    CALLBACK_SCREEN, DETAIL, ERROR, PURPOSE, SIGN_OUT_FIRST, SIGNED_OUT_SCREEN, SKIP, STATE, is_about_account,
};

/// Begins a sign-in, by the page's own wish.
pub(super) async fn begin(
    Edge(edge): Edge,
    CalledFrom(origin): CalledFrom,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    guard::check_navigation(&headers).map_err(ApiError::foreign)?;
    let [purpose, state, sign_out] =
        parameters(&uri, [PURPOSE, STATE, SIGN_OUT_FIRST]).ok_or_else(|| ApiError::invalid("repeated"))?;
    let purpose = purpose.as_deref().and_then(SignInPurpose::parse);
    let state = state.as_deref().and_then(ReturnState::parse);
    let (Some(purpose), Some(state)) = (purpose, state) else {
        return Err(ApiError::invalid("purpose or state"));
    };
    let (session, browser) = (cookies::session(&headers), cookies::sign_in(&headers));
    let wish = SignInWish { purpose, signs_out_first: sign_out.as_deref() != Some(SKIP) };
    Ok(match edge.sessions.begin(wish, state, session.as_ref(), browser.as_ref(), &origin).await {
        Ok(Begun { browser, address }) => redirect(address.reveal(), &[cookies::set_sign_in(&browser)]),
        Err(failed) => refused(&failed),
    })
}

/// Back from the sign-out that precedes a fresh sign-in. Some providers keep the `state` to themselves: the page knows where
/// the person was, and offers to go on.
pub(super) async fn go_on(Edge(edge): Edge, headers: HeaderMap, uri: Uri) -> Response {
    let [state] = parameters(&uri, [STATE]).unwrap_or_default();
    if state.as_deref().is_none_or(str::is_empty) {
        return redirect(SIGNED_OUT_SCREEN, &[]);
    }
    match edge.sessions.go_on(state.as_deref(), cookies::sign_in(&headers).as_ref()).await {
        Ok(address) => redirect(address.reveal(), &[]),
        Err(failed) => refused(&failed),
    }
}

/// Back from the sign-in.
pub(super) async fn complete(
    Edge(edge): Edge,
    CalledFrom(origin): CalledFrom,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let names = [STATE, "iss", "code", "error", "error_description"];
    let Some([state, iss, code, error, description]) = parameters(&uri, names) else {
        return refused(&SignInFailed::unknown(SignInFailure::CallbackMalformed));
    };
    let said = error.clone().filter(|error| is_error_code(error));
    let code = code_or_failure(code, error.as_deref(), description.as_deref());
    let answer = CallbackAnswer { state, iss, code };
    let browser = cookies::sign_in(&headers);
    match edge.sessions.complete(answer, browser.as_ref(), &origin).await {
        Ok(completed) => {
            let mut set = vec![cookies::set_session(&completed.session)];
            if !edge.sessions.is_signing_in(browser.as_ref()).await {
                set.push(cookies::clear_sign_in());
            }
            redirect(&screen(Some(&completed.return_state), None, None), &set)
        }
        Err(failed) => refused_as(&failed, said.as_deref()),
    }
}

/// Registered error codes are of such letters; anything else is nobody's to read.
fn is_error_code(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}

/// The code, or what the provider says instead (RFC 6749 section 4.1.2.1, OpenID Connect Core 3.1.2.6).
fn code_or_failure(
    code: Option<String>,
    error: Option<&str>,
    description: Option<&str>,
) -> Result<SecretText, SignInFailure> {
    match (code, error) {
        (Some(code), None) if !code.is_empty() => Ok(SecretText::new(code)),
        (None, Some("access_denied")) if is_about_account(description) => Err(SignInFailure::AccountRefused),
        (None, Some("access_denied")) => Err(SignInFailure::AccessDenied),
        (
            None,
            Some(
                "login_required" | "interaction_required" | "consent_required" | "account_selection_required",
            ),
        ) => Err(SignInFailure::InteractionRequired),
        (None, Some("temporarily_unavailable" | "server_error")) => Err(SignInFailure::ProviderUnavailable),
        (None, Some(_)) => Err(SignInFailure::ProviderRefused),
        _ => Err(SignInFailure::CallbackMalformed),
    }
}

/// The page explains it. A limit that was reached too: 429 would be a document that no person wants to read.
fn refused(failed: &SignInFailed) -> Response {
    refused_as(failed, None)
}

/// The same with the provider's own code, for IT.
fn refused_as(failed: &SignInFailed, said: Option<&str>) -> Response {
    tracing::info!(
        code = failed.failure.code(),
        provider = said.unwrap_or_default(),
        "a sign-in was refused"
    );
    let mut response = redirect(&screen(failed.return_state.as_ref(), Some(failed.failure), said), &[]);
    if let Some(TooOften { limit, retry_after_seconds }) = failed.too_often {
        response.extensions_mut().insert(limit);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds));
    }
    response
}

/// The page's callback screen, with the outcome.
fn screen(state: Option<&ReturnState>, failure: Option<SignInFailure>, said: Option<&str>) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(state) = state {
        query.append_pair(STATE, state.as_str());
    }
    if let Some(failure) = failure {
        query.append_pair(ERROR, failure.code());
    }
    if let Some(said) = said {
        query.append_pair(DETAIL, said);
    }
    [CALLBACK_SCREEN, "?", &query.finish()].concat()
}

/// Parameters of the query by name; `None` when one of them is there twice.
fn parameters<const N: usize>(uri: &Uri, names: [&str; N]) -> Option<[Option<String>; N]> {
    let mut found = [const { None }; N];
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let slot = names.iter().position(|known| *known == name).and_then(|at| found.get_mut(at));
        if let Some(slot) = slot
            && slot.replace(value.into_owned()).is_some()
        {
            return None;
        }
    }
    Some(found)
}
