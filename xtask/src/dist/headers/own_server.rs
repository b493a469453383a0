//! `headers.json`, read by portal-server where it serves the page (`server/src/http/page.rs`).

use serde_json::{Map, Value, json};

use super::{Answers, CONNECT_PLACEHOLDER, EVERYWHERE, FOR_THE_HOST, FOR_THE_HOST_DIRECTORY, policy};

/// The policy with its placeholder, the other headers, which files may be stored and which are not for visitors.
pub(super) fn headers(answers: &Answers<'_>) -> String {
    let headers: Map<String, Value> =
        EVERYWHERE.iter().map(|(name, value)| ((*name).to_string(), json!(value))).collect();
    let directory = format!("{FOR_THE_HOST_DIRECTORY}/");
    let hidden: Vec<&str> = FOR_THE_HOST.iter().copied().chain([directory.as_str()]).collect();
    let value = json!({
        "contentSecurityPolicy": policy(CONNECT_PLACEHOLDER, answers.images, answers.style),
        "headers": headers,
        "hidden": hidden,
        "immutable": answers.hashed,
    });
    format!("{value:#}\n")
}
