//! What survives a redirect, in `sessionStorage`: who is expected, what it was for, when it began. Never a token, never
//! a passcode. Each record is keyed by the `state` it is bound to, lives ten minutes and is deleted before it is used.

use super::{CodeVerifier, StepUpChallenge};
use crate::domain::{DeviceId, IdempotencyKey, Seconds};
use crate::route::Route;
use portal_contract::UtcTime;
use serde::{Deserialize, Serialize};

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
    /// A fresh sign-in for a reset of this device's passcode.
    StepUp {
        /// The device.
        device: DeviceId,
    },
    /// A recent sign-in to see this device's temporary passcode.
    Reveal {
        /// The device.
        device: DeviceId,
    },
}

impl Purpose {
    /// Where the person is after the sign-in.
    #[must_use]
    pub fn return_to(&self) -> Route {
        match self {
            Self::SignIn { return_to } | Self::Silent { return_to } => return_to.clone(),
            Self::StepUp { device } => Route::ResetPasscode(device.clone()),
            Self::Reveal { device } => Route::Device(device.clone()),
        }
    }

    const fn name(&self) -> &'static str {
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
            "stepUp" => Some(Self::StepUp { device: return_to.device()?.clone() }),
            "reveal" => Some(Self::Reveal { device: return_to.device()?.clone() }),
            _ => None,
        }
    }
}

/// Who has to sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedPerson {
    /// The subject at the provider.
    pub sub: String,
    /// What the sign-in page is told, so that nobody types it again.
    #[serde(default)]
    pub login_hint: Option<String>,
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
    /// What it is for.
    pub purpose: Purpose,
    /// The key of the reset it may lead to.
    pub key: IdempotencyKey,
    /// When it began, by this computer's clock (compared with itself only).
    pub created: UtcTime,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Transaction").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct TransactionWire {
    verifier: String,
    nonce: String,
    expected: Option<ExpectedPerson>,
    purpose: String,
    return_to: String,
    key: String,
    created: i64,
}

impl Transaction {
    /// Keys of stored transactions start with this; the `state` follows.
    pub const KEY_PREFIX: &'static str = "portal.transaction.";

    /// The storage key for a `state`.
    #[must_use]
    pub fn storage_key(state: &str) -> String {
        format!("{}{state}", Self::KEY_PREFIX)
    }

    /// The record as stored.
    #[must_use]
    pub fn serialise(&self) -> String {
        let wire = TransactionWire {
            verifier: self.verifier.reveal().to_owned(),
            nonce: self.nonce.clone(),
            expected: self.expected.clone(),
            purpose: self.purpose.name().to_owned(),
            return_to: self.purpose.return_to().path(),
            key: self.key.as_str().to_owned(),
            created: self.created.unix_millis(),
        };
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Reads a stored record; `None` for what this type did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let wire: TransactionWire = serde_json::from_str(text).ok()?;
        Some(Self {
            verifier: CodeVerifier::parse(&wire.verifier)?,
            nonce: Some(wire.nonce).filter(|nonce| !nonce.is_empty())?,
            expected: wire.expected,
            purpose: Purpose::parse(&wire.purpose, &wire.return_to)?,
            key: IdempotencyKey::parse(&wire.key)?,
            created: UtcTime::from_unix_millis(wire.created),
        })
    }

    /// Whether the record may still be used.
    #[must_use]
    pub const fn is_current(&self, wall: UtcTime) -> bool {
        is_current(self.created, wall)
    }
}

/// The way from sign-out on to the fresh sign-in: flow.md step 5, between the two redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    /// The device whose passcode shall be reset.
    pub device: DeviceId,
    /// Who has to sign in.
    pub expected: ExpectedPerson,
    /// What the server demanded, if it did.
    pub challenge: Option<StepUpChallenge>,
    /// When it began, by this computer's clock.
    pub created: UtcTime,
}

#[derive(Serialize, Deserialize)]
struct ContinuationWire {
    device: String,
    expected: ExpectedPerson,
    max_age: Option<i64>,
    acr_values: Option<String>,
    claims: Option<String>,
    created: i64,
}

impl Continuation {
    /// Keys of stored continuations start with this; the `state` follows.
    pub const KEY_PREFIX: &'static str = "portal.continuation.";

    /// The storage key for a `state`.
    #[must_use]
    pub fn storage_key(state: &str) -> String {
        format!("{}{state}", Self::KEY_PREFIX)
    }

    /// The record as stored.
    #[must_use]
    pub fn serialise(&self) -> String {
        let challenge = self.challenge.clone().unwrap_or_default();
        let wire = ContinuationWire {
            device: self.device.as_str().to_owned(),
            expected: self.expected.clone(),
            max_age: challenge.max_age.map(|age| age.0),
            acr_values: challenge.acr_values,
            claims: challenge.claims,
            created: self.created.unix_millis(),
        };
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Reads a stored record; `None` for what this type did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let wire: ContinuationWire = serde_json::from_str(text).ok()?;
        let challenge = StepUpChallenge {
            max_age: wire.max_age.map(Seconds),
            acr_values: wire.acr_values,
            claims: wire.claims,
        };
        Some(Self {
            device: DeviceId::parse(&wire.device)?,
            expected: wire.expected,
            challenge: Some(challenge).filter(|challenge| *challenge != StepUpChallenge::default()),
            created: UtcTime::from_unix_millis(wire.created),
        })
    }

    /// Whether the record may still be used.
    #[must_use]
    pub const fn is_current(&self, wall: UtcTime) -> bool {
        is_current(self.created, wall)
    }
}

/// Lets B come back after a reload, if the sign-in is still fresh then. It allows nothing by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ResumeRecord {
    /// The device.
    pub device: DeviceId,
    /// The key of this step-up.
    pub key: IdempotencyKey,
    /// Whose step-up it was.
    pub sub: String,
    /// When it began, by this computer's clock.
    pub started: UtcTime,
}

impl std::fmt::Debug for ResumeRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ResumeRecord").field("device", &self.device).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct ResumeWire {
    device: String,
    key: String,
    sub: String,
    started: i64,
}

impl ResumeRecord {
    /// The storage key; there is one record at most.
    pub const KEY: &'static str = "portal.resume";

    /// The record as stored.
    #[must_use]
    pub fn serialise(&self) -> String {
        let wire = ResumeWire {
            device: self.device.as_str().to_owned(),
            key: self.key.as_str().to_owned(),
            sub: self.sub.clone(),
            started: self.started.unix_millis(),
        };
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Reads a stored record; `None` for what this type did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let wire: ResumeWire = serde_json::from_str(text).ok()?;
        Some(Self {
            device: DeviceId::parse(&wire.device)?,
            key: IdempotencyKey::parse(&wire.key)?,
            sub: wire.sub,
            started: UtcTime::from_unix_millis(wire.started),
        })
    }

    /// Whether the record may still be used.
    #[must_use]
    pub const fn is_current(&self, wall: UtcTime) -> bool {
        is_current(self.started, wall)
    }
}

/// Within ten minutes in either direction: a clock that was set back must not make a record live for hours.
const fn is_current(created: UtcTime, wall: UtcTime) -> bool {
    let age = wall.unix_millis().saturating_sub(created.unix_millis()).saturating_abs();
    age <= EXPECTED_LIFETIME.to_milliseconds().0
}
