//! Which addresses may be talked to or navigated to: https, or http on this very computer.

/// Whether `url` is absolute, secure (https, or http on loopback for development) and free of what could disguise its
/// host: user information, whitespace, control characters, backslashes, a fragment.
#[must_use]
pub fn is_acceptable_url(url: &str) -> bool {
    let is_clean = !url.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '#'));
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or("");
    if !is_clean || authority.is_empty() || authority.contains('@') {
        return false;
    }
    match scheme {
        "https" => true,
        "http" => is_loopback(authority),
        _ => false,
    }
}

/// Whether `origin` is scheme and authority of an acceptable address and nothing more.
#[must_use]
pub fn is_acceptable_origin(origin: &str) -> bool {
    let rest = origin.split_once("://").map_or("", |(_, rest)| rest);
    is_acceptable_url(origin) && !rest.contains(['/', '?'])
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => authority.split(':').next().unwrap_or(""),
    };
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_computer_are_talked_to() {
        for right in [
            "https://id.example",
            "https://id.example:8443/a?b=c",
            "http://localhost:8081",
            "http://127.0.0.1:1/x",
            "http://[::1]:8081/",
        ] {
            assert!(is_acceptable_url(right), "{right}");
        }
        for wrong in [
            "http://id.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "https://user@id.example",
            "http://localhost@evil.example",
            "javascript:alert(1)",
            "//id.example",
            "https://",
            "https:///x",
            "https://id.example/#x",
            "https://id.example\\@x",
            "https://id .example",
            "",
            "ftp://localhost",
            "data:text/html,x",
        ] {
            assert!(!is_acceptable_url(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_nothing_but_scheme_and_authority() {
        assert!(is_acceptable_origin("https://portal.example"));
        assert!(!is_acceptable_origin("https://portal.example/"));
        assert!(!is_acceptable_origin("https://portal.example?x"));
    }
}
