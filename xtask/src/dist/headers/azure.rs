//! `staticwebapp.config.json` of Azure Static Web Apps.
//!
//! Route headers replace global ones of the same name, so `no-store` can be the rule and hashed files the exception.

use serde_json::{Map, Value, json};

use super::{Answers, FOR_THE_HOST, FOR_THE_HOST_DIRECTORY, IMMUTABLE, MEDIA_TYPES, NO_STORE};

/// The whole file. The host compresses by itself and does not serve this file to visitors.
pub(super) fn configuration(answers: &Answers<'_>) -> String {
    let mut headers: Map<String, Value> =
        answers.everywhere().into_iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
    headers.insert("Cache-Control".to_string(), json!(NO_STORE));
    let types: Map<String, Value> =
        MEDIA_TYPES.iter().map(|(ending, media)| (format!(".{ending}"), json!(media))).collect();
    let hidden = FOR_THE_HOST
        .iter()
        .map(|name| format!("/{name}"))
        .chain([format!("/{FOR_THE_HOST_DIRECTORY}/*")])
        .map(|route| json!({ "route": route, "statusCode": 404 }));
    // One by one: a route for the directory would hold for what is missing in it.
    let assets = answers
        .hashed
        .iter()
        .map(|name| json!({ "route": format!("/{name}"), "headers": { "Cache-Control": IMMUTABLE } }));
    let endings: Vec<&str> = MEDIA_TYPES.iter().map(|(ending, _)| *ending).collect();
    let value = json!({
        "globalHeaders": headers,
        "mimeTypes": types,
        "routes": hidden.chain(assets).collect::<Vec<Value>>(),
        // A missing file stays 404: a script that is answered with the page would hide what is wrong.
        "navigationFallback": {
            "rewrite": "/index.html",
            "exclude": ["/assets/*", format!("/*.{{{}}}", endings.join(","))],
        },
        "responseOverrides": { "404": { "rewrite": "/404.html" } },
    });
    format!("{value:#}\n")
}
