//! A moment in UTC as the API writes it: RFC 3339, up to seven fractional digits, `0001-01-01T00:00:00Z` for "never".

use serde::{Deserialize, Deserializer, de::Error as _};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Milliseconds since the Unix epoch, UTC. "Never" is the year 1, as Graph writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
pub struct UtcTime(i64);

impl UtcTime {
    /// `0001-01-01T00:00:00Z`, which means "never".
    pub const NEVER: Self = Self(-62_135_596_800_000);

    /// The last moment that RFC 3339 can write in UTC: its years have four digits.
    const LAST: Self = Self(253_402_300_799_999);

    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// From seconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whether this stands for "never".
    #[must_use]
    pub const fn is_never(self) -> bool {
        self.0 <= Self::NEVER.0
    }

    /// Reads RFC 3339 text. An offset may lead out of the years 1 to 9999 by some hours; such a moment is moved to the edge,
    /// because written again it could not be read.
    ///
    /// # Errors
    /// Returns `None` for anything that is not RFC 3339 (section 5.6).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let millis =
            moment.unix_timestamp().checked_mul(1000)?.checked_add(i64::from(moment.millisecond()))?;
        Some(Self(millis).clamp(Self::NEVER, Self::LAST))
    }

    /// Writes RFC 3339 text with millisecond precision.
    #[cfg(feature = "write-dates")]
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let nanoseconds = i128::from(self.0) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_else(|| "0001-01-01T00:00:00Z".to_owned())
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not an RFC 3339 date"))
    }
}

#[cfg(feature = "write-dates")]
impl serde::Serialize for UtcTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

/// Without `write-dates` a moment is written as its number of milliseconds: nothing in the page sends dates, but the
/// types that hold them derive `Serialize`.
#[cfg(not(feature = "write-dates"))]
impl serde::Serialize for UtcTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}
