//! The browser's facilities as the shell uses them: storage, requests, random bytes, clocks.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use passcode_portal::browser::{clock, http, random, storage};
use passcode_portal::domain::Milliseconds;
use passcode_portal::http::{HttpRequest, Method, NetworkFault};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_entries_of_a_prefix_come_with_their_values() {
    storage::write("portal.test.one", "value").expect("this browser stores");
    let expected = vec![("portal.test.one".to_owned(), "value".to_owned())];
    assert_eq!(storage::entries("portal.test."), Ok(expected));
    storage::remove("portal.test.one");
    assert_eq!(storage::entries("portal.test."), Ok(Vec::new()));
}

#[wasm_bindgen_test]
fn removing_by_prefix_leaves_other_entries() {
    storage::write("portal.a.1", "x").expect("this browser stores");
    storage::write("portal.a.2", "x").expect("this browser stores");
    storage::write("portal.b.1", "y").expect("this browser stores");
    storage::remove_by_prefix("portal.a.");
    assert_eq!(storage::read("portal.a.1"), Ok(None));
    assert_eq!(storage::read("portal.a.2"), Ok(None));
    assert_eq!(storage::read("portal.b.1"), Ok(Some("y".to_owned())));
}

#[wasm_bindgen_test]
fn a_browser_that_refuses_storage_gives_an_answer_not_a_panic() {
    let window = web_sys::window().expect("a window");
    let refusing = js_sys::Function::new_no_args("throw new DOMException('denied', 'SecurityError')");
    let description = js_sys::Object::new();
    js_sys::Reflect::set(&description, &"get".into(), &refusing).expect("settable");
    js_sys::Reflect::set(&description, &"configurable".into(), &JsValue::TRUE).expect("settable");
    let property = JsValue::from("sessionStorage");
    let original = js_sys::Object::get_own_property_descriptor(&window, &property);
    js_sys::Object::define_property(&window, &property, &description);
    assert_eq!(storage::read("portal.test"), Err(storage::StorageRefused));
    assert_eq!(storage::write("portal.test", "x"), Err(storage::StorageRefused));
    storage::remove("portal.test");
    js_sys::Object::define_property(&window, &property, original.unchecked_ref());
    assert!(storage::read("portal.test").is_ok());
}

#[wasm_bindgen_test]
fn random_bytes_differ() {
    let first = random::bytes::<32>().expect("this browser has a generator");
    let second = random::bytes::<32>().expect("this browser has a generator");
    assert_ne!(first, second);
    assert_ne!(first, [0; 32]);
}

#[wasm_bindgen_test]
fn the_monotonic_clock_does_not_go_back() {
    let earlier = clock::monotonic_millis();
    assert!(clock::monotonic_millis() >= earlier);
    assert!(clock::wall_millis() > 1_700_000_000_000);
}

/// Replaces `fetch` by a function that answers as the test says.
fn stub_fetch(body: &str) -> js_sys::Function {
    let global = js_sys::global();
    let original = js_sys::Reflect::get(&global, &"fetch".into()).expect("fetch exists");
    let stub = js_sys::Function::new_with_args("request", body);
    js_sys::Reflect::set(&global, &"fetch".into(), &stub).expect("settable");
    original.into()
}

fn restore_fetch(original: &js_sys::Function) {
    js_sys::Reflect::set(&js_sys::global(), &"fetch".into(), original).expect("settable");
}

fn request() -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: "/api".to_owned(),
        headers: vec![("Accept", "application/json".to_owned())],
        body: None,
        time_out: Milliseconds(100),
        is_cacheable: false,
    }
}

#[wasm_bindgen_test]
async fn an_answer_comes_with_status_headers_and_body_whatever_the_status() {
    let original = stub_fetch(
        "return Promise.resolve(new Response('{\"code\":\"unavailable\"}', { status: 503, headers: { 'Retry-After': '1.5' } }))",
    );
    let answer = http::send(&request()).await;
    restore_fetch(&original);
    let answer = answer.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("1.5"));
    assert_eq!(answer.body, "{\"code\":\"unavailable\"}");
}

#[wasm_bindgen_test]
async fn requests_carry_no_cookies_follow_no_redirects_and_send_no_referrer() {
    let original = stub_fetch(
        "return Promise.resolve(new Response([request.credentials, request.redirect, request.referrerPolicy, request.cache].join(' ')))",
    );
    let answer = http::send(&request()).await;
    restore_fetch(&original);
    let answer = answer.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(answer.body, "omit error no-referrer no-store");
}

#[wasm_bindgen_test]
async fn a_request_without_an_answer_times_out() {
    let original = stub_fetch(
        "return new Promise((_, refuse) => request.signal.addEventListener('abort', () => refuse(request.signal.reason)))",
    );
    let answer = http::send(&request()).await;
    restore_fetch(&original);
    assert_eq!(answer.err(), Some(NetworkFault::TimedOut));
}

#[wasm_bindgen_test]
async fn a_broken_connection_is_told_apart_from_a_time_out() {
    let original = stub_fetch("return Promise.reject(new TypeError('Failed to fetch'))");
    let answer = http::send(&request()).await;
    restore_fetch(&original);
    assert_eq!(answer.err(), Some(NetworkFault::Broken));
}
