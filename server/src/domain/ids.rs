//! Identifiers as opaque types: one cannot be passed where another is meant, and only [`DeviceId::parse`] and
//! its like turn text from outside into one.

/// The longest identifier the server reads from a path.
pub const LONGEST_ID: usize = 128;

/// Whether text can be an identifier at all: 1 to 128 unreserved characters (RFC 3986 section 2.3), so that
/// one never needs escaping in a path.
fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_ID
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

/// Whether text can be the identifier of a device: an identifier, or two with a colon between them (`service:native`). A colon
/// needs no escaping in a path segment (RFC 3986 section 3.3).
fn is_device_identifier(text: &str) -> bool {
    text.len() <= LONGEST_ID
        && match text.split_once(':') {
            None => is_identifier(text),
            Some((service, native)) => is_identifier(service) && is_identifier(native),
        }
}

macro_rules! identifier {
    ($(#[$meta:meta])* $name:ident) => {
        identifier! { $(#[$meta])* $name, is_identifier }
    };
    ($(#[$meta:meta])* $name:ident, $is_one:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads text from outside; anything that cannot be an identifier is `None`.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                $is_one(text).then(|| Self(text.to_owned()))
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
    /// Identifies a managed device; opaque to everybody but its service. Where there are several services, those of the others than
    /// the first are `service:native`.
    DeviceId, is_device_identifier
}
identifier! {
    /// What a device service calls a run.
    ExternalRef
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

impl DeviceId {
    /// The service it belongs to, `None` for the first, and what that service calls it.
    #[must_use]
    pub fn of_service(&self) -> (Option<&str>, &str) {
        match self.0.split_once(':') {
            Some((service, native)) => (Some(service), native),
            None => (None, &self.0),
        }
    }

    /// The identifier of a device of a service.
    #[must_use]
    pub fn in_service(service: Option<&str>, native: &Self) -> Self {
        service.map_or_else(|| native.clone(), |service| Self(format!("{service}:{}", native.0)))
    }
}

/// How many random bytes an identifier is made of: 80 bits are not guessable, and of a million a day for ten years two are
/// equal with a probability of one in 180,000.
pub const RANDOM_ID_BYTES: usize = 10;

/// Crockford's base 32 in small letters: no two of them look or sound alike on a telephone (no i, l, o, u).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes random bytes as sixteen letters and digits in groups of four, with a prefix that tells what the identifier is for:
/// people read it to IT.
#[must_use]
pub fn random_id(prefix: &str, bytes: [u8; RANDOM_ID_BYTES]) -> String {
    let bits = bytes.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut text = prefix.to_owned();
    for place in 0..RANDOM_ID_BYTES * 8 / 5 {
        if place > 0 && place.is_multiple_of(4) {
            text.push('-');
        }
        let index = bits >> (RANDOM_ID_BYTES * 8 - 5 * (place + 1)) & 31;
        let letter = usize::try_from(index).ok().and_then(|index| LETTERS.get(index));
        text.extend(letter.map(|letter| char::from(*letter)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_could_leave_a_path_segment_is_no_identifier() {
        for text in
            ["", ":", "a:", ":a", "a:b:c", "a/b", "..%2f", "a b", "a\u{0}", "ä", "a?b", &"x".repeat(129)]
        {
            assert_eq!(DeviceId::parse(text), None, "{text:?}");
        }
        assert!(DeviceId::parse("cloud:6f0c3f1e-0000").is_some());
        assert_eq!(ResultId::parse("cloud:r-1"), None, "only devices belong to services");
        assert_eq!(
            DeviceId::parse("d-aiko-android").map(|id| id.to_string()).as_deref(),
            Some("d-aiko-android")
        );
    }

    #[test]
    fn random_bytes_become_an_identifier_that_can_be_read_out() {
        assert_eq!(random_id("r-", [0; 10]), "r-0000-0000-0000-0000");
        assert_eq!(random_id("q-", [0xff; 10]), "q-zzzz-zzzz-zzzz-zzzz");
        // Bits 00000 00001 00010 ... 01111, the first half of the alphabet.
        let counted = [0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf];
        assert_eq!(random_id("r-", counted), "r-0123-4567-89ab-cdef");
        assert!(ResultId::parse(&random_id("r-", counted)).is_some());
    }
}
