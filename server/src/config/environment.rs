//! Overriding keys from the environment: `PORTAL__OIDC__ISSUER` sets `issuer` in `[oidc]`.
//!
//! An environment variable has no case, so a name is compared with the keys without case and underscores: both
//! `PORTAL__BRANDING__DISPLAYNAME` and `PORTAL__BRANDING__DISPLAY_NAME` mean `displayName`.

use super::branding::BRANDING;
use portal_contract::page_config;
use toml::{Table, Value};

const PREFIX: &str = "PORTAL__";

/// The sections whose keys are in camel case, which a name in capitals cannot spell.
const IN_CAMEL_CASE: [&str; 2] = ["branding", "page"];

/// A key without case and underscores.
fn plain(key: &str) -> String {
    key.chars().filter(|character| *character != '_').flat_map(char::to_lowercase).collect()
}

/// Sets every key the environment names.
pub(super) fn apply(table: &mut Table, environment: &[(String, String)]) {
    for (name, value) in environment {
        if let Some(path) = name.strip_prefix(PREFIX) {
            let segments: Vec<&str> = path.split("__").filter(|segment| !segment.is_empty()).collect();
            let is_camel =
                segments.first().is_some_and(|section| IN_CAMEL_CASE.contains(&plain(section).as_str()));
            set(table, &segments, value, is_camel);
        }
    }
}

fn set(table: &mut Table, path: &[&str], value: &str, is_camel: bool) {
    let Some((first, rest)) = path.split_first() else { return };
    let existing = table.keys().find(|key| plain(key) == plain(first)).cloned();
    let in_camel_case = || BRANDING.iter().chain(&page_config::TEXTS).find(|key| plain(key) == plain(first));
    let spelled = is_camel.then(in_camel_case).flatten().map(|key| (*key).to_owned());
    let key = existing.or(spelled).unwrap_or_else(|| first.to_lowercase());
    if rest.is_empty() {
        table.insert(key, Value::String(value.to_owned()));
        return;
    }
    let inner = table.entry(key).or_insert_with(|| Value::Table(Table::new()));
    if !inner.is_table() {
        *inner = Value::Table(Table::new());
    }
    if let Some(inner) = inner.as_table_mut() {
        set(inner, rest, value, is_camel);
    }
}
