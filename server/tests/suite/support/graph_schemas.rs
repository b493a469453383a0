//! Microsoft's own description of its calls, closed (`openapi-strict.json`): it is not in this repository, and where it is not
//! at hand that part of a test is left out and says so.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

/// Where the files are: `PORTAL_GRAPH_SCHEMAS`, or beside the repository.
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/graph"));
    let named = std::env::var_os("PORTAL_GRAPH_SCHEMAS").map(PathBuf::from);
    let found = [named, Some(beside)].into_iter().flatten().find(|folder| folder.join(STRICT).is_file());
    if found.is_none() {
        eprintln!(
            "SKIPPED: validation against Microsoft's description (set PORTAL_GRAPH_SCHEMAS to its folder)"
        );
    }
    found
}

const STRICT: &str = "openapi-strict.json";

pub(crate) struct Schemas {
    document: Value,
    known: Mutex<BTreeMap<String, jsonschema::Validator>>,
}

static SCHEMAS: LazyLock<Option<Schemas>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(folder()?.join(STRICT)).unwrap();
    Some(Schemas { document: serde_json::from_str(&text).unwrap(), known: Mutex::default() })
});

/// The description, where it is at hand; read once.
pub(crate) fn schemas() -> Option<&'static Schemas> {
    SCHEMAS.as_ref()
}

impl Schemas {
    /// What is wrong with a body that should satisfy a schema of the description.
    pub(crate) fn mistakes(&self, schema: &str, body: &Value) -> Vec<String> {
        self.check(&format!("#/components/schemas/{schema}"), body)
    }

    fn check(&self, reference: &str, body: &Value) -> Vec<String> {
        self.check_with(&json!({ "$ref": reference }), body)
    }

    fn check_with(&self, schema: &Value, body: &Value) -> Vec<String> {
        let mut known = self.known.lock().unwrap();
        let validator = known.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
            whole["components"] = self.document["components"].clone();
            jsonschema::validator_for(&whole).unwrap()
        });
        validator.iter_errors(body).map(|error| format!("{} at {}", error, error.instance_path())).collect()
    }

    /// The operation of a request; `Err` where Microsoft has none.
    fn operation(&self, method: &str, path: &str) -> Result<&Value, String> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &str| {
            let template: Vec<&str> = template.split('/').collect();
            template.len() == parts.len()
                && template.iter().zip(&parts).all(|(want, is)| want == is || want.starts_with('{'))
        };
        let paths = self.document["paths"].as_object().unwrap();
        let found = paths.iter().find(|(template, _)| fits(template)).map(|(_, item)| item);
        let operation = found.and_then(|item| item.get(method.to_ascii_lowercase()));
        operation.ok_or_else(|| format!("Microsoft has no {method} {path}"))
    }

    /// What is wrong with a request.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        body: &[u8],
    ) -> Vec<String> {
        let operation = match self.operation(method, path) {
            Ok(operation) => operation,
            Err(mistake) => return vec![mistake],
        };
        let mut mistakes = Vec::new();
        let wanted = operation.get("requestBody").map(|one| self.resolved(one));
        match (wanted, serde_json::from_slice::<Value>(body)) {
            (None, _) if body.is_empty() => {}
            (None, _) => mistakes.push(format!("{method} {path} takes no body")),
            (Some(_), Err(_)) => mistakes.push(format!("{method} {path} wants a body")),
            (Some(wanted), Ok(body)) => {
                mistakes.extend(self.check_with(&wanted["content"]["application/json"]["schema"], &body));
            }
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let names: Vec<String> =
            parameters.iter().map(|one| self.resolved(one)["name"].as_str().unwrap().to_owned()).collect();
        for (name, value) in query {
            if !names.contains(name) {
                mistakes.push(format!("{method} {path} has no parameter {name}"));
            }
            if name == "$select" {
                mistakes.extend(self.unselectable(operation, value));
            }
        }
        mistakes
    }

    /// Properties that the answer's schema does not have.
    fn unselectable(&self, operation: &Value, select: &str) -> Vec<String> {
        let mut schema =
            &self.resolved(&operation["responses"]["2XX"])["content"]["application/json"]["schema"];
        schema = self.resolved(schema);
        if let Some(items) = schema.pointer("/properties/value/items") {
            schema = self.resolved(items);
        }
        let properties = schema["properties"].as_object().expect("an object");
        select
            .split(',')
            .filter(|name| !properties.contains_key(*name))
            .map(|name| format!("there is no {name} to select"))
            .collect()
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// What is wrong with an answer.
    pub(crate) fn answer(&self, method: &str, path: &str, status: u16, body: &[u8]) -> Vec<String> {
        let Ok(operation) = self.operation(method, path) else { return Vec::new() };
        let class = format!("{}XX", status / 100);
        let responses = &operation["responses"];
        let response = responses.get(status.to_string()).or_else(|| responses.get(class));
        let Some(response) = response.map(|one| self.resolved(one)) else {
            return vec![format!("{method} {path} is never answered with {status}")];
        };
        let schema = &response["content"]["application/json"]["schema"];
        match serde_json::from_slice::<Value>(body) {
            Err(_) if schema.is_null() && body.is_empty() => Vec::new(),
            Err(_) => vec![format!("{method} {path}: {status} without its body")],
            Ok(_) if schema.is_null() => vec![format!("{method} {path}: {status} has no body")],
            Ok(body) => match schema["$ref"].as_str() {
                Some(reference) => self.check(reference, &body),
                None => self.check_with(schema, &body),
            },
        }
    }
}
