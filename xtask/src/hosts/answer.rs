//! One request and what came back: exactly what stands on the wire, nothing decoded, followed or normalised.

use std::time::Duration;

use ureq::http::HeaderValue;

use crate::error::{Error, Result};
use crate::http;

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
}

/// Asks a server on this machine for a path with its query, sent as it stands, with this `Accept-Encoding` or without.
pub(super) fn over_http(port: u16, path: &str, accepts: Option<&str>) -> Result<Answer> {
    let ask = || {
        let mut request = http::client(LIMIT).get(format!("http://127.0.0.1:{port}{path}"));
        if let Some(accepts) = accepts {
            request = request.header("Accept-Encoding", accepts);
        }
        let mut answer = request.call()?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.as_str().to_string(), text(value)));
        let headers = headers.collect();
        Ok(Answer { status: answer.status().as_u16(), headers, body: answer.body_mut().read_to_vec()? })
    };
    ask().map_err(|error: ureq::Error| Error::Build(format!("{path} on port {port}: {error}")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_path_is_asked_for_as_it_stands_and_the_answer_is_left_as_it_came() {
        let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = server.local_addr().unwrap().port();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let answer = "HTTP/1.1 302 Found\r\nLocation: /x\r\nX: 1\r\nx: 2\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbody";
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(request.get(..length).unwrap()).to_ascii_lowercase()
        });
        let answer = over_http(port, "/a/../..%2fb?c=%2e", None).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (302, b"body".as_slice()));
        assert_eq!((answer.header("x").as_deref(), answer.header("y")), (Some("1, 2"), None));
        let asked = asked.join().unwrap();
        assert!(asked.starts_with("get /a/../..%2fb?c=%2e http/1.1\r\n"), "{asked}");
        assert!(!asked.contains("accept-encoding"), "{asked}");
    }
}
