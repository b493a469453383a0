//! Reads the language files and checks that they agree, so that a text missing in one language cannot ship.
//!
//! A language is one file, `locales/<tag>.toml`: a table `[language]` about the language itself (its tag and name, in
//! which direction it is written, how it forms plurals, whether a machine drafted it), then one table per screen with a
//! message per key. `{name}` inserts a text, `{name:kind}` anything else (see [`Kind`]); `{{` and `}}`
//! stand for the braces themselves. A message that depends on a number is a table of plural forms and has exactly one
//! placeholder of the kind `count`. English is the reference the other files are compared with.
//!
//! The page loads the texts of a language in two parts: what a first visit can show, and the rest together with the
//! screens that are loaded lazily. [`FIRST`] says which; a language file knows nothing of it.
//!
//! Everything here is pure: `build.rs` and `xtask` read the files, `tests/i18n_generator.rs` proves each failure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The language the others are compared with.
pub const REFERENCE_TAG: &str = "en";

/// What a first visit can show, as sections or single keys. Every key that the first part of the page can name must be
/// among them (`tests/i18n_parts.rs`); whatever else is costs each visitor bytes.
pub const FIRST: &[&str] = &[
    "app",
    "language_switch",
    "title",
    "time",
    "landing",
    "sign_in",
    "sign_in_problem",
    "session",
    "signed_out",
    "devices",
    "platform",
    "status",
    "notifications",
    "failure",
    "problem",
    "offline",
    "lazy",
    "not_found",
    "config",
    "announce",
    "countdown",
    "run",
    "idle",
    "accessibility.heading",
    "apps.heading",
    "shared_computer.check",
    "shared_computer.mark",
    "busy.heading",
    "canceled.text",
    "cancelled.heading",
    "device.unnamed",
    "device.yours",
    "done.back",
    "expired.heading",
    "gone.heading",
    "help.heading",
    "history_page.device_heading",
    "history_page.heading",
    "history_page.saved",
    "history_page.shown_more",
    "live.cancel_failed",
    "not_allowed.heading",
    "unrecognized.announced",
    "unrecognized.heading",
    "outcome_unknown.heading",
    "passcode.copied",
    "passcode.copy_failed",
    "passcode.expired",
    "passcode.hidden",
    "passcode.qr_hidden",
    "passcode.qr_shown",
    "passcode.shown",
    "pending.last_check_in",
    "refusal.other_instead",
    "refusal.other_why",
    "rejected.heading",
    "reset.command",
    "step_up_failed.heading",
    "superseded.next",
    "superseded.text",
    "support.contact",
    "support.never_tell",
    "support.none",
    "wrong_person.heading",
];

/// Whether the text of this key, `section.name`, is loaded with the first part of the page.
#[must_use]
pub fn is_first(key: &str) -> bool {
    let section = key.split('.').next().unwrap_or_default();
    FIRST.iter().any(|first| *first == key || *first == section)
}

/// One language file as it was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path shown in problems, for instance `locales/ja.toml`.
    pub file: String,
    /// The tag the file name promises, for instance `ja`.
    pub tag: String,
    /// The TOML text.
    pub content: String,
}

/// What is wrong, in words for the person who edits the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The key, `section.name`; empty when the whole file is meant.
    pub key: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(formatter, "{}: {}", self.file, self.what)
        } else {
            write!(formatter, "{}: `{}` {}", self.file, self.key, self.what)
        }
    }
}

/// A plural category of CLDR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// The form for none, in languages that have it.
    Zero,
    /// The form for one, in languages that have it.
    One,
    /// The form for two.
    Two,
    /// The form for a few.
    Few,
    /// The form for many.
    Many,
    /// The form for everything else; every language has it.
    Other,
}

impl Category {
    /// The key of the form in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

/// How a language chooses the form for a whole number. A language that chooses in another way adds a family here and its
/// rule to `src/i18n/plural.rs`; a test compares the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluralFamily {
    /// One form for every number (Japanese, Chinese, Korean).
    Other,
    /// One form for 1, another for the rest (English, German).
    OneOther,
    /// As French: 0 and 1 share a form, and whole millions have their own.
    French,
    /// As Spanish: a form for 1, and whole millions have their own.
    Spanish,
    /// As Arabic: six forms.
    Arabic,
}

