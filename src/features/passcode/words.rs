//! A passcode spelled character by character, to be read, or to be spoken over a shoulder or a telephone: "capital Alfa"
//! in English, 「大文字A」 with the aid 「エー」 in Japanese.
//!
//! What is spelled is as secret as the passcode, so it is no [`Text`] (which has `Debug`). Only the sentence around a
//! character is a message of the catalogue (`spelling.capital`); it is written with a mark in its gap, and the word takes
//! the mark's place afterwards. The words are lists in the catalogue, one word a letter: the ICAO words (Annex 10,
//! volume II, 5.2.1.3) in languages that use them. A word may carry how it is said, `A(エー)`: then `A` is shown, with the
//! aid, and the aid is spoken. `tests/view_spelling.rs` counts the words of every language.
//!
//! The temporary passcode: how it is set in groups, and which characters it has.
//!
//! A text as a QR code (ISO/IEC 18004), drawn as one path of squares. Made here, in the page, because the text is a secret;
//! what comes out is as secret as what went in.
//!
//! "I can't type this": which keypad a temporary passcode needs, and what to do, platform by platform, when the lock
//! screen shows another one. The device changes its keypad only when it has taken over the passcode, so most of it is
//! waking, connecting and waiting; the last resort is always IT.

use crate::domain::{CharacterClass, KeypadNeed, Platform};
use crate::i18n::{Catalogue, Formatter, Text, t};
use crate::letters::lower_case;
use portal_contract::{CharacterSet, ResetOutcome, SecretText};
use qrcodegen::{QrCode, QrCodeEcc};

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
        let shown = if class == CharacterClass::Small { lower_case(shown) } else { shown.to_owned() };
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

/// The margin the standard asks for, in modules. Without it many cameras find nothing.
const QUIET_ZONE: usize = 4;

/// A QR code in units of its modules.
#[derive(Clone, PartialEq, Eq)]
pub struct QrDrawing {
    /// The side of the square, margins included.
    pub side: usize,
    /// The dark modules as the data of an SVG path.
    pub path: SecretText,
}

impl std::fmt::Debug for QrDrawing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// Draws a text, so that it can be read with at least 15 % of it hidden (level M). `None` when it is too long for a QR code.
#[must_use]
pub fn qr_drawing(text: &SecretText) -> Option<QrDrawing> {
    let code = QrCode::encode_text(text.reveal(), QrCodeEcc::Medium).ok()?;
    let size = usize::try_from(code.size()).ok()?;
    let mut path = String::new();
    for (y, row) in (0..code.size()).enumerate() {
        let row: Vec<bool> = (0..code.size()).map(|x| code.get_module(x, row)).collect();
        let mut x = 0;
        // A run of dark modules is one rectangle: fewer words, and no seams between squares.
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&true) {
                add_run(&mut path, x + QUIET_ZONE, y + QUIET_ZONE, run.len());
            }
            x += run.len();
        }
    }
    Some(QrDrawing { side: size + 2 * QUIET_ZONE, path: SecretText::new(path) })
}

fn add_run(path: &mut String, x: usize, y: usize, length: usize) {
    let (x, y, length) = (x.to_string(), y.to_string(), length.to_string());
    for word in ["M", &x, " ", &y, "h", &length, "v1h-", &length, "z"] {
        path.push_str(word);
    }
}

/// What to do when the passcode cannot be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeypadHelp {
    /// What the person probably sees, and why.
    pub lead: Text,
    /// What to try, in order.
    pub steps: Vec<Text>,
    /// When nothing helped.
    pub otherwise: Text,
}

/// The help for a platform and what the reset did there.
#[must_use]
pub fn keypad_help(platform: Platform, outcome: ResetOutcome) -> KeypadHelp {
    let (lead, steps) = match outcome {
        ResetOutcome::TemporaryPasscode { character_set } => match KeypadNeed::of(character_set) {
            KeypadNeed::FullKeyboard => (t::keypad_letters_lead(), letters(platform)),
            KeypadNeed::NumberPad => (t::keypad_digits_lead(), digits(platform)),
            KeypadNeed::Unknown => {
                (t::keypad_other_lead(), vec![t::keypad_wake(), t::keypad_connect_and_wait()])
            }
        },
        ResetOutcome::WorkProfilePasscode => (t::keypad_letters_lead(), letters(platform)),
        ResetOutcome::PasscodeRemoved => (
            t::keypad_removed_lead(),
            vec![t::keypad_wake(), t::keypad_removed_connect(), t::keypad_removed_old_passcode()],
        ),
        ResetOutcome::Other => (t::keypad_other_lead(), vec![t::keypad_wake(), t::keypad_connect_and_wait()]),
    };
    KeypadHelp { lead, steps, otherwise: t::keypad_otherwise() }
}

fn letters(platform: Platform) -> Vec<Text> {
    let switch = match platform {
        Platform::Android => t::keypad_android_switch(),
        Platform::Windows10Mobile | Platform::WindowsPhone81 => t::keypad_windows_switch(),
        Platform::AppleMobile
        | Platform::VisionOs
        | Platform::WindowsPc
        | Platform::MacOs
        | Platform::Linux
        | Platform::ChromeOs
        | Platform::Other => t::keypad_other_switch(),
    };
    vec![t::keypad_wake(), switch, t::keypad_connect_and_wait(), t::keypad_restart()]
}

fn digits(platform: Platform) -> Vec<Text> {
    let switch = match platform {
        Platform::Windows10Mobile | Platform::WindowsPhone81 => t::keypad_windows_digits(),
        Platform::Android
        | Platform::AppleMobile
        | Platform::VisionOs
        | Platform::WindowsPc
        | Platform::MacOs
        | Platform::Linux
        | Platform::ChromeOs
        | Platform::Other => t::keypad_other_digits(),
    };
    vec![t::keypad_wake(), switch, t::keypad_connect_and_wait(), t::keypad_restart()]
}
