//! The generator refuses language files that disagree, and says which file and key. Each test makes one mistake.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say so and stop")]
#![allow(clippy::indexing_slicing, reason = "a test may stop at once")]
#![allow(
    unreachable_pub,
    dead_code,
    reason = "the modules belong to the build script, which uses more of them"
)]

#[path = "../build/catalog.rs"]
mod catalog;
#[path = "../build/generate.rs"]
mod generate;
#[path = "../src/i18n/plural.rs"]
mod plural;

use catalog::{Source, read_all};

const EN: &str = r#"
[language]
tag = "en"
name = "English"
direction = "ltr"
plurals = "one-other"
machine_drafted = false
[devices]
hello = "Hello {name}, it is {when:date}"
count = { one = "{total:count} device", other = "{total:count} devices" }
"#;

const JA: &str = r#"
[language]
tag = "ja"
name = "日本語"
direction = "ltr"
plurals = "other"
machine_drafted = true
[devices]
hello = "{when:date} です。こんにちは、{name} さん"
count = { other = "{total:count} 台" }
"#;

fn source(tag: &str, content: &str) -> Source {
    Source { file: format!("locales/{tag}.toml"), tag: tag.to_owned(), content: content.to_owned() }
}

/// What is said when the Japanese file has this mistake.
fn problems_of(from: &str, to: &str) -> String {
    assert!(JA.contains(from), "the mistake must hit something");
    let sources = [source("en", EN), source("ja", &JA.replace(from, to))];
    let problems = read_all(&sources).err().unwrap_or_default();
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

#[track_caller]
fn assert_said(said: &str, parts: &[&str]) {
    for part in parts.iter().chain(&["locales/ja.toml"]) {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
}

#[test]
fn languages_that_agree_are_accepted_and_the_reference_is_first() {
    let languages = read_all(&[source("ja", JA), source("en", EN)]).unwrap();
    let tags: Vec<&str> = languages.iter().map(|language| language.tag.as_str()).collect();
    assert_eq!(tags, ["en", "ja"]);
}

#[test]
fn a_missing_key_is_named() {
    let said = problems_of(r#"hello = "{when:date} です。こんにちは、{name} さん""#, "");
    assert_said(&said, &["`devices.hello` is missing", "locales/en.toml"]);
}

#[test]
fn an_extra_key_is_named() {
    assert_said(
        &problems_of("hello =", "bye = \"では\"\nhello ="),
        &["`devices.bye` is not in locales/en.toml"],
    );
}

#[test]
fn a_placeholder_that_is_left_out_is_named() {
    assert_said(&problems_of("、{name} さん", ""), &["`devices.hello`", "name:Str"]);
}

#[test]
fn a_placeholder_of_another_kind_is_named() {
    assert_said(&problems_of("{when:date}", "{when:ago}"), &["`devices.hello`", "when:Ago", "when:Date"]);
}

#[test]
fn an_unreadable_placeholder_is_named() {
    assert_said(&problems_of("{name}", "{Name}"), &["`devices.hello`", "unreadable placeholder `{Name}`"]);
    assert_said(&problems_of("{when:date}", "{when:dete}"), &["unreadable placeholder `{when:dete}`"]);
    assert_said(&problems_of("{name}", "name}"), &["`}` without a `{`"]);
}

#[test]
fn a_plural_form_too_many_or_too_few_is_named() {
    assert_said(
        &problems_of("{ other =", "{ one = \"{total:count} 台\", other ="),
        &["`devices.count` has the plural form `one`, which this language does not have"],
    );
    assert_said(
        &problems_of("{ other =", "{ many ="),
        &["`devices.count` lacks the plural form `other`", "has the plural form `many`"],
    );
    assert_said(
        &problems_of(r#"{ other = "{total:count} 台" }"#, r#""{total:number} 台""#),
        &["`devices.count` has plural forms in one of"],
    );
}

#[test]
fn plural_forms_need_the_number_that_chooses() {
    assert_said(
        &problems_of("{total:count}", "{total:number}"),
        &["needs exactly one placeholder of the kind `count`"],
    );
}

#[test]
fn an_empty_text_is_named() {
    let said = problems_of("{total:count} 台", " ");
    assert_said(&said, &["`devices.count` is empty"]);
    assert!(!said.contains("missing"), "said twice: {said}");
}

#[test]
fn a_duplicate_key_is_named() {
    assert_said(&problems_of("hello =", "hello = \"二度\"\nhello ="), &["duplicate key", "hello"]);
}

#[test]
fn a_key_outside_a_section_or_with_capitals_is_named() {
    assert_said(
        &problems_of("[language]", "stray = \"x\"\n[language]"),
        &["`stray` stands outside a section"],
    );
    assert_said(&problems_of("hello =", "Hello ="), &["`devices.Hello` must be lower case"]);
}

#[test]
fn the_language_must_say_what_it_is() {
    assert_said(&problems_of("tag = \"ja\"", "tag = \"jp\""), &["`language.tag`", "named after \"ja\""]);
    assert_said(&problems_of("name = \"日本語\"", ""), &["needs `tag`, `name`, `direction`, `plurals` and"]);
    assert_said(&problems_of("machine_drafted = true", ""), &["`machine_drafted`"]);
    assert_said(&problems_of("machine_drafted = true", "machine_drafted = \"yes\""), &["`machine_drafted`"]);
    assert_said(&problems_of("\"ltr\"", "\"up\""), &["`language.direction`", "`ltr` or `rtl`"]);
    assert_said(&problems_of("tag = \"ja\"", "tag = \"ja-JP\""), &["`language.tag`", "and a script"]);
    assert_said(&problems_of("plurals = \"other\"", "plurals = \"two\""), &["not a plural family"]);
}

#[test]
fn without_the_reference_language_nothing_is_built() {
    let problems = read_all(&[source("ja", JA)]).err().unwrap_or_default();
    assert!(problems.iter().any(|problem| problem.what.contains("reference language is missing")));
}

#[test]
fn every_mistake_is_reported_at_once() {
    let broken = JA.replace("hello =", "bye =").replace("{ other =", "{ few =");
    let problems = read_all(&[source("en", EN), source("ja", &broken)]).err().unwrap_or_default();
    assert!(problems.len() >= 3, "{problems:?}");
}

#[test]
fn gaps_are_numbered_in_the_order_of_the_reference() {
    let languages = read_all(&[source("en", EN), source("ja", JA)]).unwrap();
    let code = generate::source(&languages);
    assert!(
        code.contains("pub fn devices_hello(name: &str, when: portal_contract::UtcTime) -> Text"),
        "{code}"
    );
    let texts = |index: usize| generate::texts(&languages[0], &languages[index]).first;
    assert!(texts(0).ends_with("\n\u{1} device\u{1f}\u{1} devices\nHello \u{1}, it is \u{2}\n"));
    assert!(texts(1).ends_with("\n\u{2} です。こんにちは、\u{1} さん\n"));
}

#[test]
fn a_third_language_is_one_more_file() {
    let head = "tag = \"ar\"\nname = \"العربية\"\ndirection = \"rtl\"\nplurals = \"arabic\"\nmachine_drafted = true\n";
    let forms = ["zero", "one", "two", "few", "many", "other"]
        .map(|form| format!("{form} = \"{{total:count}} {form}\""));
    let ar = format!(
        "[language]\n{head}[devices]\nhello = \"{{name}} {{when:date}}\"\ncount = {{ {} }}\n",
        forms.join(", ")
    );
    let languages = read_all(&[source("en", EN), source("ja", JA), source("ar", &ar)]).unwrap();
    let code = generate::source(&languages);
    assert!(
        code.contains("pub enum Locale {\n/// English.\nEn,\n/// العربية.\nAr,\n/// 日本語.\nJa,\n}"),
        "{code}"
    );
    assert!(code.contains("direction: super::locale::Direction::Rtl"), "{code}");
    assert!(code.contains("plural: super::plural::PluralFamily::Arabic, is_machine_drafted: true"), "{code}");
    let texts = generate::texts(&languages[0], &languages[1]).first;
    assert!(texts.contains(
        "\u{1} zero\u{1f}\u{1} one\u{1f}\u{1} two\u{1f}\u{1} few\u{1f}\u{1} many\u{1f}\u{1} other\n"
    ));
}

#[test]
fn a_tag_with_a_script_becomes_a_name_of_its_own() {
    let hans = JA.replace("\"ja\"", "\"zh-Hans\"");
    let languages = read_all(&[source("en", EN), source("zh-Hans", &hans)]).unwrap();
    assert!(generate::source(&languages).contains("Self::ZhHans => "));
    assert!(generate::texts(&languages[0], &languages[1]).first.starts_with("portal-texts zh-Hans "));
}

#[test]
fn the_texts_of_a_first_visit_stand_in_a_file_of_their_own_and_come_first_among_the_keys() {
    // `device` sorts before `devices`, but belongs to a lazy screen, except for one key.
    let en = format!("{EN}[device]\nfacts = \"Facts\"\nunnamed = \"No name\"\n");
    let languages = read_all(&[source("en", &en)]).unwrap();
    let texts = generate::texts(&languages[0], &languages[0]);
    let name = generate::fingerprint(&languages[0]);
    let lines = |file: &str| file.lines().map(str::to_owned).collect::<Vec<_>>();
    let (first, lazy) = (lines(&texts.first), lines(&texts.lazy));
    assert_eq!((first[0].clone(), first.len()), (format!("portal-texts en {name}"), 4));
    assert_eq!(first[1], "No name");
    assert_eq!(lazy, [format!("portal-lazy-texts en {name}"), "Facts".to_owned()]);
    let code = generate::source(&languages);
    assert!(code.contains("pub const FIRST_COUNT: usize = 3;"), "{code}");
    let keys = "&[Self::DeviceUnnamed,Self::DevicesCount,Self::DevicesHello,Self::DeviceFacts,]";
    assert!(code.contains(keys), "{code}");
}

#[test]
fn no_words_stand_in_the_source_of_the_page_except_in_its_documentation() {
    let languages = read_all(&[source("en", EN), source("ja", JA)]).unwrap();
    let code = generate::source(&languages);
    let spoken = code.lines().filter(|line| !line.starts_with("///")).collect::<String>();
    assert!(!spoken.contains("it is") && !spoken.contains("こんにちは"), "{spoken}");
}

#[test]
fn texts_made_for_other_keys_or_placeholders_have_another_name() {
    let named = |en: &str| {
        let languages = read_all(&[source("en", en)]).unwrap();
        generate::fingerprint(&languages[0])
    };
    let name = named(EN);
    assert_eq!(named(&EN.replace("Hello", "Good day,")), name, "words alone change nothing");
    assert_ne!(named(&EN.replace("hello =", "greeting =")), name);
    assert_ne!(named(&EN.replace("{name}", "{name:text}")), name);
    assert_ne!(named(&EN.replace("count = {", "extra = \"More\"\ncount = {")), name);
}

#[test]
fn every_family_chooses_the_form_that_cldr_gives_as_an_example() {
    use catalog::PluralFamily as Built;
    use plural::PluralFamily as Read;
    let told = |built: Built, read: Read, count: usize| built.categories()[read.form(count)].as_str();
    let chosen = |built: Built, read: Read, counts: &[usize]| {
        counts.iter().map(|count| told(built, read, *count)).collect::<Vec<_>>().join(" ")
    };
    let all = |built: Built, read: Read| chosen(built, read, &[0, 1, 2, 3, 11, 100, 1_000_000, 1_000_001]);
    assert_eq!(all(Built::Other, Read::Other), "other other other other other other other other");
    assert_eq!(all(Built::OneOther, Read::OneOther), "other one other other other other other other");
    assert_eq!(all(Built::French, Read::French), "one one other other other other many other");
    assert_eq!(all(Built::Spanish, Read::Spanish), "other one other other other other many other");
    let arabic = |counts| chosen(Built::Arabic, Read::Arabic, counts);
    assert_eq!(arabic(&[0, 1, 2]), "zero one two");
    assert_eq!(arabic(&[3, 10, 103, 110, 1003]), "few few few few few");
    assert_eq!(arabic(&[11, 26, 99, 111, 1011]), "many many many many many");
    assert_eq!(
        arabic(&[100, 102, 200, 202, 300, 1000, 10_000, 1_000_000]),
        "other other other other other other other other"
    );
}
