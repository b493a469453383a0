//! A passcode spelled in every language, the legend of its characters, and the help for who cannot type it.
#![cfg(not(target_arch = "wasm32"))]

mod view_support;

use passcode_portal::domain::{CharacterClass, Platform};
use passcode_portal::features::passcode;
use passcode_portal::features::passcode::words::{SpelledPasscode, passcode_groups};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter, t};
use portal_contract::{CharacterSet, ResetOutcome, SecretText};
use proptest::prelude::*;
use view_support::{LANGUAGES, Page};

/// Every digit and letter, and what only a server of the future would send.
const EVERYTHING: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!()あ";

fn spelled(passcode: &str, locale: Locale) -> SpelledPasscode {
    passcode::words::spell(
        &SecretText::new(passcode.to_owned()),
        &Catalogue::embedded(locale),
        &PlainFormatter,
    )
}

fn words(passcode: &str, locale: Locale) -> Vec<String> {
    spelled(passcode, locale).characters().iter().map(|c| c.words.reveal().to_owned()).collect()
}

fn spoken(passcode: &str, locale: Locale) -> Vec<String> {
    spelled(passcode, locale).characters().iter().map(|c| c.spoken.reveal().to_owned()).collect()
}

#[test]
fn every_character_is_spelled_in_japanese_and_english() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for class in CharacterClass::ALL {
            page.say("legend", &passcode::words::class_name(class));
        }
        for character in spelled(EVERYTHING, locale).characters() {
            let aid = character.aid.as_ref().map_or("", SecretText::reveal);
            let line = format!("{} | {aid} | {}", character.words.reveal(), character.spoken.reveal());
            page.note(character.character.reveal(), &line);
        }
        insta::assert_snapshot!(format!("spelling_{tag}"), page.finish());
    }
}

#[test]
fn a_passcode_is_spelled_as_people_spell_it() {
    assert_eq!(words("Ab1", Locale::En), ["capital Alfa", "small bravo", "digit one"]);
    assert_eq!(words("Ab1", Locale::Ja), ["大文字A", "小文字b", "数字の1"]);
    assert_eq!(spoken("Ab1", Locale::Ja), ["大文字エー", "小文字ビー", "数字のイチ"]);
}

#[test]
fn every_language_has_a_word_of_its_own_for_every_letter_and_digit() {
    for locale in Locale::ALL.iter().copied() {
        for (list, count) in [(t::spelling_letters(), 26), (t::spelling_digits(), 10)] {
            let list = list.render(&Catalogue::embedded(locale), &PlainFormatter);
            assert_eq!(list.split(' ').count(), count, "{locale:?}: {list}");
            assert!(
                list.split(' ').all(|word| !word.is_empty() && word.contains('(') == word.ends_with(')'))
            );
        }
        for ways in [words(EVERYTHING, locale), spoken(EVERYTHING, locale)] {
            let different: std::collections::BTreeSet<&String> = ways.iter().collect();
            assert_eq!(
                different.len(),
                EVERYTHING.chars().count(),
                "{locale:?}: two sound the same: {ways:?}"
            );
        }
    }
}

#[test]
fn nothing_spelled_shows_in_debug() {
    let spelled = spelled("k7mp", Locale::En);
    let shown = format!("{spelled:?} {:?}", spelled.characters());
    for part in ["k7", "kilo", "seven", "Small", "small", "Digit", "position"] {
        assert!(!shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn the_keypad_help_reads_well_on_every_platform() {
    let outcomes = [
        ResetOutcome::TemporaryPasscode { character_set: CharacterSet::LettersAndDigits },
        ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Digits },
        ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Other },
        ResetOutcome::PasscodeRemoved,
        ResetOutcome::Other,
    ];
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        let usual = Platform::ALL.map(|platform| (platform, platform.usual_outcome()));
        let others = outcomes.map(|outcome| (Platform::Other, outcome));
        for (platform, outcome) in usual.into_iter().chain(others) {
            let help = passcode::words::keypad_help(platform, outcome);
            page.chapter(&format!("{platform:?}, {outcome:?}"));
            page.say("lead", &help.lead);
            page.say_all("step", &help.steps);
            page.say("otherwise", &help.otherwise);
        }
        insta::assert_snapshot!(format!("keypad_help_{tag}"), page.finish());
    }
}

proptest! {
    #[test]
    fn spelling_keeps_every_character_and_its_place(passcode in "\\PC{0,24}") {
        for locale in Locale::ALL.iter().copied() {
            let spelled = spelled(&passcode, locale);
            let characters: String = spelled.characters().iter().map(|c| c.character.reveal()).collect();
            prop_assert_eq!(&characters, &passcode);
            let groups = passcode_groups(&passcode);
            for (index, character) in spelled.characters().iter().enumerate() {
                prop_assert_eq!(character.position, index + 1);
                prop_assert!(groups.get(character.group).is_some_and(|g| g.contains(character.character.reveal())));
            }
        }
    }
}
