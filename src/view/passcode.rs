//! The temporary passcode: how it is set in groups, and which characters it has.

use crate::i18n::{Text, t};
use portal_contract::CharacterSet;

/// The passcode in groups that are easy to keep in mind, without changing it: fours, or threes where that comes out even.
#[must_use]
pub fn passcode_groups(secret: &str) -> Vec<String> {
    let characters: Vec<char> = secret.chars().collect();
    let length = characters.len();
    let size = if length.is_multiple_of(3) && !length.is_multiple_of(4) { 3 } else { 4 };
    characters.chunks(size).map(|group| group.iter().collect()).collect()
}

/// Which characters it is made of.
#[must_use]
pub const fn characters(set: CharacterSet) -> Text {
    match set {
        CharacterSet::LettersAndDigits => t::passcode_letters_and_digits(),
        CharacterSet::Digits => t::passcode_digits(),
        CharacterSet::Other => t::passcode_characters_other(),
    }
}

#[cfg(test)]
mod tests {
    use super::passcode_groups;

    #[test]
    fn groups_are_fours_or_even_threes_and_lose_nothing() {
        assert_eq!(passcode_groups("k7mp3xrt"), ["k7mp", "3xrt"]);
        assert_eq!(passcode_groups("234567"), ["234", "567"]);
        assert_eq!(passcode_groups("2345678"), ["2345", "678"]);
        assert_eq!(passcode_groups("234"), ["234"]);
        assert!(passcode_groups("").is_empty());
        assert_eq!(passcode_groups("日本語ab").concat(), "日本語ab");
    }
}
