//! Identifiers of Microsoft's: 32 hexadecimal digits in five groups. Only one of these enters an address.

/// A GUID in small letters; never the one that is all zeros, which Microsoft writes for "nobody" and "nothing".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guid(String);

impl Guid {
    /// Reads text from outside; `None` for anything else than one GUID, and for the one of zeros.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
        let groups: Vec<&str> = text.split('-').collect();
        let is_one = groups.len() == GROUPS.len()
            && groups.iter().zip(GROUPS).all(|(group, length)| {
                group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
        let is_nobody = text.bytes().all(|byte| matches!(byte, b'0' | b'-'));
        (is_one && !is_nobody).then(|| Self(text.to_ascii_lowercase()))
    }

    /// A random one (RFC 9562 section 5.4).
    #[must_use]
    pub fn random(mut bytes: [u8; 16]) -> Self {
        let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
        *version = *version & 0x0f | 0x40;
        *variant = *variant & 0x3f | 0x80;
        let digits = base16ct::lower::encode_string(&bytes);
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            text.push(digit);
        }
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Guid {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_guid_can_enter_an_address_and_never_that_of_nobody() {
        let text = "705C034C-034c-705c-4c03-5c704c035c70";
        assert_eq!(Guid::parse(text).map(|guid| guid.to_string()), Some(text.to_lowercase()));
        for text in [
            "",
            "p-aiko",
            "705c034c034c705c4c035c704c035c70",
            "705c034c-034c-705c-4c03-5c704c035c7",
            "705c034c-034c-705c-4c03-5c704c035c70-",
            "705c034c-034c-705c-4c03-5c704c035c7g",
            "705c034c-034c-705c-4c03-5c704c03/c70",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(Guid::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn random_bytes_become_a_guid_of_version_4() {
        assert_eq!(Guid::random([0xff; 16]).as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(Guid::random([0; 16]).as_str(), "00000000-0000-4000-8000-000000000000");
    }
}
