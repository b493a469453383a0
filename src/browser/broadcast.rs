//! What the tabs of this browser tell each other: that the person signed out, read a notification, or is still there. The
//! messages carry no secret: at most the identifier of a notification.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "passcode-portal";

/// The channel between the tabs; kept open as long as the page lives.
#[derive(Debug)]
pub struct Tabs {
    channel: Option<BroadcastChannel>,
}

impl Tabs {
    /// Joins the channel and calls `on_message` for each message of another tab. A browser without channels gets
    /// a `Tabs` that does nothing: each tab still notices at its next call.
    pub fn join(on_message: impl Fn(&str) + 'static) -> Self {
        let channel = BroadcastChannel::new(CHANNEL).ok();
        if let Some(channel) = &channel {
            let handler = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(message) = event.data().as_string() {
                    on_message(&message);
                }
            });
            let handler = handler.into_js_value();
            channel.set_onmessage(Some(handler.unchecked_ref()));
        }
        Self { channel }
    }

    /// Tells the other tabs.
    pub fn say(&self, message: &str) {
        if let Some(channel) = &self.channel {
            let _sent = channel.post_message(&message.into());
        }
    }
}
