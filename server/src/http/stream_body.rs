//! A body that is written while it is read: bounded, and given up when nobody reads.

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// How many pieces wait for the connection at most.
const WAITING: usize = 4;

/// The reader is gone, or has not read for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stalled;

/// The writing end; the body ends when it is dropped.
pub(super) struct StreamSender {
    pieces: mpsc::Sender<Bytes>,
    stall: Duration,
}

/// The body.
pub(super) struct StreamBody(mpsc::Receiver<Bytes>);

impl StreamBody {
    /// Both ends. A connection that makes no room for `stall` counts as gone.
    pub(super) fn channel(stall: Duration) -> (StreamSender, Self) {
        let (pieces, receiver) = mpsc::channel(WAITING);
        (StreamSender { pieces, stall }, Self(receiver))
    }
}

impl StreamSender {
    /// Sends a piece; waits for room.
    pub(super) async fn send(&self, text: String) -> Result<(), Stalled> {
        self.pieces.send_timeout(Bytes::from(text), self.stall).await.map_err(|_| Stalled)
    }

    /// Ends when the connection has dropped the body.
    pub(super) async fn client_gone(&self) {
        self.pieces.closed().await;
    }
}

impl HttpBody for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_that_does_not_read_is_given_up() {
        let (sender, _body) = StreamBody::channel(Duration::from_millis(20));
        for _ in 0..WAITING {
            assert_eq!(sender.send("x".to_owned()).await, Ok(()));
        }
        assert_eq!(sender.send("x".to_owned()).await, Err(Stalled));
    }

    #[tokio::test]
    async fn a_reader_that_is_gone_is_noticed() {
        let (sender, body) = StreamBody::channel(Duration::from_millis(20));
        drop(body);
        sender.client_gone().await;
        assert_eq!(sender.send("x".to_owned()).await, Err(Stalled));
    }
}
