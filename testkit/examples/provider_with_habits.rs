//! The provider of the tests as a program, for browsers: it runs by the machine's clock, a plain page asks who is there, and its
//! habits are switched at a second address of this machine ([`Provider::control`]). Never part of the portal.
//!
//! `provider_with_habits --listen 127.0.0.1:8081 --control 127.0.0.1:8082 --people server/sample/people.json`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "test code: it should stop at once and say where, and talks on standard output"
)]

use portal_testkit::Provider;
use serde_json::json;

fn told(name: &str) -> String {
    let mut said = std::env::args().skip_while(|one| one != name);
    said.nth(1).expect("--listen, --control and --people are needed")
}

#[tokio::main]
async fn main() {
    let provider = Provider::at(&told("--listen")).await.unwrap();
    let people = std::fs::read_to_string(told("--people")).unwrap();
    provider.asks(serde_json::from_str(&people).unwrap());
    // Token mode: the page reads discovery, keys and tokens itself.
    let usual = json!({ "readable": true });
    provider.set(|habits| habits.readable = true);
    let control = tokio::net::TcpListener::bind(told("--control")).await.unwrap();
    println!("provider with habits ready: {}", provider.issuer);
    axum::serve(control, provider.control(usual)).await.unwrap();
}
