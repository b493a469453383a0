//! The one REST API the page talks to (`contract`): requests, answers, errors, patience. Values only; the browser half
//! sends.

mod answer;
mod error;
mod event_stream;
mod patience;
mod reconnect;
mod request;

pub use answer::{
    DevicePage, HistoryPage, decode_accepted, decode_action, decode_apps, decode_branding, decode_categories,
    decode_compliance, decode_device, decode_devices, decode_history, decode_me, decode_notifications,
    decode_report, decode_temporary_passcode,
};
pub use error::ApiError;
pub use event_stream::{EventStream, LONGEST_EVENT, StreamError, StreamEvent, StreamEventKind};
pub use patience::{Jitter, busy_wait, poll_delay, retry_delay};
pub use reconnect::StreamPatience;
pub use request::{Api, NextLink, branding_request};
