//! Upper and lower case: Unicode's tables weigh several kilobytes, and every browser has them.

/// The text in lower case by Unicode's default rules, the same in every language. In the page it is ECMAScript's
/// `toLowerCase`, which is specified by the same algorithm as Rust's `to_lowercase` (Unicode's `toLowercase`, the final
/// sigma included), with the browser's version of the tables.
#[must_use]
pub fn lower_case(text: &str) -> String {
    // Nearly every text here, and the border to the browser is not crossed for it.
    if text.is_ascii() { text.to_ascii_lowercase() } else { by_tables(text) }
}

#[cfg(target_arch = "wasm32")]
fn by_tables(text: &str) -> String {
    String::from(js_sys::JsString::from(text).to_lower_case())
}

#[cfg(not(target_arch = "wasm32"))]
fn by_tables(text: &str) -> String {
    text.to_lowercase()
}
