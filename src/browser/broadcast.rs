//! Tells the other tabs of this browser that the person signed out. The message carries nothing else.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::BroadcastChannel;

const CHANNEL: &str = "passcode-portal";

/// The channel between the tabs; kept open as long as the page lives.
#[derive(Debug)]
pub struct Tabs {
    channel: Option<BroadcastChannel>,
}

impl Tabs {
    /// Joins the channel and calls `on_signed_out` for each message of another tab. A browser without channels gets
    /// a `Tabs` that does nothing: each tab still notices at its next call.
    pub fn join(on_signed_out: impl Fn() + 'static) -> Self {
        let channel = BroadcastChannel::new(CHANNEL).ok();
        if let Some(channel) = &channel {
            let handler = Closure::<dyn Fn()>::new(on_signed_out).into_js_value();
            channel.set_onmessage(Some(handler.unchecked_ref()));
        }
        Self { channel }
    }

    /// Tells the other tabs.
    pub fn say_signed_out(&self) {
        if let Some(channel) = &self.channel {
            let _sent = channel.post_message(&"signed-out".into());
        }
    }
}
