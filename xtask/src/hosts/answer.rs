//! One request and what came back, over HTTP/1.1 on the loopback interface.
//!
//! By hand, because a client library would decode, follow, retry and normalise, and what is asked here is exactly what
//! stands on the wire.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::error::{Error, Result};

/// How long one request may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: u16,
    /// The headers, names in lower case, in the order in which they came.
    pub(super) headers: Vec<(String, String)>,
    /// The body as it was transferred, still encoded.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The values of a header, joined as a browser joins those of several lines (RFC 9110 section 5.3).
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.headers.iter().filter(|(one, _)| one == name).map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Replaces a text within the values of a header.
    pub(super) fn replace_in(&mut self, name: &str, from: &str, to: &str) {
        for (_, value) in self.headers.iter_mut().filter(|(one, _)| one == name) {
            *value = value.replace(from, to);
        }
    }

    /// Reads an answer that ends with its connection.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, rest) = bytes.split_at(end);
        let head = std::str::from_utf8(head).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let headers = lines
            .map(|line| {
                let (name, value) = line.split_once(':')?;
                Some((name.to_ascii_lowercase(), value.trim().to_string()))
            })
            .collect::<Option<_>>()?;
        let mut answer = Self { status, headers, body: rest.get(4..)?.to_vec() };
        if answer.header("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            answer.body = joined(&answer.body)?;
        }
        Some(answer)
    }
}

/// The contents of a body sent in chunks (RFC 9112 section 7.1); `None` when it ends too early.
fn joined(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n")?;
        let (size, rest) = chunks.split_at(end);
        let size =
            usize::from_str_radix(std::str::from_utf8(size).ok()?.split(';').next()?.trim(), 16).ok()?;
        let rest = rest.get(2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        chunks = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

/// Asks a server on this machine for a path with its query, sent as it stands, with this `Accept-Encoding` or without.
pub(super) fn over_http(port: u16, path: &str, accepts: Option<&str>) -> Result<Answer> {
    let failed = |source| Error::File { doing: format!("ask for {path} on port {port}"), source };
    let mut stream =
        TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), LIMIT).map_err(failed)?;
    stream.set_read_timeout(Some(LIMIT)).map_err(failed)?;
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n");
    if let Some(accepts) = accepts {
        request.push_str(&format!("Accept-Encoding: {accepts}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map_err(failed)?;
    Answer::parse(&bytes)
        .ok_or_else(|| Error::Build(format!("the answer to {path} on port {port} is no HTTP/1.1")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_status_its_headers_and_its_bytes() {
        let answer =
            Answer::parse(b"HTTP/1.1 404 Not Found\r\nA-b: c: d\r\nX: 1\r\nx: 2\r\n\r\n\x00\xffbody")
                .unwrap();
        assert_eq!((answer.status, answer.header("a-b").unwrap().as_str()), (404, "c: d"));
        assert_eq!(answer.header("x").unwrap(), "1, 2");
        assert_eq!(answer.header("y"), None);
        assert_eq!(answer.body, b"\x00\xffbody");
        assert_eq!(Answer::parse(b"SSH-2.0\r\n\r\n"), None);
    }

    #[test]
    fn a_body_in_chunks_is_put_together_and_a_torn_one_is_no_answer() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let answer = |body: &str| Answer::parse(format!("{head}{body}").as_bytes());
        assert_eq!(answer("3\r\nabc\r\na;x=1\r\n0123456789\r\n0\r\n\r\n").unwrap().body, b"abc0123456789");
        assert_eq!(answer("5\r\nabc"), None);
    }
}
