//! A null where a value may be left out but not emptied.
//!
//! `Fields` takes null for "missing". For the entries named here the two differ: a provider or an administrator who
//! writes null there wrote something else than was meant, and the document is refused.

use portal_contract::json::Value;

/// Whether one of these fields of an object is there and null.
pub(super) fn has_null(value: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| value.get(name).is_some_and(Value::is_null))
}
