//! Digests: hashed file names and subresource integrity.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256, Sha384};

/// How many hexadecimal digits of the digest stand in a file name.
const NAME_DIGITS: usize = 16;

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value of an `integrity` attribute (W3C Subresource Integrity).
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes)))
}

/// The same, shorter: for what is named in the document sixteen times, where each byte is paid for by every visit.
pub(crate) fn short_integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(bytes)))
}

/// `stem-0123456789abcdef.ending`: the name changes exactly when the contents do.
pub(crate) fn hashed_name(stem: &str, ending: &str, bytes: &[u8]) -> String {
    let digest: String = sha256_hex(bytes).chars().take(NAME_DIGITS).collect();
    format!("{stem}-{digest}.{ending}")
}

/// Whether a file name carries such a digest.
pub(crate) fn is_hashed_name(name: &str) -> bool {
    let digest = name.rsplit_once('.').and_then(|(stem, _)| stem.rsplit_once('-')).map(|(_, digest)| digest);
    digest.is_some_and(|digits| {
        digits.len() == NAME_DIGITS && digits.chars().all(|one| matches!(one, '0'..='9' | 'a'..='f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_are_those_of_the_standards() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(
            integrity(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        );
    }

    #[test]
    fn a_hashed_name_is_recognised_and_others_are_not() {
        assert!(is_hashed_name(&hashed_name("portal", "js", b"x")));
        assert!(!is_hashed_name("config.json"));
        assert!(!is_hashed_name("passcode-portal.js"));
        assert_ne!(hashed_name("a", "js", b"x"), hashed_name("a", "js", b"y"));
    }
}