impl PluralFamily {
    /// Every family.
    pub const ALL: [Self; 5] = [Self::Other, Self::OneOther, Self::French, Self::Spanish, Self::Arabic];

    /// The name in the head of a language file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::OneOther => "one-other",
            Self::French => "french",
            Self::Spanish => "spanish",
            Self::Arabic => "arabic",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == name)
    }

    /// The forms a message must have, in the order the page stores them.
    #[must_use]
    pub const fn categories(self) -> &'static [Category] {
        match self {
            Self::Other => &[Category::Other],
            Self::OneOther => &[Category::One, Category::Other],
            Self::French | Self::Spanish => &[Category::One, Category::Many, Category::Other],
            Self::Arabic => &[
                Category::Zero,
                Category::One,
                Category::Two,
                Category::Few,
                Category::Many,
                Category::Other,
            ],
        }
    }
}

/// In which direction a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "ltr" => Some(Self::Ltr),
            "rtl" => Some(Self::Rtl),
            _ => None,
        }
    }
}

/// What a placeholder takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text of the world outside, for instance a device name.
    Str,
    /// A whole number.
    Number,
    /// A whole number that chooses the plural form.
    Count,
    /// A moment, shown as date and time.
    Date,
    /// A time span, shown as "3 minutes ago".
    Ago,
    /// A time span, shown as m:ss.
    Clock,
    /// Another message.
    Text,
}

impl Kind {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "number" => Some(Self::Number),
            "count" => Some(Self::Count),
            "date" => Some(Self::Date),
            "ago" => Some(Self::Ago),
            "clock" => Some(Self::Clock),
            "text" => Some(Self::Text),
            _ => None,
        }
    }
}

/// A named gap in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// Its name, also the name of the parameter.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Literal(String),
    /// A gap.
    Gap(Placeholder),
}

/// A message: its forms in the order of the language's categories, or one form alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The forms.
    pub forms: Vec<Vec<Piece>>,
    /// Whether the forms are plural forms.
    pub is_plural: bool,
}

impl Message {
    /// The placeholders, each once, in the order in which the last (most general) form names them.
    #[must_use]
    pub fn placeholders(&self) -> Vec<Placeholder> {
        let mut found: Vec<Placeholder> = Vec::new();
        for piece in self.forms.iter().rev().flatten() {
            if let Piece::Gap(gap) = piece
                && !found.iter().any(|known| known.name == gap.name)
            {
                found.push(gap.clone());
            }
        }
        found
    }
}

/// A checked language file.
#[derive(Debug, Clone)]
pub struct Language {
    /// The file it came from.
    pub file: String,
    /// The BCP 47 tag, for instance `ja`.
    pub tag: String,
    /// The name of the language in itself, for instance 日本語.
    pub name: String,
    /// In which direction it is written.
    pub direction: Direction,
    /// How it chooses plural forms.
    pub plural: PluralFamily,
    /// Whether a machine drafted the texts and no person has checked them yet.
    pub is_machine_drafted: bool,
    /// The messages by `section.name`.
    pub messages: BTreeMap<String, Message>,
    /// The keys whose message could not be read; each was reported.
    pub unreadable: BTreeSet<String>,
}

/// Reads all files and compares each with the reference language.
///
/// # Errors
/// Returns every problem found, not only the first.
pub fn read_all(sources: &[Source]) -> Result<Vec<Language>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut languages: Vec<Language> =
        sources.iter().filter_map(|source| read(source, &mut problems)).collect();
    languages.sort_by_key(|language| (language.tag != REFERENCE_TAG, language.tag.clone()));
    match languages.split_first() {
        Some((reference, others)) if reference.tag == REFERENCE_TAG => {
            for other in others {
                compare(reference, other, &mut problems);
            }
        }
        _ => problems.push(Problem {
            file: format!("locales/{REFERENCE_TAG}.toml"),
            key: String::new(),
            what: "the reference language is missing or cannot be read".to_owned(),
        }),
    }
    if problems.is_empty() { Ok(languages) } else { Err(problems) }
}

