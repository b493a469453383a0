//! Reading a TOML table key by key, collecting mistakes instead of stopping at the first. Values from the
//! environment are text, so numbers and lists are also read from text.

use std::collections::BTreeSet;
use toml::{Table, Value};

/// What is wrong with one key, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The key, with its section.
    pub key: String,
    /// What is wrong and what to do. Never the value of a secret.
    pub reason: String,
}

impl ConfigError {
    /// A mistake.
    #[must_use]
    pub fn new(key: &str, reason: String) -> Self {
        Self { key: key.to_owned(), reason }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.key, self.reason)
    }
}

/// A section being read.
pub(super) struct Section<'mistakes> {
    name: String,
    table: Table,
    asked: BTreeSet<&'static str>,
    mistakes: &'mistakes mut Vec<ConfigError>,
}

impl<'mistakes> Section<'mistakes> {
    /// Takes a section out of the whole; an empty name is the top level.
    pub(super) fn take(
        whole: &mut Table,
        name: &'static str,
        mistakes: &'mistakes mut Vec<ConfigError>,
    ) -> Self {
        let table = if name.is_empty() {
            std::mem::take(whole)
        } else {
            match whole.remove(name) {
                None => Table::new(),
                Some(Value::Table(table)) => table,
                Some(_) => {
                    mistakes.push(ConfigError::new(name, format!("must be a section: write it as [{name}]")));
                    Table::new()
                }
            }
        };
        Self::of(table, name.to_owned(), mistakes)
    }

    /// A section that was taken out already, for instance one of a list.
    pub(super) fn of(table: Table, name: String, mistakes: &'mistakes mut Vec<ConfigError>) -> Self {
        Self { name, table, asked: BTreeSet::new(), mistakes }
    }

    /// The key with its section.
    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Notes a mistake about a key.
    pub(super) fn wrong(&mut self, key: &str, reason: &str) {
        self.mistakes.push(ConfigError::new(&self.full(key), reason.to_owned()));
    }

    /// The value of a key as it stands.
    pub(super) fn value(&mut self, key: &'static str) -> Option<Value> {
        self.asked.insert(key);
        self.table.remove(key)
    }

    /// Text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        if let Value::String(text) = value {
            return Some(text);
        }
        self.wrong(key, "must be text in quotation marks");
        None
    }

    /// Text that must be there.
    pub(super) fn required(&mut self, key: &'static str, what: &str) -> String {
        let text = self.text(key).filter(|text| !text.trim().is_empty());
        if text.is_none() && !self.mistakes.iter().any(|mistake| mistake.key == self.full(key)) {
            self.wrong(key, &format!("is missing: set it to {what}"));
        }
        text.unwrap_or_default()
    }

    /// Text, or what is usual.
    pub(super) fn text_or(&mut self, key: &'static str, usual: &str) -> String {
        self.text(key).unwrap_or_else(|| usual.to_owned())
    }

    /// Whether anything is wrong with a key or with what stands in it.
    pub(super) fn has_mistake(&self, key: &str) -> bool {
        self.mistakes.iter().any(|mistake| mistake.key.starts_with(key))
    }

    /// Yes or no; no, where it is not there.
    pub(super) fn truth(&mut self, key: &'static str) -> bool {
        let Some(value) = self.value(key) else { return false };
        let truth = value.as_bool().or_else(|| match value.as_str()?.trim() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        });
        truth.unwrap_or_else(|| {
            self.wrong(key, "must be true or false");
            false
        })
    }

    /// A whole number within bounds, or what is usual.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        usual: i64,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> i64 {
        let Some(value) = self.value(key) else { return usual };
        let number = value.as_integer().or_else(|| value.as_str()?.trim().parse().ok());
        match number.filter(|number| bounds.contains(number)) {
            Some(number) => number,
            None => {
                let reason = format!("must be a whole number from {} to {}", bounds.start(), bounds.end());
                self.wrong(key, &reason);
                usual
            }
        }
    }

    /// A number greater than zero, or what is usual.
    pub(super) fn factor(&mut self, key: &'static str, usual: f64) -> f64 {
        let Some(value) = self.value(key) else { return usual };
        let whole = || value.as_integer().and_then(|number| i32::try_from(number).ok()).map(f64::from);
        let number = value.as_float().or_else(whole).or_else(|| value.as_str()?.trim().parse().ok());
        match number.filter(|number: &f64| number.is_finite() && *number > 0.0 && *number <= 100_000.0) {
            Some(number) => number,
            None => {
                self.wrong(key, "must be a number greater than 0 and at most 100000");
                usual
            }
        }
    }

    /// A list of texts, or what is usual. From the environment: separated by commas.
    pub(super) fn list(&mut self, key: &'static str, usual: &[&str]) -> Vec<String> {
        match self.value(key) {
            None => usual.iter().map(|item| (*item).to_owned()).collect(),
            Some(Value::String(text)) => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
            Some(Value::Array(items)) if items.iter().all(Value::is_str) => {
                items.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
            }
            Some(_) => {
                self.wrong(key, "must be a list of texts, like [\"a\", \"b\"]");
                Vec::new()
            }
        }
    }

    /// Notes every key nobody asked for: a misspelt key is a mistake, not a default.
    pub(super) fn finish(self) {
        let known: Vec<&str> = self.asked.iter().copied().collect();
        let reason = format!("is not a key; known are: {}", known.join(", "));
        for key in self.table.keys() {
            self.mistakes.push(ConfigError::new(&self.full(key), reason.clone()));
        }
    }
}
