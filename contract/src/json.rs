//! Reading JSON by field names, without a reader of its own for every type.
//!
//! The page weighs every kilobyte, and a derived serde reader costs two to eight of them for each type. Here the text
//! becomes a [`Value`] once, and a type takes its fields out of a [`Fields`]. A field that is missing or of another kind
//! does not end the reading at once (that would compile a clean-up for each field); it is remembered, and the whole is
//! refused at the end. `tests/round_trips.rs` holds these readers against the derived ones.

use crate::UtcTime;
use serde_json::{Map, Value};
use std::cell::Cell;

/// The fields of a JSON object, and whether all that were asked for made sense.
pub struct Fields<'a> {
    object: Option<&'a Map<String, Value>>,
    is_sound: &'a Cell<bool>,
}

/// Reads a type out of JSON text; `None` when it is no JSON, no object, or a field is missing or of another kind.
pub fn read_text<T>(text: &str, read: impl FnOnce(&Fields<'_>) -> T) -> Option<T> {
    read_value(&parse(text)?, read)
}

/// The same, out of a value.
pub fn read_value<T>(value: &Value, read: impl FnOnce(&Fields<'_>) -> T) -> Option<T> {
    let is_sound = Cell::new(true);
    let thing = read(&Fields::of(value, &is_sound));
    is_sound.get().then_some(thing)
}

/// JSON text as a value.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, is_sound: &'a Cell<bool>) -> Self {
        let object = value.as_object();
        if object.is_none() {
            is_sound.set(false);
        }
        Self { object, is_sound }
    }

    /// The whole is to be refused.
    pub fn refuse(&self) {
        self.is_sound.set(false);
    }

    /// A field as it is; `None` when it is missing or null.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.object?.get(name).filter(|value| !value.is_null())
    }

    /// A text that has to be there, borrowed.
    #[must_use]
    pub fn word(&self, name: &str) -> &'a str {
        self.optional_word(name).unwrap_or_else(|| {
            self.refuse();
            ""
        })
    }

    /// A text that may be missing, borrowed.
    #[must_use]
    pub fn optional_word(&self, name: &str) -> Option<&'a str> {
        let value = self.value(name)?;
        if !value.is_string() {
            self.refuse();
        }
        value.as_str()
    }

    /// A text that has to be there.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.word(name).to_owned()
    }

    /// A text that may be missing.
    #[must_use]
    pub fn optional_text(&self, name: &str) -> Option<String> {
        self.optional_word(name).map(str::to_owned)
    }

    /// A text; empty when it is missing.
    #[must_use]
    pub fn text_or_empty(&self, name: &str) -> String {
        self.optional_word(name).unwrap_or("").to_owned()
    }

    /// A truth value; false when it is missing.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        let Some(value) = self.value(name) else { return false };
        value.as_bool().unwrap_or_else(|| {
            self.refuse();
            false
        })
    }

    /// A whole number that may be missing.
    #[must_use]
    pub fn optional_number(&self, name: &str) -> Option<i64> {
        let value = self.value(name)?;
        let number = value.as_i64();
        if number.is_none() {
            self.refuse();
        }
        number
    }

    /// A whole number that has to be there.
    #[must_use]
    pub fn number(&self, name: &str) -> i64 {
        self.optional_number(name).unwrap_or_else(|| {
            self.refuse();
            0
        })
    }

    /// A moment that has to be there.
    #[must_use]
    pub fn moment(&self, name: &str) -> UtcTime {
        self.optional_moment(name).unwrap_or_else(|| {
            self.refuse();
            UtcTime::NEVER
        })
    }

    /// A moment that may be missing.
    #[must_use]
    pub fn optional_moment(&self, name: &str) -> Option<UtcTime> {
        let moment = UtcTime::parse(self.optional_word(name)?);
        if moment.is_none() {
            self.refuse();
        }
        moment
    }

    /// The entries of a list; none when it is missing.
    #[must_use]
    pub fn list(&self, name: &str) -> &'a [Value] {
        let Some(value) = self.value(name) else { return &[] };
        value.as_array().map_or_else(
            || {
                self.refuse();
                [].as_slice()
            },
            Vec::as_slice,
        )
    }

    /// Reads each entry of a list; one that is unsound spoils the whole.
    pub fn each<T>(&self, name: &str, read: impl Fn(&Fields<'_>) -> T) -> Vec<T> {
        self.list(name).iter().map(|value| read(&Fields::of(value, self.is_sound))).collect()
    }

    /// Reads each field of the object itself, for one whose names are not known beforehand; those that are null are left out.
    pub fn entries<T>(&self, read: impl Fn(&Fields<'_>) -> T) -> Vec<(&'a str, T)> {
        let fields = self.object.into_iter().flatten().filter(|(_, value)| !value.is_null());
        fields.map(|(name, value)| (name.as_str(), read(&Fields::of(value, self.is_sound)))).collect()
    }

    /// Reads an object that may be missing.
    pub fn part<T>(&self, name: &str, read: impl FnOnce(&Fields<'_>) -> T) -> Option<T> {
        let value = self.value(name)?;
        Some(read(&Fields::of(value, self.is_sound)))
    }
}
