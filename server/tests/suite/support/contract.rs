//! The published document of the connector's calls as something to hold requests and answers against.

use serde_json::{Value, json};

/// The document.
pub(crate) struct Contract(pub(crate) Value);

impl Contract {
    pub(crate) fn new() -> Self {
        Self(portal_server::services::http::document())
    }

    /// The template of a path under `/v1`, and what the document says of it and this method.
    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let path = path.split('?').next().unwrap();
        let fits = |template: &str| {
            let (ours, theirs): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(one, other)| other.starts_with('{') || *one == other)
        };
        let (template, item) = self.0["paths"].as_object().unwrap().iter().find(|(path, _)| fits(path))?;
        Some((template, item.get(method.to_lowercase())?))
    }

    /// What is wrong with a body by a schema of the document.
    fn complaints(&self, schema: &Value, body: &Value) -> Vec<String> {
        let mut whole = json!({ "components": self.0["components"] });
        for (key, value) in schema.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let validator = jsonschema::validator_for(&whole).unwrap();
        validator.iter_errors(body).map(|error| format!("{error} at {}", error.instance_path())).collect()
    }

    /// What is wrong with a request to a connector.
    pub(crate) fn request(&self, method: &str, path: &str, body: &[u8]) -> Vec<String> {
        let Some((_, operation)) = self.operation(method, path) else {
            return vec![format!("{method} {path} is not described")];
        };
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        match (schema.is_object(), body.is_empty()) {
            (false, true) => Vec::new(),
            (true, false) => self.complaints(schema, &serde_json::from_slice(body).unwrap()),
            (expected, _) => vec![format!("{method} {path}: a body is expected: {expected}")],
        }
    }

    /// What is wrong with a connector's answer.
    pub(crate) fn answer(
        &self,
        method: &str,
        path: &str,
        (status, media, body): (u16, &str, &Value),
    ) -> Vec<String> {
        let Some((template, operation)) = self.operation(method, path) else {
            return vec![format!("{method} {path} is not described")];
        };
        let content = &operation["responses"][status.to_string()]["content"];
        match content[media]["schema"].as_object() {
            Some(_) => self.complaints(&content[media]["schema"], body),
            None => vec![format!("{method} {template} {status} does not promise {media}")],
        }
    }
}
