//! Bodies that say when they are over: with the end of the request's body its connection is at work, with the end of the
//! answer's it is idle again.

use super::connections::Permit;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The body.
pub(super) struct TrackedBody {
    body: Body,
    place: Arc<Permit>,
}

impl TrackedBody {
    pub(super) const fn new(body: Body, place: Arc<Permit>) -> Self {
        Self { body, place }
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        self.place.waiting();
    }
}

/// The body of a request. While it dribbles in, its connection has nothing to do and may be closed for another one:
/// whoever sends many bodies a byte at a time pushes out their own.
pub(super) struct ArrivingBody {
    body: Incoming,
    place: Arc<Permit>,
}

impl ArrivingBody {
    /// The body; one that is there already, as there is none, leaves the connection at work.
    pub(super) fn new(body: Incoming, place: Arc<Permit>) -> Self {
        if body.is_end_stream() {
            place.answering();
        }
        Self { body, place }
    }
}

impl HttpBody for ArrivingBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let is_over = match &polled {
            Poll::Ready(Some(_)) => self.body.is_end_stream(),
            Poll::Ready(None) => true,
            Poll::Pending => false,
        };
        if is_over {
            self.place.answering();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
