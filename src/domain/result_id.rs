//! The identifier of one run of an action, where a person reaches it by an address.

use super::device_id::is_one_segment;

/// Identifies a `deviceActionResult` towards the API. Opaque, like [`super::DeviceId`]; what IT is told as a reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResultId(String);

impl ResultId {
    /// Reads an identifier. `None` for what cannot be one path segment.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_one_segment(text).then(|| Self(text.to_owned()))
    }

    /// The identifier as the API wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_one_path_segment() {
        for wrong in ["", "..", "a/b", "a\nb"] {
            assert_eq!(ResultId::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(ResultId::parse("r-1").as_ref().map(ResultId::as_str), Some("r-1"));
    }
}
