//! From where somebody asked, in words a person recognises: the browser, the system, the kind of network. Pure.
//!
//! Read from the `User-Agent` at the edge and kept as one word each: the header itself is long, unique enough to follow
//! a person by, and written by strangers.

use portal_contract::{ClientBrowser, ClientDescription, ClientNetwork, ClientSystem};
use std::net::{IpAddr, Ipv6Addr};

/// How much of a `User-Agent` is looked at, in bytes.
const MAX_LENGTH: usize = 512;

/// What a `User-Agent` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientSoftware {
    /// The browser.
    pub browser: ClientBrowser,
    /// The operating system.
    pub system: ClientSystem,
}

impl ClientSoftware {
    /// No header, or one that says nothing.
    pub const UNKNOWN: Self = Self { browser: ClientBrowser::Other, system: ClientSystem::Other };

    /// Reads a `User-Agent` (RFC 9110 section 10.1.5). Every browser pretends to be the ones before it, so the tokens
    /// are tried from the most to the least telling.
    #[must_use]
    pub fn of_user_agent(text: &str) -> Self {
        let text = text.get(..MAX_LENGTH).unwrap_or(text);
        Self { browser: browser(text), system: system(text) }
    }
}

fn has_any(text: &str, tokens: &[&str]) -> bool {
    tokens.iter().any(|token| text.contains(token))
}

fn browser(text: &str) -> ClientBrowser {
    if has_any(text, &["Edg/", "EdgA/", "EdgiOS/", "Edge/"]) {
        ClientBrowser::Edge
    } else if has_any(text, &["OPR/", "Opera", "SamsungBrowser/", "YaBrowser/", "Vivaldi/", "DuckDuckGo/"]) {
        ClientBrowser::Other
    } else if has_any(text, &["Firefox/", "FxiOS/"]) {
        ClientBrowser::Firefox
    } else if has_any(text, &["Chrome/", "CriOS/", "Chromium/"]) {
        ClientBrowser::Chrome
    } else if text.contains("Safari/") && text.contains("Version/") {
        ClientBrowser::Safari
    } else {
        ClientBrowser::Other
    }
}

fn system(text: &str) -> ClientSystem {
    if text.contains("Windows") {
        // Before Android: Windows Phone named that as well.
        ClientSystem::Windows
    } else if has_any(text, &["iPhone", "iPad", "iPod"]) {
        // Before macOS: they say "like Mac OS X".
        ClientSystem::Ios
    } else if text.contains("Android") {
        ClientSystem::Android
    } else if has_any(text, &["Macintosh", "Mac OS X"]) {
        ClientSystem::MacOs
    } else if text.contains("Linux") {
        ClientSystem::Linux
    } else {
        ClientSystem::Other
    }
}

/// Describes a client: its software, and its address as a kind of network and a shortened form.
#[must_use]
pub fn describe(software: ClientSoftware, address: &str) -> ClientDescription {
    let address: Option<IpAddr> = address.parse().ok().map(|address: IpAddr| address.to_canonical());
    ClientDescription {
        browser: software.browser,
        system: software.system,
        network: address.map_or(ClientNetwork::Other, network),
        address: address.map(shortened).unwrap_or_default(),
    }
}

fn network(address: IpAddr) -> ClientNetwork {
    let is_private = match address {
        // 100.64.0.0/10: shared address space of carriers (RFC 6598).
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    };
    if address.is_loopback() {
        ClientNetwork::Loopback
    } else if is_private {
        ClientNetwork::Private
    } else {
        ClientNetwork::Public
    }
}

/// The network without the host: IPv4 without its last number, IPv6 as its first 48 bits.
fn shortened(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, third, _] = v4.octets();
            format!("{first}.{second}.{third}.x")
        }
        IpAddr::V6(v6) => {
            let [first, second, third, ..] = v6.segments();
            Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_browsers_are_told_apart_although_each_names_the_others() {
        use ClientBrowser as B;
        use ClientSystem as S;
        for (text, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                B::Chrome,
                S::Windows,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                B::Edge,
                S::Windows,
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", B::Firefox, S::Linux),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                B::Safari,
                S::MacOs,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                B::Safari,
                S::Ios,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
                B::Chrome,
                S::Ios,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                B::Chrome,
                S::Android,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                B::Other,
                S::Android,
            ),
            ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/140.0.0.0 Safari/537.36", B::Chrome, S::Other),
            ("curl/8.5.0", B::Other, S::Other),
            ("", B::Other, S::Other),
        ] {
            assert_eq!(ClientSoftware::of_user_agent(text), ClientSoftware { browser, system }, "{text}");
        }
        let flood = format!("{}Firefox/1.0", "x".repeat(MAX_LENGTH));
        assert_eq!(ClientSoftware::of_user_agent(&flood), ClientSoftware::UNKNOWN, "only the start is read");
    }

    #[test]
    fn an_address_is_shortened_to_its_network_and_its_kind_is_named() {
        for (address, network, short) in [
            ("203.0.113.77", ClientNetwork::Public, "203.0.113.x"),
            ("127.0.0.1", ClientNetwork::Loopback, "127.0.0.x"),
            ("::1", ClientNetwork::Loopback, "::"),
            ("10.1.2.3", ClientNetwork::Private, "10.1.2.x"),
            ("172.31.0.9", ClientNetwork::Private, "172.31.0.x"),
            ("172.32.0.9", ClientNetwork::Public, "172.32.0.x"),
            ("169.254.1.1", ClientNetwork::Private, "169.254.1.x"),
            ("100.64.0.1", ClientNetwork::Private, "100.64.0.x"),
            ("::ffff:192.168.1.5", ClientNetwork::Private, "192.168.1.x"),
            ("2001:db8:1:2:3:4:5:6", ClientNetwork::Public, "2001:db8:1::"),
            ("fd00:1:2:3::9", ClientNetwork::Private, "fd00:1:2::"),
            ("unknown", ClientNetwork::Other, ""),
        ] {
            let described = describe(ClientSoftware::UNKNOWN, address);
            assert_eq!((described.network, described.address.as_str()), (network, short), "{address}");
        }
    }
}
