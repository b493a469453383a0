//! Identifiers as opaque types: one cannot be passed where another is meant, and only [`DeviceId::parse`] and
//! its like turn text from outside into one.

/// The longest identifier the server reads from a path.
const MAX_LENGTH: usize = 128;

/// Whether text can be an identifier at all: 1 to 128 unreserved characters (RFC 3986 section 2.3), so that
/// one never needs escaping in a path.
fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_LENGTH
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

macro_rules! identifier {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads text from outside; anything that cannot be an identifier is `None`.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_identifier(text).then(|| Self(text.to_owned()))
            }

            /// Wraps an identifier this server made or stored itself.
            #[must_use]
            pub const fn trusted(text: String) -> Self {
                Self(text)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// Identifies a managed device; opaque to everybody but the back end.
    DeviceId
}
identifier! {
    /// Identifies one run of an action, and is the command's own idempotency key at the back end.
    ResultId
}
identifier! {
    /// Identifies a notification.
    NotificationId
}
identifier! {
    /// Names one HTTP request in logs, in the audit and in what a person reads to IT.
    RequestId
}

/// How many random bytes an identifier is made of (128 bits: not guessable, no collisions).
pub const RANDOM_ID_BYTES: usize = 16;

/// Writes random bytes as lower-case hexadecimal with a prefix that tells what the identifier is for.
#[must_use]
pub fn random_id(prefix: &str, bytes: [u8; RANDOM_ID_BYTES]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(prefix.len() + 2 * RANDOM_ID_BYTES);
    text.push_str(prefix);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_could_leave_a_path_segment_is_no_identifier() {
        for text in ["", "a/b", "..%2f", "a b", "a\u{0}", "ä", "a?b", &"x".repeat(129)] {
            assert_eq!(DeviceId::parse(text), None, "{text:?}");
        }
        assert_eq!(
            DeviceId::parse("d-aiko-android").map(|id| id.to_string()).as_deref(),
            Some("d-aiko-android")
        );
    }

    #[test]
    fn random_bytes_become_a_readable_identifier() {
        assert_eq!(random_id("r-", [0xab; 16]), format!("r-{}", "ab".repeat(16)));
    }
}