fn read(source: &Source, problems: &mut Vec<Problem>) -> Option<Language> {
    let mut report = |key: &str, what: String| {
        problems.push(Problem { file: source.file.clone(), key: key.to_owned(), what });
    };
    let table: toml::Table = match source.content.parse() {
        Ok(table) => table,
        Err(error) => {
            report("", format!("is not valid TOML (a duplicate key is one such mistake): {error}"));
            return None;
        }
    };
    let field = |name: &str| table.get("language").and_then(|language| language.get(name));
    let about = |name: &str| field(name).and_then(toml::Value::as_str);
    let is_machine_drafted = field("machine_drafted").and_then(toml::Value::as_bool);
    let (Some(tag), Some(name), Some(direction), Some(plurals), Some(is_machine_drafted)) =
        (about("tag"), about("name"), about("direction"), about("plurals"), is_machine_drafted)
    else {
        report("language", "needs `tag`, `name`, `direction`, `plurals` and `machine_drafted`".to_owned());
        return None;
    };
    if !is_tag(tag) {
        report(
            "language.tag",
            format!("{tag:?} must be a language, or a language and a script: `ja`, `zh-Hans`"),
        );
    }
    let Some(direction) = Direction::parse(direction) else {
        report("language.direction", format!("is {direction:?}, but must be `ltr` or `rtl`"));
        return None;
    };
    if tag != source.tag {
        report("language.tag", format!("is {tag:?}, but the file is named after {:?}", source.tag));
    }
    let Some(plural) = PluralFamily::parse(plurals) else {
        report("language.plurals", format!("{plurals:?} is not a plural family this build knows"));
        return None;
    };
    let mut messages = BTreeMap::new();
    let mut unreadable = BTreeSet::new();
    for (section, entries) in table.iter().filter(|(section, _)| *section != "language") {
        let Some(entries) = entries.as_table() else {
            report(section, "stands outside a section".to_owned());
            continue;
        };
        for (name, value) in entries {
            let key = format!("{section}.{name}");
            if !is_identifier(section) || !is_identifier(name) {
                report(&key, "must be lower case letters, digits and `_`".to_owned());
            }
            match read_message(value, plural) {
                Ok(message) => {
                    messages.insert(key, message);
                }
                Err(mistakes) => {
                    mistakes.into_iter().for_each(|what| report(&key, what));
                    unreadable.insert(key);
                }
            }
        }
    }
    Some(Language {
        file: source.file.clone(),
        tag: tag.to_owned(),
        name: name.to_owned(),
        direction,
        plural,
        is_machine_drafted,
        messages,
        unreadable,
    })
}

fn read_message(value: &toml::Value, plural: PluralFamily) -> Result<Message, Vec<String>> {
    let mut mistakes = Vec::new();
    let message = if let Some(text) = value.as_str() {
        Message { forms: vec![read_form(text, &mut mistakes)], is_plural: false }
    } else if let Some(table) = value.as_table() {
        let wanted = plural.categories();
        for extra in table.keys().filter(|key| !wanted.iter().any(|category| category.as_str() == *key)) {
            mistakes.push(format!("has the plural form `{extra}`, which this language does not have"));
        }
        let forms = wanted
            .iter()
            .map(|category| {
                if let Some(text) = table.get(category.as_str()).and_then(toml::Value::as_str) {
                    read_form(text, &mut mistakes)
                } else {
                    mistakes.push(format!("lacks the plural form `{}`", category.as_str()));
                    Vec::new()
                }
            })
            .collect();
        Message { forms, is_plural: true }
    } else {
        return Err(vec!["must be a text or a table of plural forms".to_owned()]);
    };
    if mistakes.is_empty() {
        check_placeholders(&message, &mut mistakes);
    }
    if mistakes.is_empty() { Ok(message) } else { Err(mistakes) }
}

