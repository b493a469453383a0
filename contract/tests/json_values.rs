//! The reader of JSON values held against `serde_json`: the same texts are accepted, and say the same.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use portal_contract::json::{Value, quoted};
use proptest::prelude::*;
use serde_json::Value as Theirs;

/// The same value in the other library's terms. Numbers by their digits, since ours keeps them as they are written.
fn is_same(ours: &Value, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(ours), Theirs::Bool(theirs)) => ours == theirs,
        (Value::String(ours), Theirs::String(theirs)) => ours == theirs,
        (Value::Number(_), Theirs::Number(number)) => match number.as_i64() {
            Some(whole) => ours.as_i64() == Some(whole) && ours.floor() == Some(whole),
            None => {
                let theirs = number.as_f64().unwrap().floor();
                let difference = (ours.floor().unwrap() as f64 - theirs).abs();
                difference <= (theirs.abs() * 1e-9).max(1.0) || theirs.abs() >= 9.2e18
            }
        },
        (Value::Array(ours), Theirs::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (Value::Object(fields), Theirs::Object(theirs)) => {
            fields.iter().map(|(name, _)| name).eq(theirs.keys().map(String::as_str))
                && theirs.iter().all(|(name, theirs)| is_same(ours.get(name).unwrap(), theirs))
        }
        _ => false,
    }
}

fn compare(text: &str) {
    match serde_json::from_str::<Theirs>(text) {
        Ok(theirs) => assert!(
            Value::parse(text).is_some_and(|ours| is_same(&ours, &theirs)),
            "{text:?}: {:?} for {theirs:?}",
            Value::parse(text)
        ),
        Err(error) if error.to_string().starts_with("number out of range") => {}
        Err(error) => assert_eq!(Value::parse(text), None, "{text:?}: {error}"),
    }
}

fn any_value() -> impl Strategy<Value = Theirs> {
    let leaf = prop_oneof![
        Just(Theirs::Null),
        any::<bool>().prop_map(Theirs::from),
        any::<i64>().prop_map(Theirs::from),
        any::<f64>().prop_map(Theirs::from),
        any::<String>().prop_map(Theirs::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Theirs::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|fields| Theirs::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read_the_same(value in any_value(), is_pretty in any::<bool>()) {
        let write = if is_pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        compare(&write(&value).unwrap());
    }

    #[test]
    fn what_looks_like_json_is_accepted_or_refused_alike(
        text in r#"([\[\]{},: ]|"a"|"\\u[0-9a-fD]{4}"|"[\\\\nbx/"\u{1}é]{0,3}"|-?[0-9]{1,3}|\.[0-9]|[eE][+-]?[0-9]|null|true|fals?e|\n){0,14}"#
    ) {
        compare(&text);
    }

    #[test]
    fn numbers_are_accepted_and_rounded_down_alike(text in r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?") {
        compare(&text);
    }

    #[test]
    fn a_text_that_was_quoted_is_read_as_it_was(text in any::<String>()) {
        let json = quoted(&text);
        prop_assert_eq!(Value::parse(&json), Some(Value::String(text.clone())));
        prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}

#[test]
fn edges() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let deep = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    for depth in [1, 126, 127, 128, 129, 100_000] {
        compare(&nested(depth));
        compare(&deep(depth));
    }
    for text in [
        "",
        " ",
        "\u{feff}1",
        "01",
        "-",
        "-0",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "0x1",
        "NaN",
        "nul",
        "nulll",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "\"",
        "\"\\",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\ud83d\\ude00\"",
        "\"\u{7f}\"",
        "\"\t\"",
        "1 2",
        "[1 2]",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "\u{a0}1",
        "\u{b}1",
        "\"é\\u00e9日本\"",
        "[1]]",
        "\"a\0b\"",
    ] {
        compare(text);
    }
}

#[test]
fn numbers_beyond_the_range_are_at_its_edge_and_small_ones_are_rounded_down() {
    let floor = |text: &str| Value::parse(text).unwrap().floor();
    for (text, expected) in [
        ("1700000000.9", 1_700_000_000),
        ("1.7e9", 1_700_000_000),
        ("17e8", 1_700_000_000),
        ("-1.5", -2),
        ("-1.0", -1),
        ("-0.0", 0),
        ("0.9", 0),
        ("-1e-9", -1),
        ("123.45e1", 1_234),
        ("1e400", i64::MAX),
        ("-1e400", i64::MIN),
        ("0e99999999999999999999", 0),
        ("1e99999999999999999999", i64::MAX),
        ("1e-99999999999999999999", 0),
        ("-1e-99999999999999999999", -1),
        ("9223372036854775807", i64::MAX),
        ("9223372036854775808", i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(floor(text), Some(expected), "{text}");
    }
}
