//! Which addresses are on this machine: what is asked there never goes by a proxy elsewhere, with TLS or without.

use std::net::IpAddr;

/// Whether the host of an http or https address is this machine (RFC 6761 section 6.3 for `localhost`, RFC 1122 section 3.2.1.3 for
/// 127.0.0.0/8).
#[must_use]
pub fn is_on_this_machine(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_on_this_machine;

    #[test]
    fn this_machine_has_a_name_and_a_network_and_nobody_else_has() {
        for address in [
            "https://localhost",
            "https://localhost:8443/realms/staff",
            "https://LOCALHOST./",
            "https://id.localhost/x",
            "http://127.0.0.1:9",
            "https://127.8.0.1?x",
            "https://[::1]:8443/x",
        ] {
            assert!(is_on_this_machine(address), "{address}");
        }
        for address in [
            "",
            "localhost",
            "https://localhost.example/",
            "https://mylocalhost/",
            "https://127.0.0.1.example/",
            "https://localhost@id.example/",
            "https://id.example/localhost",
            "https://[::2]/",
            "https://10.0.0.1/",
        ] {
            assert!(!is_on_this_machine(address), "{address}");
        }
    }
}
