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
        "contentSecurityPolicy": policy(CONNECT_PLACEHOLDER, answers.images),
        "headers": headers,
        "hidden": hidden,
        "immutable": answers.hashed,
    });
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_server_gets_a_placeholder_for_the_addresses() {
        let text = headers(&Answers { connect: "https:", images: "", hashed: &["assets/a.js".to_string()] });
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(
            value["contentSecurityPolicy"]
                .as_str()
                .is_some_and(|text| text.contains("connect-src 'self' {connect};"))
        );
    }
}
