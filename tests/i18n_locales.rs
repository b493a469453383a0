//! The texts themselves: each language is written in that language, and none of them speaks in status numbers.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop at once"
)]

mod i18n_support;

use i18n_support::constructor;
use passcode_portal::i18n::{Arg, Catalogue, Key, Locale, PlainFormatter, Text, t};
use portal_contract::UtcTime;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Enough arguments of every kind for any message: what is looked at are the words around them.
fn words(locale: Locale, key: Key) -> String {
    Text::with(key, vec![Arg::Str(String::new()); 8]).render(&Catalogue::embedded(locale), &PlainFormatter)
}

const fn is_japanese(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' | '\u{3000}'..='\u{303f}')
}

/// Names of products and layouts, which are the same in both languages.
fn is_same_everywhere(key: Key) -> bool {
    let name = format!("{key:?}");
    let layouts = [Key::TitlePage, Key::TitleOrganisationPage, Key::TitleUnread, Key::ConfirmTimeLeftValue];
    layouts.contains(&key)
        || (name.starts_with("Platform") && key != Key::PlatformOther)
        || matches!(key, Key::BiometricsFaceId | Key::BiometricsTouchId)
        || matches!(key, Key::TimeAgo | Key::TimeDate | Key::TimeDateAndAgo | Key::TimeMinutesSeconds)
}

#[test]
fn japanese_texts_are_japanese_and_english_texts_are_not() {
    let mut compared = 0;
    for key in Key::ALL.iter().copied().filter(|key| !is_same_everywhere(*key)) {
        let (english, japanese) = (words(Locale::En, key), words(Locale::Ja, key));
        assert!(japanese.chars().any(is_japanese), "{key:?} is not Japanese: {japanese}");
        assert!(!english.chars().any(is_japanese), "{key:?} is Japanese in English: {english}");
        assert_ne!(english, japanese, "{key:?}");
        compared += 1;
    }
    assert!(compared > 250, "only {compared} texts were looked at");
}

#[test]
fn no_language_is_a_copy_of_the_reference() {
    let keys: Vec<Key> = Key::ALL.iter().copied().filter(|key| !is_same_everywhere(*key)).collect();
    for locale in Locale::ALL.iter().copied().filter(|locale| *locale != Locale::En) {
        let same = keys.iter().filter(|key| words(locale, **key) == words(Locale::En, **key)).count();
        // Some words are the same in related languages ("Status").
        assert!(same * 20 < keys.len(), "{locale:?}: {same} of {} texts are English", keys.len());
    }
}

#[test]
fn no_text_speaks_in_status_numbers_or_in_the_words_of_programs() {
    for key in Key::ALL.iter().copied() {
        for locale in Locale::ALL.iter().copied() {
            let text = words(locale, key);
            let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 3);
            assert_eq!(numbers.count(), 0, "{key:?} has a number like a status: {text}");
            for word in ["HTTP", "null", "undefined", "Error:", "token", "トークン", "API", "invalid_", "JWT"]
            {
                assert!(!text.contains(word), "{key:?} says {word:?}: {text}");
            }
        }
    }
}

#[test]
fn no_text_blames_and_none_shouts() {
    for key in Key::ALL.iter().copied() {
        let english = words(Locale::En, key);
        let lower = english.to_lowercase();
        for word in ["your fault", "illegal", "fatal", "oops", "you failed", "!"] {
            assert!(!lower.contains(word), "{key:?} says {word:?}: {english}");
        }
        assert!(!words(Locale::Ja, key).contains('！'), "{key:?}");
    }
}

