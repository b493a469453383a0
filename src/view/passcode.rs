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

/// Which characters it is made of. That all letters are small is said only of a passcode that is so: the contract does not
/// promise it.
#[must_use]
pub fn characters(set: CharacterSet, secret: &str) -> Text {
    let has_capitals = secret.chars().any(char::is_uppercase);
    match set {
        CharacterSet::LettersAndDigits if has_capitals => t::passcode_letters_and_digits(),
        CharacterSet::LettersAndDigits => t::passcode_small_letters_and_digits(),
        CharacterSet::Digits => t::passcode_digits(),
        CharacterSet::Other => t::passcode_characters_other(),
    }
}

#[cfg(test)]
mod tests {
    use super::{characters, passcode_groups};
    use crate::i18n::t;
    use portal_contract::CharacterSet;

    #[test]
    fn groups_are_fours_or_even_threes_and_lose_nothing() {
        assert_eq!(passcode_groups("k7mp3xrt"), ["k7mp", "3xrt"]);
        assert_eq!(passcode_groups("234567"), ["234", "567"]);
        assert_eq!(passcode_groups("2345678"), ["2345", "678"]);
        assert_eq!(passcode_groups("234"), ["234"]);
        assert!(passcode_groups("").is_empty());
        assert_eq!(passcode_groups("日本語ab").concat(), "日本語ab");
    }

    #[test]
    fn letters_are_called_small_only_where_they_are() {
        let letters = CharacterSet::LettersAndDigits;
        assert_eq!(characters(letters, "k7mp3xrt"), t::passcode_small_letters_and_digits());
        assert_eq!(characters(letters, "Kd7m3xrt"), t::passcode_letters_and_digits());
        assert_eq!(characters(CharacterSet::Digits, "234567"), t::passcode_digits());
    }
}
