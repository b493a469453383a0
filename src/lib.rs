//! The passcode portal's page.
//!
//! The rules (`domain`, `auth`, `api`, `i18n`, `core`, `features`, `app`, `words`, `route`, `http`, `letters`) build on every target and are tested on the host; the
//! half that touches the browser exists on wasm32 only, so a rule that reaches for the browser does not compile in `cargo test`.

pub mod api;
pub mod app;
pub mod auth;
pub mod core;
pub mod domain;
pub mod features;
pub mod http;
pub mod i18n;
pub mod letters;
pub mod route;
pub mod words;

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod components;
#[cfg(target_arch = "wasm32")]
pub mod pages;
#[cfg(target_arch = "wasm32")]
pub mod shell;
