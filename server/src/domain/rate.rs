//! How many times something may happen, and how long to wait otherwise. What has a row anyway (resets, passcodes shown)
//! is counted exactly, by those rows; the rest by buckets ([`super::quota`]).

use super::quota::Quota;
use portal_contract::UtcTime;
use std::net::{IpAddr, Ipv6Addr};

/// The window, in milliseconds.
pub const WINDOW_MILLIS: i64 = 3_600_000;

/// At most this many within an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerHour(pub u32);

/// The limits there are: names for logs, metrics and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateLimit {
    /// Accepted resets of one person.
    ResetsOfPerson,
    /// Accepted resets of one device.
    ResetsOfDevice,
    /// Accepted resets asked for from one network.
    ResetsFromNetwork,
    /// Accepted actions of one person, resets apart.
    ActionsOfPerson,
    /// Accepted actions of one device, resets apart.
    ActionsOfDevice,
    /// Passcodes shown to one person.
    RevealsOfPerson,
    /// Passcodes shown of one device.
    RevealsOfDevice,
    /// Passcodes shown to one network.
    RevealsFromNetwork,
    /// Attempts of one person, refused ones included.
    AttemptsOfPerson,
    /// Tokens from one network that were not accepted; in session mode, callbacks of sign-ins that came to nothing.
    SignInFailuresFromNetwork,
    /// Sign-ins begun from one network by browsers in which nobody is signed in (session mode).
    SignInsFromNetwork,
    /// Events of connectors from one network, refused ones included.
    EventsFromNetwork,
    /// Event streams of one person at the same time.
    StreamsOfPerson,
}

impl RateLimit {
    /// Every limit.
    pub const ALL: [Self; 13] = [
        Self::ResetsOfPerson,
        Self::ResetsOfDevice,
        Self::ResetsFromNetwork,
        Self::ActionsOfPerson,
        Self::ActionsOfDevice,
        Self::RevealsOfPerson,
        Self::RevealsOfDevice,
        Self::RevealsFromNetwork,
        Self::AttemptsOfPerson,
        Self::SignInFailuresFromNetwork,
        Self::SignInsFromNetwork,
        Self::EventsFromNetwork,
        Self::StreamsOfPerson,
    ];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResetsOfPerson => "resetsOfPerson",
            Self::ResetsOfDevice => "resetsOfDevice",
            Self::ResetsFromNetwork => "resetsFromNetwork",
            Self::ActionsOfPerson => "actionsOfPerson",
            Self::ActionsOfDevice => "actionsOfDevice",
            Self::RevealsOfPerson => "revealsOfPerson",
            Self::RevealsOfDevice => "revealsOfDevice",
            Self::RevealsFromNetwork => "revealsFromNetwork",
            Self::AttemptsOfPerson => "attemptsOfPerson",
            Self::SignInFailuresFromNetwork => "signInFailuresFromNetwork",
            Self::SignInsFromNetwork => "signInsFromNetwork",
            Self::EventsFromNetwork => "eventsFromNetwork",
            Self::StreamsOfPerson => "streamsOfPerson",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.as_str() == name)
    }
}

/// The limits counted by buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Accepted resets asked for from one network. Generous: a whole office may share one address.
    pub resets_from_network: Quota,
    /// Passcodes shown to one network.
    pub reveals_from_network: Quota,
    /// Attempts of any kind by one person, refused ones included: bounds what one account can write into the audit
    /// record.
    pub attempts_of_person: Quota,
    /// Tokens, or callbacks, from one network that were not accepted: bounds the work a stranger can cause.
    pub sign_in_failures_from_network: Quota,
    /// Sign-ins begun from one network: each is a row for ten minutes. So one network has at most a sixth of those that
    /// may be on their way altogether.
    pub sign_ins_from_network: Quota,
    /// Events of connectors from one network: bounds the work a stranger, or a connector gone wild, can cause.
    pub events_from_network: Quota,
}

impl Quotas {
    /// What is usual. The ones of networks are at least ten times those of a person, so that nobody can use them up alone.
    pub const USUAL: Self = Self {
        resets_from_network: Quota::per_hour(600),
        reveals_from_network: Quota::per_hour(1200),
        attempts_of_person: Quota::per_minute(120),
        sign_in_failures_from_network: Quota::per_minute(120),
        sign_ins_from_network: Quota::per_minute(300),
        events_from_network: Quota::per_minute(1200),
    };

    /// The quota of a limit; `None` for those that are counted by rows.
    #[must_use]
    pub const fn of(&self, limit: RateLimit) -> Option<Quota> {
        match limit {
            RateLimit::ResetsFromNetwork => Some(self.resets_from_network),
            RateLimit::RevealsFromNetwork => Some(self.reveals_from_network),
            RateLimit::AttemptsOfPerson => Some(self.attempts_of_person),
            RateLimit::SignInFailuresFromNetwork => Some(self.sign_in_failures_from_network),
            RateLimit::SignInsFromNetwork => Some(self.sign_ins_from_network),
            RateLimit::EventsFromNetwork => Some(self.events_from_network),
            RateLimit::ResetsOfPerson
            | RateLimit::ResetsOfDevice
            | RateLimit::ActionsOfPerson
            | RateLimit::ActionsOfDevice
            | RateLimit::RevealsOfPerson
            | RateLimit::RevealsOfDevice
            | RateLimit::StreamsOfPerson => None,
        }
    }
}

