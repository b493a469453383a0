//! What survives a redirect, in `sessionStorage`: who is expected, what it was for, when it began. Never a token, never
//! a passcode. Each record is keyed by the `state` it is bound to, lives ten minutes and is deleted before it is used.

use super::{CodeVerifier, StepUpChallenge};
use crate::domain::{Action, Computer, DeviceId, IdempotencyKey, RequiredProof, Seconds};
use crate::route::Route;
use portal_contract::json::{Fields, quoted, read_text};
use portal_contract::{ActionName, UtcTime};

/// How long a record may wait to be used.
pub const EXPECTED_LIFETIME: Seconds = Seconds(600);

/// What a sign-in is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The person pressed "Sign in".
    SignIn {
        /// Where to go on.
        return_to: Route,
    },
    /// After a reload or an expired token, without asking (`prompt=none`).
    Silent {
        /// Where to go on.
        return_to: Route,
    },
    /// A fresh sign-in for an action on this device.
    StepUp { device: DeviceId, action: Action },
    /// A recent sign-in to see this device's temporary passcode.
    Reveal { device: DeviceId },
}

impl Purpose {
    /// Where the person is after the sign-in.
    #[must_use]
    pub fn return_to(&self) -> Route {
        match self {
            Self::SignIn { return_to } | Self::Silent { return_to } => return_to.clone(),
            Self::StepUp { device, action } => Route::of_action(*action, device.clone()),
            Self::Reveal { device } => Route::Device(device.clone()),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "signIn",
            Self::Silent { .. } => "silent",
            Self::StepUp { .. } => "stepUp",
            Self::Reveal { .. } => "reveal",
        }
    }

    fn parse(name: &str, return_to: &str) -> Option<Self> {
        let return_to = Route::parse_return(return_to)?;
        match name {
            "signIn" => Some(Self::SignIn { return_to }),
            "silent" => Some(Self::Silent { return_to }),
            "stepUp" => {
                Some(Self::StepUp { device: return_to.device()?.clone(), action: return_to.action()? })
            }
            "reveal" => Some(Self::Reveal { device: return_to.device()?.clone() }),
            _ => None,
        }
    }
}

/// Who has to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct ExpectedPerson {
    /// The subject at the provider.
    pub sub: String,
    /// What the sign-in page is told, so that nobody types it again.
    pub login_hint: Option<String>,
}

impl ExpectedPerson {
    fn read(fields: &Fields<'_>) -> Self {
        Self { sub: fields.text("sub"), login_hint: fields.optional_text("login_hint") }
    }

    fn write(&self) -> String {
        object(&[("sub", quoted(&self.sub)), ("login_hint", optional_text(self.login_hint.as_deref()))])
    }
}

impl std::fmt::Debug for ExpectedPerson {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It names a person.
        formatter.write_str("[REDACTED]")
    }
}

/// One sign-in on its way. `Debug` shows what it is for, nothing that could complete it.
#[derive(Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Proves that this tab began it.
    pub verifier: CodeVerifier,
    /// Has to come back inside the ID token.
    pub nonce: String,
    /// Who has to come back; `None` when anybody may sign in.
    pub expected: Option<ExpectedPerson>,
    pub purpose: Purpose,
    /// The key of the reset it may lead to.
    pub key: IdempotencyKey,
    /// Whose screen it was begun on.
    pub screen: Computer,
    /// When it began, by this computer's clock (compared with itself only).
    pub created: UtcTime,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Transaction").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

impl Transaction {
    /// Keys of stored transactions start with this; the `state` follows.
    pub const KEY_PREFIX: &'static str = "portal.transaction.";

    /// The storage key for a `state`.
    #[must_use]
    pub fn storage_key(state: &str) -> String {
        [Self::KEY_PREFIX, state].concat()
    }

