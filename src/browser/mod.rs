//! The browser, one small file a facility. Nothing here decides anything: it reads, writes and calls back.
//!
//! Only the shell, the components and the pages may use these modules; a check in `xtask` holds them to it.

mod body;
pub mod broadcast;
pub mod clipboard;
pub mod clock;
pub mod crypto;
pub mod download;
pub mod event_stream;
pub mod http;
pub mod intl;
pub mod languages;
pub mod location;
pub mod paint;
pub mod print;
pub mod random;
pub mod selection;
pub mod speech;
pub mod storage;
pub mod system_notification;
pub mod timer;