/// The limits on actions and on showing passcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Accepted resets of one person.
    pub resets_per_person: PerHour,
    /// Accepted resets of one device.
    pub resets_per_device: PerHour,
    /// Accepted actions of one person, resets apart.
    pub actions_per_person: PerHour,
    /// Accepted actions of one device, resets apart.
    pub actions_per_device: PerHour,
    /// Passcodes shown to one person.
    pub reveals_per_person: PerHour,
    /// Passcodes shown of one device.
    pub reveals_per_device: PerHour,
    /// Those counted by buckets.
    pub quotas: Quotas,
}

impl Limits {
    /// How often within an hour a limit allows that is counted by rows; `None` for the others.
    #[must_use]
    pub const fn per_hour(&self, limit: RateLimit) -> Option<PerHour> {
        match limit {
            RateLimit::ResetsOfPerson => Some(self.resets_per_person),
            RateLimit::ResetsOfDevice => Some(self.resets_per_device),
            RateLimit::ActionsOfPerson => Some(self.actions_per_person),
            RateLimit::ActionsOfDevice => Some(self.actions_per_device),
            RateLimit::RevealsOfPerson => Some(self.reveals_per_person),
            RateLimit::RevealsOfDevice => Some(self.reveals_per_device),
            RateLimit::ResetsFromNetwork
            | RateLimit::RevealsFromNetwork
            | RateLimit::AttemptsOfPerson
            | RateLimit::SignInFailuresFromNetwork
            | RateLimit::SignInsFromNetwork
            | RateLimit::EventsFromNetwork
            | RateLimit::StreamsOfPerson => None,
        }
    }
}

/// Too often; try again after this many whole seconds (at least 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften {
    /// The limit that was reached.
    pub limit: RateLimit,
    /// Seconds to wait.
    pub retry_after_seconds: i64,
}

/// Decides from how often it happened within the window and when the oldest of those was.
///
/// # Errors
/// [`TooOften`] with the time until the oldest leaves the window.
pub fn within(
    limit: RateLimit,
    at_most: PerHour,
    count: u32,
    oldest: Option<UtcTime>,
    now: UtcTime,
) -> Result<(), TooOften> {
    if count < at_most.0 {
        return Ok(());
    }
    let oldest = oldest.unwrap_or(now).unix_millis();
    Err(TooOften {
        limit,
        retry_after_seconds: whole_seconds(oldest.saturating_add(WINDOW_MILLIS) - now.unix_millis()),
    })
}

/// Milliseconds as whole seconds, rounded up, at least 1.
#[must_use]
pub const fn whole_seconds(millis: i64) -> i64 {
    let seconds = millis.div_euclid(1000) + if millis.rem_euclid(1000) > 0 { 1 } else { 0 };
    if seconds < 1 { 1 } else { seconds }
}

/// The network an address belongs to, as far as limits are concerned: IPv4 as it is, IPv6 as its first 64 bits (whoever
/// has one of those has them all). Text that is no address stands for itself.
#[must_use]
pub fn network_of(address: &str) -> String {
    match address.parse().map(|address: IpAddr| address.to_canonical()) {
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_reached_exactly_and_the_wait_is_until_the_oldest_leaves_the_window() {
        let now = UtcTime::from_unix_seconds(10_000);
        let oldest = Some(UtcTime::from_unix_millis(10_000_000 - 3_599_500));
        let limit = RateLimit::ResetsOfPerson;
        let wait = |retry_after_seconds| Err(TooOften { limit, retry_after_seconds });
        assert_eq!(within(limit, PerHour(3), 2, oldest, now), Ok(()));
        assert_eq!(within(limit, PerHour(3), 3, oldest, now), wait(1));
        assert_eq!(within(limit, PerHour(0), 0, Some(now), now), wait(3600));
    }

    #[test]
    fn limits_survive_the_database() {
        for limit in RateLimit::ALL {
            assert_eq!(RateLimit::from_name(limit.as_str()), Some(limit));
        }
        assert_eq!(RateLimit::from_name("forgotten"), None);
    }

    #[test]
    fn an_ipv6_network_is_64_bits_and_an_ipv4_address_is_one_however_it_is_written() {
        for (address, network) in [
            ("203.0.113.77", "203.0.113.77"),
            ("::ffff:203.0.113.77", "203.0.113.77"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("unknown", "unknown"),
        ] {
            assert_eq!(network_of(address), network, "{address}");
        }
    }
}
