//! Where a request came from: the peer of the socket, or, if that is a trusted proxy, what the proxies wrote into
//! `X-Forwarded-For`. Each proxy appends the address it saw, so the list is read from the right, as long as those who wrote
//! are trusted; everything further left was written by strangers and is never looked at.

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The address a request came from, as text; `unknown` without a socket.
pub(super) fn of_request(parts: &Parts, trusted: &[IpNet]) -> String {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return "unknown".to_owned();
    };
    client(peer.ip(), &parts.headers, trusted).to_string()
}

/// Whether an address is one of the proxies'.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    let values = headers.get_all("x-forwarded-for").iter().rev();
    let mut entries = values.flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
    while is_trusted(client, trusted) {
        // What cannot be read ends the search: the entry before it was written by whoever wrote the unreadable one.
        let Some(next) = entries.next().and_then(address) else { break };
        client = next;
    }
    client
}

/// One entry: an address, with a port where the proxy writes one, in brackets where it is IPv6.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let with_port = || entry.parse().map(|socket: SocketAddr| socket.ip());
    bare.parse().or_else(|_| with_port()).ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "2001:db8:ffff::/48"].iter().map(|text| text.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_where_they_come_from() {
        assert_eq!(of("192.0.2.7", &["198.51.100.1"]), "192.0.2.7", "no proxy of ours");
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6, 198.51.100.1"]),
            "198.51.100.1",
            "the rightmost is the proxy's"
        );
        assert_eq!(of("10.0.0.1", &["6.6.6.6", "198.51.100.1"]), "198.51.100.1", "in two lines");
        assert_eq!(of("10.0.0.1", &["6.6.6.6, 10.9.9.9, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
    }

    #[test]
    fn an_entry_that_cannot_be_read_never_gives_way_to_what_strangers_wrote() {
        for unreadable in ["unknown", "", "198.51.100.1 (for)", "\u{e4}", "_hidden", "1.2.3.4:99999"] {
            assert_eq!(of("10.0.0.1", &[&format!("6.6.6.6, {unreadable}")]), "10.0.0.1", "{unreadable:?}");
            assert_eq!(of("10.0.0.1", &["6.6.6.6", unreadable]), "10.0.0.1", "{unreadable:?}");
        }
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        for (entry, address) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            (" 2001:db8::1 ", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(of("10.0.0.1", &[entry]), address);
        }
        assert_eq!(of("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1", "a proxy on a dual socket");
        assert_eq!(of("2001:db8:ffff::1", &["2001:db8::9"]), "2001:db8::9");
        assert_eq!(of("10.0.0.1", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2", "nobody but proxies");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }
}
