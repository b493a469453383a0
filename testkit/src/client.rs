//! One HTTP exchange over a connection of its own, the same one cut short, and one of bytes that need not be HTTP.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads a response of a router.
    pub async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }

    /// The body; `null` if it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The code of a problem; empty if it is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was answered.
    Answered(Answer),
    /// Nothing was sent: nobody was there.
    NotConnected,
    /// Sent, and nobody knows what became of it.
    Lost,
}

/// How a client cuts its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// In the middle of the request.
    HalfWay,
    /// After the last byte, without waiting.
    Sent,
    /// After the last byte and this many milliseconds.
    Later(u64),
}

impl Request {
    /// Reads something.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: String::new() }
    }

    /// Posts nothing.
    pub fn post(path: impl Into<String>) -> Self {
        Self { method: "POST", ..Self::get(path) }
    }

    /// Puts nothing.
    pub fn put(path: impl Into<String>) -> Self {
        Self { method: "PUT", ..Self::get(path) }
    }

    /// With a header more.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As the bearer of a token.
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// With an idempotency key.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a body.
    pub fn body(self, body: impl Into<String>) -> Self {
        Self { body: body.into(), ..self }
    }

    fn headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        let length = ("content-length", self.body.len().to_string());
        let fixed = [("host", "127.0.0.1".to_owned()), ("connection", "close".to_owned()), length];
        fixed.into_iter().chain(self.headers.iter().cloned())
    }

    fn text(&self) -> String {
        let headers: String = self.headers().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("{} {} HTTP/1.1\r\n{headers}\r\n{}", self.method, self.path, self.body)
    }
}

/// Sends a request and waits for its answer, 20 seconds at most.
pub async fn exchange(address: SocketAddr, request: &Request) -> Outcome {
    let Ok(stream) = TcpStream::connect(address).await else { return Outcome::NotConnected };
    let answer = tokio::time::timeout(PATIENCE, converse(stream, request)).await;
    answer.ok().flatten().map_or(Outcome::Lost, Outcome::Answered)
}

/// Sends a request that has to be answered.
pub async fn ask(address: SocketAddr, request: &Request) -> Answer {
    match exchange(address, request).await {
        Outcome::Answered(answer) => answer,
        Outcome::NotConnected | Outcome::Lost => {
            panic!("{} {} was not answered", request.method, request.path)
        }
    }
}

async fn converse(stream: TcpStream, request: &Request) -> Option<Answer> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let driver = tokio::spawn(connection);
    let mut builder = hyper::Request::builder().method(request.method).uri(&request.path);
    for (name, value) in request.headers() {
        builder = builder.header(name, value);
    }
    let body = Full::<Bytes>::from(request.body.clone());
    let answer = match sender.send_request(builder.body(body).ok()?).await {
        Ok(response) => read(response).await,
        Err(_) => None,
    };
    driver.abort();
    answer
}

/// A body cut short is an answer that was lost.
async fn read(response: hyper::Response<Incoming>) -> Option<Answer> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.ok()?.to_bytes().to_vec();
    Some(Answer { status: parts.status, headers: parts.headers, body })
}

/// Sends a request and cuts the connection; whether anything was sent.
pub async fn cut(address: SocketAddr, request: &Request, how: Cut) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    let text = request.text();
    let bytes = text.as_bytes();
    let part = match how {
        Cut::HalfWay => &bytes[..bytes.len() / 2],
        Cut::Sent | Cut::Later(_) => bytes,
    };
    let is_sent = stream.write_all(part).await.is_ok();
    if let Cut::Later(millis) = how {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    is_sent
}

/// Sends these very bytes and reads until the other side closes, 20 seconds at most. A connection that is cut off while
/// it is still written to counts as answered with what came.
pub async fn talk(address: &str, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}