    /// The record as stored.
    #[must_use]
    pub fn serialise(&self) -> String {
        let expected = self.expected.as_ref().map_or_else(null, ExpectedPerson::write);
        object(&[
            ("verifier", quoted(self.verifier.reveal())),
            ("nonce", quoted(&self.nonce)),
            ("expected", expected),
            ("purpose", quoted(self.purpose.name())),
            ("return_to", quoted(&self.purpose.return_to().path())),
            ("key", quoted(self.key.as_str())),
            ("borrowed", (self.screen == Computer::Shared).to_string()),
            ("created", write_moment(self.created)),
        ])
    }

    /// Reads a stored record; `None` for what this type did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let record = read_text(text, |fields| {
            let is_shared = fields.flag("borrowed");
            let [verifier, nonce, purpose, return_to, key] =
                ["verifier", "nonce", "purpose", "return_to", "key"].map(|name| fields.word(name));
            let expected = fields.part("expected", ExpectedPerson::read);
            if expected.is_none() && fields.value("expected").is_some() {
                // Without it anybody might come back.
                fields.refuse();
            }
            let created = read_moment(fields, "created");
            Some(Self {
                verifier: CodeVerifier::parse(verifier)?,
                nonce: Some(nonce).filter(|nonce| !nonce.is_empty())?.to_owned(),
                expected,
                purpose: Purpose::parse(purpose, return_to)?,
                key: IdempotencyKey::parse(key)?,
                screen: if is_shared { Computer::Shared } else { Computer::Own },
                created,
            })
        });
        record.flatten()
    }

    /// Whether the record may still be used.
    #[must_use]
    pub const fn is_current(&self, wall: UtcTime) -> bool {
        is_current(self.created, wall)
    }
}

/// A step-up on its way (flow.md step 5). It outlives whatever the provider does with the sign-out: an error, a page of its
/// own, a return without `state`. It leads to a sign-in and allows nothing by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Continuation {
    /// The device it is about.
    pub device: DeviceId,
    /// What shall be done with it.
    pub action: Action,
    /// Its name; empty when it was not known.
    pub device_name: String,
    /// The `state` of the sign-out: whoever comes back with it goes on without being asked, once.
    pub state: Option<String>,
    /// Whether a sign-out was tried before, so that none is tried again.
    pub is_again: bool,
    /// Who has to sign in.
    pub expected: ExpectedPerson,
    /// What the server demanded, if it did.
    pub challenge: Option<StepUpChallenge>,
    /// When it began, by this computer's clock.
    pub created: UtcTime,
}

impl std::fmt::Debug for Continuation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Continuation").field("device", &self.device).finish_non_exhaustive()
    }
}

impl Continuation {
    /// The storage key; there is one record at most.
    pub const KEY: &'static str = "portal.step-up";

    /// The record as stored.
    #[must_use]
    pub fn serialise(&self) -> String {
        let challenge = self.challenge.clone().unwrap_or_default();
        object(&[
            ("device", quoted(self.device.as_str())),
            ("action", quoted(self.action.row().name.as_str())),
            ("name", quoted(&self.device_name)),
            ("state", optional_text(self.state.as_deref())),
            ("again", self.is_again.to_string()),
            ("expected", self.expected.write()),
            ("max_age", challenge.max_age.map_or_else(null, |age| age.0.to_string())),
            ("acr_values", optional_text(challenge.acr_values.as_deref())),
            ("claims", optional_text(challenge.claims.as_deref())),
            ("created", write_moment(self.created)),
        ])
    }

    /// Reads a stored record; `None` for what this type did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let record = read_text(text, |fields| {
            let challenge = StepUpChallenge {
                max_age: fields.optional_number("max_age").map(Seconds),
                acr_values: fields.optional_text("acr_values"),
                claims: fields.optional_text("claims"),
                obstacle: None,
            };
            let expected = fields.part("expected", ExpectedPerson::read);
            let (created, is_again) = (read_moment(fields, "created"), fields.flag("again"));
            let (device_name, state) = (fields.text_or_empty("name"), fields.optional_text("state"));
            Some(Self {
                device: DeviceId::parse(fields.word("device"))?,
                action: read_action(fields)?,
                device_name,
                state,
                is_again,
                expected: expected?,
                challenge: Some(challenge).filter(|challenge| *challenge != StepUpChallenge::default()),
                created,
            })
        });
        record.flatten()
    }

    /// Whether the record may still be used.
    #[must_use]
    pub const fn is_current(&self, wall: UtcTime) -> bool {
        is_current(self.created, wall)
    }
}

