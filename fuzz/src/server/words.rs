//! Single words and the configuration.

use crate::{first_line, text};
use portal_server::config;
use portal_server::domain::client::{ClientSoftware, describe};
use portal_server::domain::idempotency::IdempotencyKey;
use portal_server::domain::ids::{DeviceId, ResultId};

/// Identifiers never need escaping in a path; a key is visible ASCII.
pub(crate) fn identifiers(data: &[u8]) {
    let Some(word) = text(data) else { return };
    if let Some(id) = DeviceId::parse(word) {
        assert_eq!(id.as_str(), word);
        assert!(word.len() <= 128 && !word.contains(['/', '%', '?', '#', ' ', '"', '\\', '\n']), "{word}");
        let (service, native) = id.of_service();
        assert!(
            ResultId::parse(native).is_some() && service.is_none_or(|name| ResultId::parse(name).is_some())
        );
    }
    if let Some(key) = IdempotencyKey::parse(word) {
        assert_eq!(key.as_str(), word);
        assert!((1..=255).contains(&word.len()) && word.bytes().all(|byte| (0x21..0x7f).contains(&byte)));
    }
}

/// First line: `User-Agent`. Rest: an address. Nothing of either is kept as it came.
pub(crate) fn user_agent(data: &[u8]) {
    let Some((agent, address)) = text(data).map(first_line) else { return };
    let software = ClientSoftware::of_user_agent(agent);
    let described = describe(software, address);
    let written = serde_json::to_string(&described).unwrap_or_default();
    assert!(written.len() < 400, "{written}");
    let whole = address.trim();
    let is_whole_address = whole
        .parse::<std::net::IpAddr>()
        .is_ok_and(|ip| has_host_bits(ip) && written.contains(&format!("\"{whole}\"")));
    assert!(!is_whole_address, "the whole address is shown: {written}");
}

/// Beyond the 48 bits of the network, which are shown; the search once gave an address that has nothing there.
fn has_host_bits(ip: std::net::IpAddr) -> bool {
    match ip {
        std::net::IpAddr::V4(_) => true,
        std::net::IpAddr::V6(ip) => ip.segments().iter().skip(3).any(|segment| *segment != 0),
    }
}

/// A secret that must not be repeated in a complaint.
const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw==";

/// A configuration file. Lines that begin with `PORTAL__` are environment variables.
pub(crate) fn configuration(data: &[u8]) {
    let Some(whole) = text(data) else { return };
    let (environment, file): (Vec<&str>, Vec<&str>) =
        whole.lines().partition(|line| line.starts_with("PORTAL__"));
    let environment: Vec<(String, String)> = environment
        .iter()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    match config::parse(&file.join("\n"), &environment) {
        Ok(settings) => {
            assert!(!settings.tokens.algorithms.is_empty());
            assert!((0..=30).contains(&settings.tokens.leeway_seconds), "leeway");
            let issuer = &settings.tokens.issuer;
            assert!(issuer.starts_with("https://") || issuer.starts_with("http://"), "{issuer}");
            assert!(settings.fleet.speed.is_finite() && settings.fleet.speed > 0.0);
            assert!(!format!("{settings:?}").contains(SECRET), "Debug shows the key");
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                assert!(!mistake.reason.is_empty());
                assert!(
                    !mistake.to_string().contains(SECRET),
                    "a complaint repeats the key: {}",
                    mistake.key
                );
            }
        }
    }
}
