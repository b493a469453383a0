//! One HTTP exchange over a connection of its own, and the same one cut short.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request without a body.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: &'static str,
    path: String,
    token: Option<String>,
    key: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// A status and, where there was one, a JSON body.
    Status(u16, Value),
    /// Nothing was sent: the server was not there.
    NotConnected,
    /// Sent, and nobody knows what became of it.
    Lost,
}

/// How a client cuts its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// In the middle of the request.
    HalfWay,
    /// After the last byte, without waiting.
    Sent,
    /// After the last byte and this many milliseconds.
    Later(u64),
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), token: None, key: None }
    }

    pub(crate) fn post(path: String) -> Self {
        Self { method: "POST", path, token: None, key: None }
    }

    pub(crate) fn token(self, token: String) -> Self {
        Self { token: Some(token), ..self }
    }

    pub(crate) fn key(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let token = self.token.as_ref().map(|token| ("authorization", format!("Bearer {token}")));
        let key = self.key.clone().map(|key| ("idempotency-key", key));
        let fixed = [("host", "127.0.0.1".to_owned()), ("connection", "close".to_owned())];
        fixed.into_iter().chain([("content-length", "0".to_owned())]).chain(token).chain(key).collect()
    }
}

/// Sends a request and waits for its answer.
pub(crate) async fn exchange(address: SocketAddr, request: &Request) -> Answer {
    let Ok(stream) = TcpStream::connect(address).await else { return Answer::NotConnected };
    tokio::time::timeout(PATIENCE, converse(stream, request)).await.ok().flatten().unwrap_or(Answer::Lost)
}

async fn converse(stream: TcpStream, request: &Request) -> Option<Answer> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let driver = tokio::spawn(connection);
    let mut builder = hyper::Request::builder().method(request.method).uri(&request.path);
    for (name, value) in request.headers() {
        builder = builder.header(name, value);
    }
    let response = sender.send_request(builder.body(Full::<Bytes>::default()).ok()?).await;
    let answer = match response {
        Ok(response) => {
            let status = response.status().as_u16();
            // A body cut short is an answer that was lost.
            response.into_body().collect().await.ok().map(|body| {
                Answer::Status(status, serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null))
            })
        }
        Err(_) => None,
    };
    driver.abort();
    answer
}

/// Sends a request and cuts the connection; whether anything was sent.
pub(crate) async fn cut(address: SocketAddr, request: &Request, how: Cut) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.path);
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let bytes = text.as_bytes();
    let part = match how {
        Cut::HalfWay => bytes.get(..bytes.len() / 2).unwrap_or(bytes),
        Cut::Sent | Cut::Later(_) => bytes,
    };
    let is_sent = stream.write_all(part).await.is_ok();
    if let Cut::Later(millis) = how {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    is_sent
}
