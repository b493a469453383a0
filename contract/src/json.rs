//! Reading JSON by field names, without a reader of its own for every type.
//!
//! The page weighs every kilobyte, and a derived serde reader costs two to eight of them for each type. Here the text
//! becomes a [`Value`] once, and a type takes its fields out of a [`Fields`]. A field that has to be there and is missing or of
//! another kind does not end the reading at once (that would compile a clean-up for each field); it is remembered, and the
//! whole is refused at the end. One that may be missing counts as missing when it is of another kind, and an entry of a list
//! that is unsound is left out: what one part of an answer says is not lost by another. What is shown or counted may come as a
//! number or as a text; what something is decided by may not. `tests/round_trips.rs` holds these readers against the derived ones.

mod value;

pub use value::{Number, Object, Value, quoted};

use crate::UtcTime;
use std::cell::Cell;

/// The fields of a JSON object, and whether all that were asked for made sense.
pub struct Fields<'a> {
    object: Option<&'a Object>,
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
    Value::parse(text)
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
        self.value(name)?.as_str()
    }

    /// A text, borrowed; empty when it is missing.
    #[must_use]
    pub fn word_or_empty(&self, name: &str) -> &'a str {
        self.optional_word(name).unwrap_or("")
    }

    /// Refuses the whole where one of these is there and is no text: for documents that somebody wrote by hand and has to mend.
    pub fn expect_texts(&self, names: &[&str]) {
        if names.iter().any(|name| self.value(name).is_some_and(|value| !value.is_string())) {
            self.refuse();
        }
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

    /// A text to be shown that may be missing; a number is one as it is written.
    #[must_use]
    pub fn optional_shown(&self, name: &str) -> Option<String> {
        self.value(name)?.as_written().map(str::to_owned)
    }

    /// The same; empty when it is missing.
    #[must_use]
    pub fn shown_or_empty(&self, name: &str) -> String {
        self.optional_shown(name).unwrap_or_default()
    }

    /// One that has to be there: a name, or an identifier within the API.
    #[must_use]
    pub fn shown(&self, name: &str) -> String {
        self.optional_shown(name).unwrap_or_else(|| {
            self.refuse();
            String::new()
        })
    }

    /// A truth value, or its word; false when it is missing.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        match self.value(name) {
            Some(Value::String(word)) => word == "true",
            value => value.and_then(Value::as_bool).unwrap_or(false),
        }
    }

    /// A whole number, as number or text, that may be missing.
    #[must_use]
    pub fn optional_number(&self, name: &str) -> Option<i64> {
        self.value(name)?.as_written()?.parse().ok()
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
        UtcTime::parse(self.optional_word(name)?)
    }

    /// A moment; "never" when it is missing.
    #[must_use]
    pub fn moment_or_never(&self, name: &str) -> UtcTime {
        self.optional_moment(name).unwrap_or(UtcTime::NEVER)
    }

    /// The entries of a list; none when it is missing.
    #[must_use]
    pub fn list(&self, name: &str) -> &'a [Value] {
        self.value(name).and_then(Value::as_array).unwrap_or_default()
    }

    /// Reads each entry of a list; one that is unsound is left out.
    pub fn each<T>(&self, name: &str, read: impl Fn(&Fields<'_>) -> T) -> Vec<T> {
        self.list(name).iter().filter_map(|value| read_value(value, &read)).collect()
    }

    /// Reads each field of the object itself, for one whose names are not known beforehand; those that are unsound are left
    /// out.
    pub fn entries<T>(&self, read: impl Fn(&Fields<'_>) -> T) -> Vec<(&'a str, T)> {
        let fields = self.object.into_iter().flat_map(Object::iter);
        fields.filter_map(|(name, value)| Some((name, read_value(value, &read)?))).collect()
    }

    /// Reads an object that may be missing; one that is unsound is.
    pub fn part<T>(&self, name: &str, read: impl FnOnce(&Fields<'_>) -> T) -> Option<T> {
        read_value(self.value(name)?, read)
    }
}
