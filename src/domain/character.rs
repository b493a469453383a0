//! What kind of character stands at a place of a passcode, so that `O` and `0`, `l` and `1` are told apart by more than
//! their shape, and which keypad a lock screen needs for them.

use portal_contract::CharacterSet;

/// The kinds of characters a person has to find on different keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CharacterClass {
    Digit,
    /// A letter typed with the shift key.
    Capital,
    /// A letter typed without it.
    Small,
    /// Anything else.
    Symbol,
}

impl CharacterClass {
    /// Every kind, for legends and tests.
    pub const ALL: [Self; 4] = [Self::Digit, Self::Capital, Self::Small, Self::Symbol];

    /// The kind of a character. Only the digits and letters of ASCII count as such: a lock screen asks for no others.
    #[must_use]
    pub const fn of(character: char) -> Self {
        match character {
            '0'..='9' => Self::Digit,
            'A'..='Z' => Self::Capital,
            'a'..='z' => Self::Small,
            _ => Self::Symbol,
        }
    }
}

/// What the lock screen has to offer before a passcode can be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeypadNeed {
    /// The number pad is enough.
    NumberPad,
    /// A full keyboard, with letters and digits.
    FullKeyboard,
    /// Not known, because the characters are not.
    Unknown,
}

impl KeypadNeed {
    /// What a passcode of these characters needs.
    #[must_use]
    pub const fn of(characters: CharacterSet) -> Self {
        match characters {
            CharacterSet::Digits => Self::NumberPad,
            CharacterSet::LettersAndDigits => Self::FullKeyboard,
            CharacterSet::Other => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_of_the_kind_its_key_is() {
        for (characters, class) in [
            ("0123456789", CharacterClass::Digit),
            ("AMZ", CharacterClass::Capital),
            ("amz", CharacterClass::Small),
            ("-!@ あÄ１ａ", CharacterClass::Symbol),
        ] {
            for character in characters.chars() {
                assert_eq!(CharacterClass::of(character), class, "{character}");
            }
        }
    }

    #[test]
    fn letters_need_a_full_keyboard() {
        assert_eq!(KeypadNeed::of(CharacterSet::Digits), KeypadNeed::NumberPad);
        assert_eq!(KeypadNeed::of(CharacterSet::LettersAndDigits), KeypadNeed::FullKeyboard);
        assert_eq!(KeypadNeed::of(CharacterSet::Other), KeypadNeed::Unknown);
    }
}
