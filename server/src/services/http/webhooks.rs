//! Webhooks of connectors (Standard Webhooks 1.0): who signed a message, and what it says changed.

use super::HttpService;
use super::wire::{EventKind, EventWire};
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{Clock, EventInbox, Hint, Opened, SignedMessage};
use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use portal_contract::UtcTime;
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// How far the time in a message may be from this server's, in seconds.
const TOLERANCE_SECONDS: u64 = 300;
/// For how long the identifiers of messages are remembered, in milliseconds: longer than one is good for.
const REMEMBERED_MILLIS: u64 = 600_000;
/// How many are remembered at most. One that is forgotten early would make the portal ask once more, no more than that.
const MANY: usize = 20_000;
/// The longest identifier of a message, in bytes.
const LONGEST_ID: usize = 256;
/// How many signatures of one message are looked at.
const SIGNATURES: usize = 16;
/// The shortest and the longest key, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The key that a connector signs its messages with.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

impl WebhookSecret {
    /// Reads `whsec_` and the base64 of 24 to 64 bytes; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(Base64::decode_vec(text.strip_prefix("whsec_")?).ok()?);
        KEY_BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Whether this key made one of the signatures. The comparison takes the same time wherever the first difference is.
    fn has_signed(&self, message: &SignedMessage<'_>) -> bool {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return false };
        let mac = mac
            .chain_update(message.id)
            .chain_update(b".")
            .chain_update(message.timestamp)
            .chain_update(b".")
            .chain_update(message.body);
        let signatures = message.signatures.split(' ').take(SIGNATURES);
        let known = signatures.filter_map(|one| one.strip_prefix("v1,"));
        let read = known.filter_map(|one| Base64::decode_vec(one).ok());
        read.fold(false, |found, signature| mac.clone().verify_slice(&signature).is_ok() | found)
    }
}

/// A connector that may send messages.
struct Sender {
    /// What stands before the identifiers of its devices; nothing for the first service.
    prefix: Option<String>,
    service: Arc<HttpService>,
    secrets: Vec<WebhookSecret>,
}

/// The messages of all connectors: they have one address.
pub struct Webhooks {
    clock: Arc<dyn Clock>,
    senders: Vec<Sender>,
    seen: Mutex<HashMap<String, UtcTime>>,
}

impl Webhooks {
    /// Nobody may send anything yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, senders: Vec::new(), seen: Mutex::default() }
    }

    /// A connector may send messages if it has a secret for them. `prefix` stands before the identifiers of its devices.
    pub fn hear(&mut self, prefix: Option<String>, service: Arc<HttpService>) {
        let secrets = service.webhook_secrets().to_vec();
        if !secrets.is_empty() {
            self.senders.push(Sender { prefix, service, secrets });
        }
    }

    /// Whether anybody may send anything.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !self.senders.is_empty()
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, UtcTime>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a message; false if it was noted before.
    fn is_new(&self, id: &str, now: UtcTime) -> bool {
        let mut seen = self.seen();
        let is_remembered = |at: &UtcTime| now.unix_millis().abs_diff(at.unix_millis()) < REMEMBERED_MILLIS;
        if seen.get(id).is_some_and(is_remembered) {
            return false;
        }
        if seen.len() >= MANY {
            seen.retain(|_, at| is_remembered(at));
        }
        if seen.len() >= MANY {
            seen.clear();
        }
        seen.insert(id.to_owned(), now);
        true
    }
}

impl EventInbox for Webhooks {
    fn open(&self, message: &SignedMessage<'_>) -> Opened {
        let now = self.clock.now();
        let is_id = !message.id.is_empty() && message.id.len() <= LONGEST_ID;
        if !is_id || !is_timely(message.timestamp, now) {
            return Opened::NotGenuine;
        }
        let is_sender = |sender: &&Sender| sender.secrets.iter().any(|secret| secret.has_signed(message));
        let senders: Vec<&Sender> = self.senders.iter().filter(is_sender).collect();
        if senders.is_empty() {
            return Opened::NotGenuine;
        }
        if !self.is_new(message.id, now) {
            return Opened::Genuine(Vec::new());
        }
        let Ok(event) = serde_json::from_slice::<EventWire>(message.body) else {
            tracing::warn!("a connector sent a genuine message that cannot be read");
            return Opened::Genuine(Vec::new());
        };
        Opened::Genuine(senders.into_iter().filter_map(|sender| sender.hint(&event)).collect())
    }

