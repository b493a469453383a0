//! Devices of a list that cannot be read: each hides only itself, and is named for whoever operates the service behind.

use serde_json::Value;

/// How many are named in one line of the log.
const NAMED: usize = 5;
/// The longest name that is shown of one, in characters.
const LONGEST: usize = 64;

/// Those of one list.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    count: usize,
    names: Vec<String>,
}

impl Unreadable {
    /// Notes one as it came, by its identifier, or by what stands there instead. Nothing else of it is told: it may be personal.
    pub(super) fn note(&mut self, device: &Value) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name_of(device));
        }
    }

    /// One line for all of them; none where there are none.
    pub(super) fn tell(&self, service: &str) {
        if self.count > 0 {
            let (count, devices) = (self.count, self.names.join(", "));
            tracing::warn!(service, count, devices, "devices that cannot be read are left out of the list");
        }
    }
}

fn name_of(device: &Value) -> String {
    match device.get("id") {
        Some(Value::String(id)) => id.chars().take(LONGEST).collect(),
        Some(Value::Null) | None => "one without id".to_owned(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            "one whose id is no text".to_owned()
        }
    }
}

/// The same without members that are `null`, at any depth: `null` is as good as missing.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(members.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_device_is_named_by_its_identifier_and_by_nothing_else_of_it() {
        let mut unreadable = Unreadable::default();
        let odd = [
            json!({ "id": "4711", "deviceName": "Ada" }),
            json!({ "id": 7 }),
            json!({ "id": null }),
            json!("text"),
        ];
        for device in odd.iter().chain([&json!({ "id": "x".repeat(500) })]).chain(&odd) {
            unreadable.note(device);
        }
        let long = "x".repeat(LONGEST);
        assert_eq!(
            unreadable.names,
            ["4711", "one whose id is no text", "one without id", "one without id", long.as_str()]
        );
        assert_eq!(unreadable.count, 9);
    }

    #[test]
    fn null_is_missing_at_any_depth() {
        let value = json!({ "a": null, "b": { "c": null, "d": 1 }, "e": [{ "f": null }, null] });
        assert_eq!(without_nulls(value), json!({ "b": { "d": 1 }, "e": [{}, null] }));
    }
}
