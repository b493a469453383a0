//! A passcode spelled character by character, to be read, or to be spoken over a shoulder or a telephone: "capital Alfa"
//! in English, 「大文字A」 with the aid 「エー」 in Japanese.
//!
//! What is spelled is as secret as the passcode, so it is no [`Text`] (which has `Debug`). Only the sentence around a
//! character is a message of the catalogue (`spelling.capital`); it is written with a mark in its gap, and the word takes
//! the mark's place afterwards. The words are lists in the catalogue, one word a letter: the ICAO words (Annex 10,
//! volume II, 5.2.1.3) in languages that use them. A word may carry how it is said, `A(エー)`: then `A` is shown, with the
//! aid, and the aid is spoken. `tests/view_spelling.rs` counts the words of every language.

use super::passcode_groups;
use crate::domain::CharacterClass;
use crate::i18n::{Catalogue, Formatter, Text, t};
use portal_contract::SecretText;

/// Stands in the gap of a message until the word is put there: of the private use area, so in no message.
const MARK: &str = "\u{e000}";

/// A passcode with the words for each of its characters. `Debug` shows nothing of it, not even its length.
#[derive(Clone, PartialEq, Eq)]
pub struct SpelledPasscode(Vec<SpelledCharacter>);

/// One character of a passcode and how it is called. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SpelledCharacter {
    /// The group it stands in, from 0, as [`passcode_groups`] makes them.
    pub group: usize,
    /// Its place in the whole passcode, from 1.
    pub position: usize,
    /// What kind it is, for its shape and colour.
    pub class: CharacterClass,
    /// The character itself.
    pub character: SecretText,
    /// What it is called, for instance "small bravo".
    pub words: SecretText,
    /// How that is said, where reading alone does not tell.
    pub aid: Option<SecretText>,
    /// What a voice says.
    pub spoken: SecretText,
}

impl SpelledPasscode {
    /// The characters in order.
    #[must_use]
    pub fn characters(&self) -> &[SpelledCharacter] {
        &self.0
    }
}

impl std::fmt::Debug for SpelledPasscode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

impl std::fmt::Debug for SpelledCharacter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// Spells a passcode in one language.
#[must_use]
pub fn spell(passcode: &SecretText, catalogue: &Catalogue, formatter: &dyn Formatter) -> SpelledPasscode {
    let speller = Speller::new(catalogue, formatter);
    let mut spelled = Vec::new();
    for (group, characters) in passcode_groups(passcode.reveal()).iter().enumerate() {
        for character in characters.chars() {
            spelled.push(speller.spell(character, group, spelled.len() + 1));
        }
    }
    SpelledPasscode(spelled)
}

/// The name of a kind of character, for the legend beside the passcode.
#[must_use]
pub const fn class_name(class: CharacterClass) -> Text {
    match class {
        CharacterClass::Digit => t::spelling_class_digit(),
        CharacterClass::Capital => t::spelling_class_capital(),
        CharacterClass::Small => t::spelling_class_small(),
        CharacterClass::Symbol => t::spelling_class_symbol(),
    }
}

/// The words of a language, looked up once for a passcode.
struct Speller {
    letters: String,
    digits: String,
    /// The sentence of each class, in the order of [`CharacterClass::ALL`].
    sentences: [String; 4],
}

impl Speller {
    fn new(catalogue: &Catalogue, formatter: &dyn Formatter) -> Self {
        let written = |text: Text| text.render(catalogue, formatter);
        Self {
            letters: written(t::spelling_letters()),
            digits: written(t::spelling_digits()),
            sentences: CharacterClass::ALL.map(|class| written(sentence(class))),
        }
    }

    fn spell(&self, character: char, group: usize, position: usize) -> SpelledCharacter {
        let class = CharacterClass::of(character);
        let own = character.to_string();
        let word = self.word(character, class).unwrap_or(&own);
        // The character "(" itself is no word with an aid.
        let (shown, aid) = match word.strip_suffix(')').and_then(|word| word.split_once('(')) {
            Some((shown, aid)) => (shown, Some(aid)),
            None => (word, None),
        };
        let shown = if class == CharacterClass::Small { shown.to_lowercase() } else { shown.to_owned() };
        let in_sentence = |word: &str| {
            let place = CharacterClass::ALL.iter().position(|known| *known == class).unwrap_or_default();
            let sentence = self.sentences.get(place).map_or(MARK, String::as_str);
            SecretText::new(sentence.replace(MARK, word))
        };
        SpelledCharacter {
            group,
            position,
            class,
            words: in_sentence(&shown),
            spoken: in_sentence(aid.unwrap_or(&shown)),
            aid: aid.map(|aid| SecretText::new(aid.to_owned())),
            character: SecretText::new(own),
        }
    }

    /// The word of the language for a letter or a digit; a symbol stands for itself.
    fn word(&self, character: char, class: CharacterClass) -> Option<&str> {
        let place = character.to_digit(36)? as usize;
        match class {
            CharacterClass::Digit => self.digits.split(' ').nth(place),
            CharacterClass::Capital | CharacterClass::Small => {
                self.letters.split(' ').nth(place.checked_sub(10)?)
            }
            CharacterClass::Symbol => None,
        }
    }
}

fn sentence(class: CharacterClass) -> Text {
    match class {
        CharacterClass::Digit => t::spelling_digit(MARK),
        CharacterClass::Capital => t::spelling_capital(MARK),
        CharacterClass::Small => t::spelling_small(MARK),
        CharacterClass::Symbol => t::spelling_symbol(MARK),
    }
}
