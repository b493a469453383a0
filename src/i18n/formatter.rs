//! How numbers and moments are written. The page asks the browser's `Intl`; tests need the same words everywhere.

use super::Locale;
use portal_contract::UtcTime;
use std::time::Duration;

/// Writes what depends on the language's conventions.
pub trait Formatter {
    /// A whole number with the language's separators.
    fn number(&self, locale: Locale, value: usize) -> String;
    /// A moment as date and time of day in the person's time zone.
    fn date_time(&self, locale: Locale, moment: UtcTime) -> String;
    /// How long ago something was, for instance "3 minutes ago".
    fn ago(&self, locale: Locale, span: Duration) -> String;
}

/// The unit in which a span reads best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelativeUnit {
    /// Less than a minute, always with the number 0: "now".
    Second,
    /// Less than an hour.
    Minute,
    /// Less than a day.
    Hour,
    /// A day or more.
    Day,
}

impl RelativeUnit {
    /// The unit's name for `Intl.RelativeTimeFormat`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// The number and unit in which a past span is told. Rounded down, so that nothing seems longer ago than it is.
#[must_use]
pub const fn relative(span: Duration) -> (u64, RelativeUnit) {
    let seconds = span.as_secs();
    match seconds {
        0..60 => (0, RelativeUnit::Second),
        60..3600 => (seconds / 60, RelativeUnit::Minute),
        3600..86_400 => (seconds / 3600, RelativeUnit::Hour),
        _ => (seconds / 86_400, RelativeUnit::Day),
    }
}

/// Writes in UTC and without the browser: for tests, where every machine must write the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainFormatter;

impl Formatter for PlainFormatter {
    fn number(&self, _locale: Locale, value: usize) -> String {
        let digits = value.to_string();
        let mut out = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    fn date_time(&self, locale: Locale, moment: UtcTime) -> String {
        let Ok(date) = time::OffsetDateTime::from_unix_timestamp(moment.unix_seconds()) else {
            return String::new();
        };
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        let (hour, minute) = (date.hour(), date.minute());
        if locale == Locale::Ja {
            format!("{year}年{month}月{day}日 {hour}:{minute:02}")
        } else {
            format!("{year}-{month:02}-{day:02} {hour}:{minute:02}")
        }
    }

    fn ago(&self, locale: Locale, span: Duration) -> String {
        let (number, unit) = relative(span);
        if locale == Locale::Ja {
            return match unit {
                RelativeUnit::Second => "今".to_owned(),
                RelativeUnit::Minute => format!("{number} 分前"),
                RelativeUnit::Hour => format!("{number} 時間前"),
                RelativeUnit::Day => format!("{number} 日前"),
            };
        }
        let plural = if number == 1 { "" } else { "s" };
        match unit {
            RelativeUnit::Second => "now".to_owned(),
            RelativeUnit::Minute | RelativeUnit::Hour | RelativeUnit::Day => {
                format!("{number} {}{plural} ago", unit.as_str())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Formatter, PlainFormatter, RelativeUnit, relative};
    use crate::i18n::Locale;
    use portal_contract::UtcTime;
    use std::time::Duration;

    #[test]
    fn a_span_is_told_in_its_largest_whole_unit() {
        let told = |seconds| relative(Duration::from_secs(seconds));
        assert_eq!(told(59), (0, RelativeUnit::Second));
        assert_eq!(told(60), (1, RelativeUnit::Minute));
        assert_eq!(told(3599), (59, RelativeUnit::Minute));
        assert_eq!(told(3600), (1, RelativeUnit::Hour));
        assert_eq!(told(86_399), (23, RelativeUnit::Hour));
        assert_eq!(told(200_000), (2, RelativeUnit::Day));
    }

    #[test]
    fn numbers_and_moments_read_the_same_on_every_machine() {
        assert_eq!(PlainFormatter.number(Locale::En, 1_234_567), "1,234,567");
        assert_eq!(PlainFormatter.number(Locale::En, 999), "999");
        let moment = UtcTime::from_unix_seconds(1_793_000_000);
        assert_eq!(PlainFormatter.date_time(Locale::En, moment), "2026-10-26 7:33");
        assert_eq!(PlainFormatter.date_time(Locale::Ja, moment), "2026年10月26日 7:33");
    }
}
