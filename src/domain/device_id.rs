//! The identifier of a device, read once at the edge.

/// Identifies a device towards the API. Opaque: never taken apart, only compared and put into a path segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(String);

/// Longer identifiers than this are not ours; the limit keeps addresses and stored records small.
const LONGEST: usize = 200;

impl DeviceId {
    /// Reads an identifier. `None` for what cannot be one path segment: empty, too long, `.` or `..`, with a slash,
    /// a backslash or a control character.
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

/// Whether an identifier of the API can be one path segment.
pub(super) fn is_one_segment(text: &str) -> bool {
    let is_dots = matches!(text, "." | "..");
    let is_unfit = |c: char| matches!(c, '/' | '\\') || c.is_control();
    !(text.is_empty() || text.len() > LONGEST || is_dots || text.contains(is_unfit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_one_path_segment() {
        for wrong in ["", ".", "..", "a/b", "a\\b", "a\nb", &"x".repeat(201)] {
            assert_eq!(DeviceId::parse(wrong), None, "{wrong:?}");
        }
        for right in ["1", "6f0c3f1e-0000-4000-8000-000000000001", "端末 1", "a?b#c%2f"] {
            assert_eq!(DeviceId::parse(right).as_ref().map(DeviceId::as_str), Some(right));
        }
    }
}
