//! Every parser of bytes that strangers write, as a target: a function that reads them and checks what must hold whatever
//! they are. "Does not panic" is the least of it; each target knows something about the answer as well.
//!
//! Three ways to run them (`docs/fuzzing.md`): the committed corpus and random changes of it in `cargo test`; a search by
//! coverage for seconds in `cargo xtask test`; the same for as long as wanted with `cargo xtask fuzz`.

mod page;
mod server;

/// One parser with what must hold about it.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, also that of its folder in `corpus/`.
    pub name: &'static str,
    /// What it reads.
    pub what: &'static str,
    /// Reads one input; panics when something does not hold.
    pub run: fn(&[u8]),
}

const fn target(name: &'static str, what: &'static str, run: fn(&[u8])) -> Target {
    Target { name, what, run }
}

/// All of them.
pub const TARGETS: [Target; 22] = [
    target("id_token", "the page: an ID token and a key set", page::tokens::id_token),
    target("id_claims", "the page: the claims of an ID token", page::tokens::id_claims),
    target("token_answer", "the page: the token endpoint's answer", page::tokens::token_answer),
    target("discovery", "the page: the provider's discovery document", page::provider::discovery),
    target("callback", "the page: the query of the callback", page::provider::callback),
    target("challenge", "the page: WWW-Authenticate", page::provider::challenge),
    target("page_config", "the page: config.json", page::stored::page_config),
    target("records", "the page: what survives a redirect", page::stored::records),
    target("route", "the page: addresses and return paths", page::stored::route),
    target("texts", "the page: a language's files", page::stored::texts),
    target("api_answers", "the page: every JSON answer of the API", page::api::answers),
    target("api_problems", "the page: problem bodies, Retry-After, references", page::api::problems),
    target("next_link", "the page: @odata.nextLink", page::api::next_link),
    target("event_stream", "the page: text/event-stream in pieces", page::api::event_stream),
    target("dates", "both: RFC 3339", page::api::dates),
    target("access_token", "the server: the claims of an access token", server::tokens::claims),
    target("provider_keys", "the server: the provider's key set", server::tokens::keys),
    target("identifiers", "the server: ids and idempotency keys", server::words::identifiers),
    target("user_agent", "the server: User-Agent and addresses", server::words::user_agent),
    target("configuration", "the server: its TOML file and environment", server::words::configuration),
    target("connector_event", "the server: a webhook of a connector", server::events::message),
    target("http", "the server: whole requests (paths, queries, headers, bodies)", server::http::requests),
];

/// The target of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// The input as text; inputs that are none are no input for a parser of text.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// The first line and the rest.
fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