/// Lets the confirmation come back after a reload, if the sign-in is still fresh then. It allows nothing by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ResumeRecord {
    pub device: DeviceId,
    /// What was to be confirmed.
    pub action: Action,
    /// The key of this step-up.
    pub key: IdempotencyKey,
    /// Whose step-up it was.
    pub sub: String,
    /// That it rests on the first sign-in, which counts for so long; a reload makes no second of it.
    pub first_within: Option<Seconds>,
    /// When it began, by this computer's clock.
    pub started: UtcTime,
}

impl std::fmt::Debug for ResumeRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ResumeRecord").field("device", &self.device).finish_non_exhaustive()
    }
}

impl ResumeRecord {
    /// The storage key; there is one record at most.
    pub const KEY: &'static str = "portal.resume";

    /// The record as stored.
    #[must_use]
    pub fn serialise(&self) -> String {
        object(&[
            ("device", quoted(self.device.as_str())),
            ("action", quoted(self.action.row().name.as_str())),
            ("key", quoted(self.key.as_str())),
            ("sub", quoted(&self.sub)),
            ("first_within", self.first_within.map_or_else(null, |within| within.0.to_string())),
            ("started", write_moment(self.started)),
        ])
    }

    /// Reads a stored record; `None` for what this type did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let record = read_text(text, |fields| {
            let (sub, started) = (fields.text("sub"), read_moment(fields, "started"));
            let first_within = fields.optional_number("first_within").map(Seconds);
            Some(Self {
                device: DeviceId::parse(fields.word("device"))?,
                action: read_action(fields)?,
                key: IdempotencyKey::parse(fields.word("key"))?,
                sub,
                first_within,
                started,
            })
        });
        record.flatten()
    }

    /// Whether the record may still be used.
    #[must_use]
    pub const fn is_current(&self, wall: UtcTime) -> bool {
        is_current(self.started, wall)
    }
}

/// The action of a record: one that needs a fresh sign-in, else the record is none of this page's.
fn read_action(fields: &Fields<'_>) -> Option<Action> {
    let action = Action::named(ActionName::from_wire(fields.word("action")))?;
    (action.row().proof == RequiredProof::FreshSignIn).then_some(action)
}

/// Within ten minutes in either direction: a clock that was set back must not make a record live for hours.
const fn is_current(created: UtcTime, wall: UtcTime) -> bool {
    let age = wall.unix_millis().saturating_sub(created.unix_millis()).saturating_abs();
    age <= EXPECTED_LIFETIME.to_milliseconds().0
}

/// A JSON object of fields whose values are JSON already. By hand: writing a whole `Value` costs the page kilobytes.
pub(crate) fn object(fields: &[(&str, String)]) -> String {
    let mut json = String::new();
    for (name, value) in fields {
        json.push_str(if json.is_empty() { "{\"" } else { ",\"" });
        json.push_str(name);
        json.push_str("\":");
        json.push_str(value);
    }
    json.push('}');
    json
}

pub(crate) fn optional_text(value: Option<&str>) -> String {
    value.map_or_else(null, quoted)
}

pub(crate) fn null() -> String {
    "null".to_owned()
}

/// A moment of this computer's clock, stored as Unix time in milliseconds.
fn write_moment(moment: UtcTime) -> String {
    moment.unix_millis().to_string()
}

fn read_moment(fields: &Fields<'_>, name: &str) -> UtcTime {
    UtcTime::from_unix_millis(fields.number(name))
}
