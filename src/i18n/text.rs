//! A message with its arguments, independent of the language.
//!
//! Only words for everybody go in here: a passcode or a token never becomes a `Text`.

use super::{Catalogue, Direction, Formatter, Key};
use portal_contract::UtcTime;
use std::time::Duration;

/// Separates plural forms in a stored message (see `build/generate.rs`).
const FORM_SEPARATOR: char = '\u{1f}';
/// Stored placeholders are the control characters from 1 to this one.
const LAST_GAP: u32 = 8;

/// What a placeholder is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Text of the world outside, for instance a device name.
    Str(String),
    /// A whole number.
    Number(usize),
    /// A whole number that chooses the plural form.
    Count(usize),
    /// A moment, shown as date and time.
    Date(UtcTime),
    /// How long ago something was.
    Ago(Duration),
    /// A span shown as minutes and seconds, m:ss.
    Clock(Duration),
    /// Another message.
    Text(Text),
}

/// What is to be read, in no language yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Content);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Message(Key, Vec<Arg>),
    Verbatim(String),
}

impl Text {
    /// A message without placeholders. Prefer the constructors in [`super::t`].
    #[must_use]
    pub const fn message(key: Key) -> Self {
        Self(Content::Message(key, Vec::new()))
    }

    /// A message with its arguments in the order of the reference language. Prefer the constructors in [`super::t`].
    #[must_use]
    pub const fn with(key: Key, args: Vec<Arg>) -> Self {
        Self(Content::Message(key, args))
    }

    /// Text of the world outside that is the same in every language, for instance a device name.
    #[must_use]
    pub fn verbatim(text: &str) -> Self {
        Self(Content::Verbatim(text.to_owned()))
    }

    /// Whether it is text of the world outside and nothing else.
    #[must_use]
    pub const fn is_verbatim(&self) -> bool {
        matches!(self.0, Content::Verbatim(_))
    }

    /// Whether something of the world outside is in it, a name for instance.
    #[must_use]
    pub fn has_names(&self) -> bool {
        match &self.0 {
            Content::Verbatim(_) => true,
            Content::Message(_, args) => args.iter().any(|arg| match arg {
                Arg::Str(_) => true,
                Arg::Text(text) => text.has_names(),
                Arg::Number(_) | Arg::Count(_) | Arg::Date(_) | Arg::Ago(_) | Arg::Clock(_) => false,
            }),
        }
    }

    /// The words in one language.
    #[must_use]
    pub fn render(&self, catalogue: &Catalogue, formatter: &dyn Formatter) -> String {
        let mut out = String::new();
        self.write(catalogue, formatter, &mut out);
        out
    }

    fn write(&self, catalogue: &Catalogue, formatter: &dyn Formatter, out: &mut String) {
        let (key, args) = match &self.0 {
            Content::Verbatim(text) => return write_foreign(text, catalogue, out),
            Content::Message(key, args) => (*key, args.as_slice()),
        };
        for character in chosen_form(catalogue, key, args).chars() {
            let code = u32::from(character);
            if code == 0 || code > LAST_GAP {
                out.push(character);
            } else if let Some(arg) = args.get(code as usize - 1) {
                arg.write(catalogue, formatter, out);
            }
        }
    }
}

impl Arg {
    fn write(&self, catalogue: &Catalogue, formatter: &dyn Formatter, out: &mut String) {
        let locale = catalogue.locale();
        match self {
            Self::Str(text) => write_foreign(text, catalogue, out),
            Self::Number(number) | Self::Count(number) => out.push_str(&formatter.number(locale, *number)),
            Self::Date(moment) => out.push_str(&formatter.date_time(locale, *moment)),
            Self::Ago(span) => out.push_str(&formatter.ago(locale, *span)),
            Self::Clock(span) => write_clock(*span, out),
            Self::Text(text) => text.write(catalogue, formatter, out),
        }
    }
}

fn chosen_form<'a>(catalogue: &'a Catalogue, key: Key, args: &[Arg]) -> &'a str {
    let message = catalogue.message(key);
    let count = args.iter().find_map(|arg| if let Arg::Count(count) = arg { Some(*count) } else { None });
    match count {
        None => message,
        Some(count) => {
            let form = catalogue.locale().plural_family().form(count);
            message.split(FORM_SEPARATOR).nth(form).unwrap_or(message)
        }
    }
}

/// m:ss in digits that every language of the page uses.
fn write_clock(span: Duration, out: &mut String) {
    let seconds = span.as_secs();
    out.push_str(&(seconds / 60).to_string());
    out.push(':');
    if seconds % 60 < 10 {
        out.push('0');
    }
    out.push_str(&(seconds % 60).to_string());
}

/// A foreign name must not reorder the sentence around it: direction controls in it are dropped, and it is isolated
/// (U+2068, U+2069; UAX #9) where it or the sentence is written from right to left. Elsewhere names are left as they are,
/// so that what is copied or searched for is what the person sees.
fn write_foreign(text: &str, catalogue: &Catalogue, out: &mut String) {
    let is_isolated = catalogue.locale().direction() == Direction::Rtl || text.chars().any(is_right_to_left);
    if is_isolated {
        out.push('\u{2068}');
    }
    out.extend(text.chars().filter(|character| !is_direction_control(*character)));
    if is_isolated {
        out.push('\u{2069}');
    }
}

const fn is_direction_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::{Arg, Text};
    use crate::i18n::{Catalogue, Key, Locale, PlainFormatter, t};
    use std::time::Duration;

    fn rendered(locale: Locale, text: &Text) -> String {
        text.render(&Catalogue::embedded(locale), &PlainFormatter)
    }

    #[test]
    fn placeholders_follow_the_sentence_of_each_language() {
        let text = t::devices_shown(100, 4219);
        assert_eq!(rendered(Locale::En, &text), "100 of 4,219 devices");
        assert_eq!(rendered(Locale::Ja, &text), "4,219 台中 100 台を表示");
    }

    #[test]
    fn the_count_chooses_the_form() {
        assert_eq!(rendered(Locale::En, &t::devices_count(1)), "1 device");
        assert_eq!(rendered(Locale::En, &t::devices_count(12)), "12 devices");
        assert_eq!(rendered(Locale::Ja, &t::devices_count(1)), "1 台のデバイス");
    }

    #[test]
    fn a_clock_pads_its_seconds() {
        let clock = |seconds| {
            let mut out = String::new();
            super::write_clock(Duration::from_secs(seconds), &mut out);
            out
        };
        assert_eq!([300, 61, 9, 0].map(clock), ["5:00", "1:01", "0:09", "0:00"]);
    }

    #[test]
    fn a_name_cannot_turn_the_sentence_around() {
        assert_eq!(rendered(Locale::En, &Text::verbatim("Ana\u{202e}'s phone")), "Ana's phone");
        assert_eq!(rendered(Locale::En, &Text::verbatim("هاتف\u{2069}")), "\u{2068}هاتف\u{2069}");
    }

    #[test]
    fn what_names_something_of_the_world_outside_is_known() {
        let phone = || Text::verbatim("Phone");
        assert!(phone().has_names() && t::app_back_to_device(phone()).has_names());
        assert!(!t::devices_shown(100, 4219).has_names() && !t::app_back_to_devices().has_names());
        assert!(!t::app_back_to_device(t::device_yours()).has_names());
    }

    #[test]
    fn a_missing_argument_leaves_a_gap_and_does_not_panic() {
        let text = Text::with(Key::DevicesShown, vec![Arg::Number(1)]);
        assert_eq!(rendered(Locale::En, &text), "1 of  devices");
    }
}
