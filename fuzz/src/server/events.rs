//! What connectors tell by webhooks: who signed a message decides whether it is read at all.

use crate::text;
use portal_contract::{SecretText, UtcTime};
use portal_server::ports::{Clock, EventInbox as _, Hint, Opened, SignedMessage};
use portal_server::services::http::{
    Authorization, HttpService, HttpServiceSettings, WebhookSecret, Webhooks,
};
use standardwebhooks::Webhook;
use std::sync::{Arc, OnceLock};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: i64 = 1_800_000_000;

struct Still;

impl Clock for Still {
    fn now(&self) -> UtcTime {
        UtcTime::from_unix_seconds(NOW)
    }
}

/// A service takes time to make and remembers nothing of a message; who was heard is remembered by the inbox.
fn service() -> Option<Arc<HttpService>> {
    static SERVICE: OnceLock<Option<Arc<HttpService>>> = OnceLock::new();
    SERVICE.get_or_init(made).clone()
}

fn made() -> Option<Arc<HttpService>> {
    let settings = HttpServiceSettings {
        name: "mdm".to_owned(),
        url: "http://127.0.0.1:1/v1".to_owned(),
        authorization: Authorization::Bearer(SecretText::new("x".repeat(44))),
        certificates: None,
        webhook_secrets: vec![WebhookSecret::parse(SECRET)?],
    };
    HttpService::new(&settings, Arc::new(Still)).ok().map(Arc::new)
}

fn inbox() -> Option<Webhooks> {
    let mut inbox = Webhooks::new(Arc::new(Still));
    inbox.hear(Some("mdm".to_owned()), service()?);
    Some(inbox)
}

/// First lines: identifier, timestamp, signatures, where `{good}` is a right one. Rest: the body. Without a right signature, in time,
/// nothing is taken; what is taken names only what can be an identifier here, and is taken once.
pub(crate) fn message(data: &[u8]) {
    let Some(whole) = text(data) else { return };
    let mut parts = whole.splitn(4, '\n');
    let (Some(id), Some(timestamp), Some(signatures)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let body = parts.next().unwrap_or_default().as_bytes();
    let Some(inbox) = inbox() else { unreachable!("the inbox cannot be built") };
    // The standard's own crate signs by the number, we check the text: only the number's usual text can be right.
    let seconds: Option<i64> = timestamp.parse().ok();
    let good = seconds.and_then(|at| Webhook::new(SECRET).ok()?.sign(id, at, body).ok());
    let is_usual = seconds.is_some_and(|at| at.to_string() == timestamp && at.abs_diff(NOW) <= 300);
    let is_signed = signatures.split(' ').take(16).any(|one| one == "{good}");
    let signatures = signatures.replace("{good}", good.as_deref().unwrap_or_default());
    let message = SignedMessage { id, timestamp, signatures: &signatures, body };
    match inbox.open(&message) {
        Opened::Genuine(hints) => {
            assert!(is_usual && signatures.contains(good.as_deref().unwrap_or("nothing")), "{message:?}");
            assert!(hints.len() <= 1, "{hints:?}");
            for hint in hints {
                match hint {
                    Hint::Run { service, run } => {
                        assert_eq!(service.as_deref(), Some("mdm"));
                        assert!(!run.as_str().contains(['/', '%', '?', '#', ' ']), "{run:?}");
                    }
                    Hint::Device { person, device } => {
                        assert!(
                            !person.as_str().is_empty() && device.as_str().starts_with("mdm:"),
                            "{device:?}"
                        );
                    }
                }
            }
            assert_eq!(inbox.open(&message), Opened::Genuine(Vec::new()), "it is taken once");
        }
        Opened::NotGenuine => {
            let is_right = is_usual && is_signed && (1..=256).contains(&id.len());
            assert!(!is_right, "a message that is right is refused: {message:?}");
        }
    }
}