fn read_form(text: &str, mistakes: &mut Vec<String>) -> Vec<Piece> {
    if text.trim().is_empty() {
        mistakes.push("is empty".to_owned());
    }
    if text.trim() != text {
        mistakes.push("begins or ends with a space".to_owned());
    }
    if text.chars().any(char::is_control) {
        mistakes.push("holds a control character or a line break".to_owned());
    }
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '{' | '}' if rest.peek() == Some(&character) => {
                rest.next();
                literal.push(character);
            }
            '{' => {
                let inside: String = rest.by_ref().take_while(|next| *next != '}').collect();
                let (name, kind) = match inside.split_once(':') {
                    Some((name, kind)) => (name, Kind::parse(kind)),
                    None => (inside.as_str(), Some(Kind::Str)),
                };
                match kind {
                    Some(kind) if is_identifier(name) => {
                        if !literal.is_empty() {
                            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                        }
                        pieces.push(Piece::Gap(Placeholder { name: name.to_owned(), kind }));
                    }
                    Some(_) | None => mistakes.push(format!("has the unreadable placeholder `{{{inside}}}`")),
                }
            }
            '}' => mistakes.push("has a `}` without a `{`; write `}}` for the character".to_owned()),
            other => literal.push(other),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

/// A form may leave out the count ("One device"), nothing else; a kind must not change between forms.
fn check_placeholders(message: &Message, mistakes: &mut Vec<String>) {
    let all = message.placeholders();
    for gap in message.forms.iter().flatten().filter_map(gap_of) {
        if all.iter().any(|known| known.name == gap.name && known.kind != gap.kind) {
            mistakes.push(format!("uses `{{{}}}` with two kinds", gap.name));
        }
    }
    for form in &message.forms {
        let here: Vec<&Placeholder> = form.iter().filter_map(gap_of).collect();
        for gap in all.iter().filter(|gap| gap.kind != Kind::Count) {
            if !here.iter().any(|known| known.name == gap.name) {
                mistakes.push(format!("has a plural form without `{{{}}}`", gap.name));
            }
        }
    }
    let counts = all.iter().filter(|gap| gap.kind == Kind::Count).count();
    if message.is_plural && counts != 1 {
        mistakes.push("has plural forms and so needs exactly one placeholder of the kind `count`".to_owned());
    }
    if !message.is_plural && counts != 0 {
        mistakes.push("has a placeholder of the kind `count` but no plural forms".to_owned());
    }
    if all.len() > MOST_PLACEHOLDERS {
        mistakes.push(format!("has more than {MOST_PLACEHOLDERS} placeholders"));
    }
}

/// The page stores a gap as one control character, and eight of them are set aside.
pub const MOST_PLACEHOLDERS: usize = 8;

const fn gap_of(piece: &Piece) -> Option<&Placeholder> {
    match piece {
        Piece::Gap(gap) => Some(gap),
        Piece::Literal(_) => None,
    }
}

fn compare(reference: &Language, other: &Language, problems: &mut Vec<Problem>) {
    let mut report = |key: &str, what: String| {
        problems.push(Problem { file: other.file.clone(), key: key.to_owned(), what });
    };
    for (key, expected) in &reference.messages {
        let Some(message) = other.messages.get(key) else {
            if !other.unreadable.contains(key) {
                report(key, format!("is missing; {} has it", reference.file));
            }
            continue;
        };
        if message.is_plural != expected.is_plural {
            report(key, format!("has plural forms in one of {} and {} only", reference.file, other.file));
        }
        let (here, there) = (described(message), described(expected));
        if here != there {
            report(key, format!("has the placeholders [{here}], but {} has [{there}]", reference.file));
        }
    }
    let is_known = |key: &String| reference.messages.contains_key(key) || reference.unreadable.contains(key);
    for key in other.messages.keys().filter(|key| !is_known(key)) {
        report(key, format!("is not in {}", reference.file));
    }
}

/// The placeholders in an order that does not depend on the sentence.
fn described(message: &Message) -> String {
    let mut list: Vec<String> =
        message.placeholders().iter().map(|gap| format!("{}:{:?}", gap.name, gap.kind)).collect();
    list.sort();
    list.join(", ")
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|character| matches!(character, 'a'..='z' | '0'..='9' | '_'))
}

/// A primary subtag, or one and a script as BCP 47 spells it (RFC 5646, section 2.1.1). Regions are not told apart: the
/// texts of a language serve all of them.
fn is_tag(tag: &str) -> bool {
    let (language, script) = tag.split_once('-').map_or((tag, None), |(one, two)| (one, Some(two)));
    let is_language = matches!(language.len(), 2..=3) && language.chars().all(|c| c.is_ascii_lowercase());
    is_language
        && script.is_none_or(|script| {
            script.len() == 4
                && script.starts_with(|first: char| first.is_ascii_uppercase())
                && script.chars().skip(1).all(|rest| rest.is_ascii_lowercase())
        })
}