#[test]
fn resetting_a_passcode_and_erasing_a_device_never_share_their_words() {
    // "Reset" of a device was taken for "reset passcode", and phones were wiped. So wherever it is said what is reset,
    // it is the passcode.
    for key in Key::ALL.iter().copied() {
        let japanese = words(Locale::Ja, key);
        for (place, _) in japanese.match_indices("のリセット") {
            let before = &japanese[..place];
            let is_clear =
                before.ends_with("パスコード") || before.ends_with("進行中") || before.ends_with('こ');
            assert!(is_clear, "{key:?}: {japanese}");
        }
        let english = words(Locale::En, key).to_lowercase();
        for wrong in ["reset device", "reset the device", "factory reset", "reset your device"] {
            assert!(!english.contains(wrong), "{key:?}: {english}");
        }
        for (place, _) in english.match_indices("reset of ") {
            assert!(english[..place].ends_with("passcode "), "{key:?}: {english}");
        }
    }
}

#[test]
fn japanese_sentences_are_polite() {
    // Sentences end in です・ます forms, requests in ください; labels end without 。 and are not looked at.
    for key in Key::ALL.iter().copied() {
        let text = words(Locale::Ja, key);
        for sentence in text.split_inclusive('。').filter(|sentence| sentence.ends_with('。')) {
            let end = sentence.trim_end_matches('。');
            let polite = ["す", "せん", "した", "ださい", "でした", "しょう", "いいえ"];
            assert!(polite.iter().any(|form| end.ends_with(form)), "{key:?}: {sentence}");
        }
    }
}

#[test]
fn the_words_of_the_product_are_used() {
    let said = |text: Text| text.render(&Catalogue::embedded(Locale::Ja), &PlainFormatter);
    assert_eq!(said(t::app_name()), "ポータル サイト");
    assert_eq!(said(t::devices_heading()), "デバイス");
    assert_eq!(said(t::help_heading()), "ヘルプデスク");
    assert_eq!(said(t::landing_button()), "サインイン");
    assert_eq!(said(t::session_sign_out()), "サインアウト");
    assert_eq!(said(t::reset_command()), "パスコードのリセット");
    assert_eq!(said(t::passcode_heading()), "一時パスコード");
    assert_eq!(said(t::app_cancel()), "キャンセル");
    assert_eq!(said(t::notifications_heading()), "通知");
    assert_eq!(said(t::support_heading()), "会社のサポート");
    assert_eq!(said(t::action_state_pending()), "保留中");
    assert_eq!(said(t::action_state_done()), "成功");
    assert_eq!(said(t::action_state_failed()), "失敗");
}

#[test]
fn arguments_of_every_kind_arrive_in_both_languages() {
    let texts = [
        t::time_ago(Duration::from_secs(180)),
        t::time_date(UtcTime::from_unix_seconds(1_793_000_000)),
        t::confirm_time_left_value(Duration::from_secs(299)),
        t::notifications_flag_count(3),
        t::devices_none_found_text("くつ"),
        t::title_page(t::devices_heading(), t::app_name()),
    ];
    let all =
        |locale| texts.each_ref().map(|text| text.render(&Catalogue::embedded(locale), &PlainFormatter));
    assert_eq!(
        all(Locale::En),
        [
            "3 minutes ago",
            "2026-10-26 7:33",
            "4:59",
            "Notifications, 3 unread",
            "Nothing matches “くつ”. Check the spelling, or clear the search to see all devices.",
            "Devices – Company portal"
        ]
    );
    assert_eq!(
        all(Locale::Ja),
        [
            "3 分前",
            "2026年10月26日 7:33",
            "4:59",
            "通知、未読 3 件",
            "「くつ」に一致するデバイスはありません。入力を確かめるか、検索をクリアしてすべてのデバイスを表示してください。",
            "デバイス – ポータル サイト"
        ]
    );
}

#[test]
fn no_text_is_left_that_nothing_shows() {
    let mut source = String::new();
    read_sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut source);
    let shown: BTreeSet<&str> = source
        .split("t::")
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
        .collect();
    let stale = Key::ALL.iter().map(|key| constructor(*key)).filter(|name| !shown.contains(name.as_str()));
    assert_eq!(stale.collect::<Vec<_>>(), Vec::<String>::new(), "delete these from locales/*.toml");
}

fn read_sources(directory: &Path, source: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_sources(&path, source);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            source.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
