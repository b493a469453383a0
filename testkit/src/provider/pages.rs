//! What people see of a provider that asks who they are: a plain sign-in page, a plain page after the sign-out, and in between a
//! session that the browser keeps in a cookie.

use super::{Provider, Query, lock, opaque, query, sent_back};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;

const COOKIE: &str = "portal-testkit";

/// Whom the sign-in page knows, as `server/sample/people.json` has them.
#[derive(Debug, Clone, Deserialize)]
pub struct People {
    /// Everybody's.
    pub password: String,
    /// Each of them.
    pub people: Vec<Person>,
}

/// Somebody the sign-in page knows.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    /// The subject in tokens.
    pub sub: String,
    /// As typed into the form; an address of electronic mail, too.
    pub username: String,
    /// As shown.
    pub name: String,
}

/// Somebody who is signed in in one browser.
#[derive(Debug, Clone)]
pub(super) struct Session {
    person: String,
    /// When they signed in, in seconds since 1970.
    since: i64,
}

/// Who stands in front of the sign-in page and since when they are signed in; or what the browser is answered first.
pub(super) fn who(
    provider: &Provider,
    headers: &HeaderMap,
    asked: &Query,
    text: &str,
) -> Result<(String, i64), Box<Response>> {
    let (habits, now) = (provider.habits(), provider.clock.seconds());
    if provider.inner.people.get().is_none() {
        return Ok((habits.person, now - habits.sign_in_age));
    }
    let prompt = asked.get("prompt").map_or("", String::as_str);
    let max_age = asked.get("max_age").and_then(|age| age.parse::<i64>().ok());
    let session = cookie(headers).and_then(|id| lock(&provider.inner.sessions).get(&id).cloned());
    let is_too_old = |session: &Session| {
        !habits.ignores_freshness
            && (prompt == "login" || max_age.is_some_and(|age| now - session.since > age))
    };
    match session.filter(|session| !is_too_old(session)) {
        Some(session) => Ok((session.person, session.since)),
        None if prompt == "none" => {
            let answer = provider.answer(asked, &[("error", "login_required")]);
            Err(Box::new(sent_back(&asked["redirect_uri"], &answer)))
        }
        None => {
            let id = opaque("sign-in", text);
            lock(&provider.inner.waiting).insert(id.clone(), text.to_owned());
            Err(Box::new(to(&format!("{}/sign-in/{id}", provider.issuer))))
        }
    }
}

/// Ends the session of this browser.
pub(super) fn forget(provider: &Provider, headers: &HeaderMap) {
    if let Some(id) = cookie(headers) {
        lock(&provider.inner.sessions).remove(&id);
    }
}

/// The form.
pub(super) async fn show(State(provider): State<Provider>, Path(id): Path<String>) -> Response {
    let Some(asked) = waiting(&provider, &id) else { return gone() };
    let known = query(&format!("?{asked}")).remove("login_hint").unwrap_or_default();
    form(StatusCode::OK, &id, &known, "")
}

/// What was typed into it: a wrong password is said, a right one makes a session and goes on to where the browser came from.
pub(super) async fn submit(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: String,
) -> Response {
    let Some(asked) = waiting(&provider, &id) else { return gone() };
    let typed = query(&format!("?{body}"));
    let of = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let people = provider.inner.people.get();
    let found = people.filter(|known| known.password == of("password"));
    let found = found.and_then(|known| known.people.iter().find(|one| one.username == of("login")));
    let Some(person) = found else {
        return form(
            StatusCode::UNAUTHORIZED,
            &id,
            &of("login"),
            "<p role=\"alert\">The user name or the password is not right.</p>",
        );
    };
    let since = provider.clock.seconds() - provider.habits().sign_in_age;
    let mut sessions = lock(&provider.inner.sessions);
    let key = opaque("session", &format!("{id} {}", sessions.len()));
    sessions.insert(key.clone(), Session { person: person.sub.clone(), since });
    let cookie = format!("{COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax");
    // What demanded a fresh sign-in has it now.
    let kept =
        form_urlencoded::parse(asked.as_bytes()).filter(|(name, _)| name != "prompt" && name != "max_age");
    let kept = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let next = to(&format!("{}/auth?{kept}", provider.issuer));
    ([(header::SET_COOKIE, cookie)], next).into_response()
}

/// The person does not want to.
pub(super) async fn cancel(State(provider): State<Provider>, Path(id): Path<String>) -> Response {
    let Some(asked) = waiting(&provider, &id) else { return gone() };
    let asked = query(&format!("?{asked}"));
    sent_back(&asked["redirect_uri"], &provider.answer(&asked, &[("error", "access_denied")]))
}

/// Where it ends when nobody is sent back.
pub(super) fn end(status: StatusCode) -> Response {
    (status, page("own page", "<h1>The page of the provider</h1>")).into_response()
}

/// The authorization endpoint: a code for whoever is signed in, after they are asked where they have to be.
pub(super) async fn authorize(
    State(provider): State<Provider>,
    headers: HeaderMap,
    RawQuery(text): RawQuery,
) -> Response {
    let text = text.unwrap_or_default();
    let asked = query(&format!("?{text}"));
    let Some(redirect) = asked.get("redirect_uri") else { return StatusCode::BAD_REQUEST.into_response() };
    if let Some(error) = provider.habits().refuses {
        return sent_back(redirect, &provider.answer(&asked, &[("error", &error)]));
    }
    match who(&provider, &headers, &asked, &text) {
        Ok((person, since)) => sent_back(redirect, &provider.granted(&asked, &person, since)),
        Err(first) => *first,
    }
}

fn waiting(provider: &Provider, id: &str) -> Option<String> {
    lock(&provider.inner.waiting).get(id).cloned()
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    let own = all.split("; ").filter_map(|one| one.split_once('=')).find(|(name, _)| *name == COOKIE)?;
    Some(own.1.to_owned())
}

fn to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

fn gone() -> Response {
    (StatusCode::BAD_REQUEST, page("Gone", "<h1>Nobody waits for this sign-in</h1>")).into_response()
}

fn form(status: StatusCode, id: &str, known: &str, said: &str) -> Response {
    let known = known.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let body = format!(
        "<h1>Sign in</h1>{said}<form method=\"post\">\
         <p><label>User name <input name=\"login\" value=\"{known}\" autocomplete=\"username\" required></label>\
         <p><label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\
         <p><button type=\"submit\">Sign in</button></form><p><a href=\"{id}/cancel\">Cancel</a>"
    );
    (status, page("Sign in", &body)).into_response()
}

fn page(title: &str, body: &str) -> ([(header::HeaderName, &'static str); 1], Html<String>) {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <link rel=\"icon\" href=\"data:,\"><title>{title}</title><main>{body}</main></html>"
    );
    ([(header::CACHE_CONTROL, "no-store")], Html(page))
}