    fn put_back(&self, id: &str) {
        self.seen().remove(id);
    }
}

impl Sender {
    fn hint(&self, event: &EventWire) -> Option<Hint> {
        match event.kind {
            EventKind::CommandChanged => {
                let run = ResultId::parse(event.data.command_id.as_deref()?)?;
                // What it said before does not count any more.
                self.service.forget(&run);
                Some(Hint::Run { service: self.prefix.clone(), run })
            }
            EventKind::DeviceChanged => {
                let native = DeviceId::parse(event.data.device_id.as_deref()?)?;
                let person = event.data.person_id.clone().filter(|person| !person.is_empty())?;
                let device = DeviceId::in_service(self.prefix.as_deref(), &native);
                Some(Hint::Device {
                    person: PersonId::new(person),
                    device: DeviceId::parse(device.as_str())?,
                })
            }
            EventKind::Other => None,
        }
    }
}

fn is_timely(timestamp: &str, now: UtcTime) -> bool {
    let is_number = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: Option<i64> = timestamp.parse().ok().filter(|_| is_number);
    seconds.is_some_and(|seconds| seconds.abs_diff(now.unix_seconds()) <= TOLERANCE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks documentation, which its libraries test as well.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn message<'a>(id: &'a str, timestamp: &'a str, signatures: &'a str, body: &'a str) -> SignedMessage<'a> {
        SignedMessage { id, timestamp, signatures, body: body.as_bytes() }
    }

    #[test]
    fn the_published_vector_is_accepted_and_nothing_beside_it() {
        let secret = WebhookSecret::parse(SECRET).unwrap();
        let (id, time) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330");
        let (body, good) = (r#"{"test": 2432232314}"#, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(secret.has_signed(&message(id, time, good, body)));
        let several = format!("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,aaaa v1, {good} v1,x");
        assert!(secret.has_signed(&message(id, time, &several, body)));
        let many = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= ".repeat(SIGNATURES) + good;
        for wrong in [
            message("msg_other", time, good, body),
            message(id, "1614265331", good, body),
            message(id, time, good, r#"{"test": 2432232315}"#),
            message(id, time, &good.replace("v1", "v1a"), body),
            message(id, time, &good.replace("v1,", ""), body),
            message(id, time, "", body),
            message(id, time, "v1,", body),
            message(id, time, &many, body),
        ] {
            assert!(!secret.has_signed(&wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_secret_has_24_to_64_bytes_behind_its_prefix_and_is_never_printed() {
        let of = |bytes: usize| format!("whsec_{}", Base64::encode_string(&vec![7; bytes]));
        for (bytes, is_one) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(WebhookSecret::parse(&of(bytes)).is_some(), is_one, "{bytes}");
        }
        for text in ["", "whsec_", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(WebhookSecret::parse(text).is_none(), "{text}");
        }
        assert_eq!(format!("{:?}", WebhookSecret::parse(SECRET)), "Some([REDACTED])");
    }

    #[test]
    fn a_message_counts_five_minutes_before_and_after_its_time() {
        let now = UtcTime::from_unix_seconds(1_614_265_330);
        for (seconds, is_good) in [
            ("1614265330", true),
            ("1614265030", true),
            ("1614265630", true),
            ("1614265029", false),
            ("1614265631", false),
            ("-1614265330", false),
            ("+1614265330", false),
            ("1614265330.0", false),
            ("99999999999999999999", false),
            ("", false),
        ] {
            assert_eq!(is_timely(seconds, now), is_good, "{seconds}");
        }
    }
}
