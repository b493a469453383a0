//! Where a request came from: the peer of the socket, or, if that is a trusted proxy, what the proxies wrote into
//! `X-Forwarded-For`. Each proxy appends the address it saw, so the list is read from the right, as long as those who wrote
//! are trusted; everything further left was written by strangers and is never looked at.

use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

/// What a proxy adds that hands a request on: the three everybody writes, and the standard's own (RFC 7239).
const FORWARDED: [&str; 4] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"];

/// Whether it was said already that somebody hands requests on who is not trusted.
#[derive(Debug, Default)]
pub struct ProxyNotice(AtomicBool);

impl ProxyNotice {
    /// Says once, for whoever set the server up, that a proxy is not named: everybody seems to be where the proxy is, in the audit
    /// record and for the limits. Anybody can send such a header, so it is never more than one line.
    pub(super) fn look_at(&self, request: &Request, trusted: &[IpNet]) {
        if let Some((peer, header)) = handed_on(request.extensions(), request.headers(), trusted)
            && !self.0.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                %peer,
                header,
                remedy = "if this peer is your proxy, add it to trusted_proxies (docs/operation.md)",
                "a request was handed on by somebody who is not trusted: everybody behind it has one address in the audit record and \
                 for the limits"
            );
        }
    }
}

fn handed_on(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> Option<(IpAddr, &'static str)> {
    let header = FORWARDED.into_iter().find(|name| headers.contains_key(*name))?;
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    (!is_trusted(peer, trusted)).then_some((peer, header))
}

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
    fn whoever_hands_requests_on_and_is_not_trusted_is_noticed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let noticed = |peer: &str, header: Option<&'static str>| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 5000)));
            let value = HeaderValue::from_static("x");
            let headers = header.map(|name| (axum::http::HeaderName::from_static(name), value));
            handed_on(&extensions, &headers.into_iter().collect(), &trusted)
        };
        for header in FORWARDED {
            assert_eq!(noticed("192.0.2.7", Some(header)), Some(("192.0.2.7".parse().unwrap(), header)));
            assert_eq!(noticed("10.0.0.1", Some(header)), None, "a proxy of ours");
            assert_eq!(noticed("::ffff:10.0.0.1", Some(header)), None, "on a dual socket");
        }
        assert_eq!(noticed("192.0.2.7", None), None);
        assert_eq!(noticed("192.0.2.7", Some("via")), None, "says nothing of who came");
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
