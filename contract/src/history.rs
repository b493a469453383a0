//! What happened, for the person it happened to: read from the append-only audit record. Never a passcode or a token.

use crate::json::Fields;
use crate::{ActionName, FailureCode, ProblemCode, RefusalReason, UtcTime};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What happened.
    HistoryActivity {
        /// A reset was asked for and accepted.
        ResetRequested = "resetRequested",
        /// A reset was asked for and refused; see `code` and `reason`.
        ResetRefused = "resetRefused",
        /// The device acknowledged a reset.
        ResetDone = "resetDone",
        /// A reset ended without success; see `errorCode`.
        ResetFailed = "resetFailed",
        /// A reset was cancelled by the person.
        ResetCanceled = "resetCanceled",
        /// A reset gave way to an erase or retire.
        ResetSuperseded = "resetSuperseded",
        /// Another action was asked for and accepted; `actionName` says which, here and below.
        ActionRequested = "actionRequested",
        /// It was asked for and refused; see `code` and `reason`.
        ActionRefused = "actionRefused",
        /// It was done.
        ActionDone = "actionDone",
        /// It ended without success; see `errorCode`.
        ActionFailed = "actionFailed",
        /// It was cancelled by the person.
        ActionCanceled = "actionCanceled",
        /// It gave way to an erase or retire.
        ActionSuperseded = "actionSuperseded",
        /// A temporary passcode was shown.
        PasscodeRevealed = "passcodeRevealed",
        /// Showing a temporary passcode was refused; see `code`.
        PasscodeRevealRefused = "passcodeRevealRefused",
        /// A recovery key or the password of a local administrator was shown.
        SecretRevealed = "secretRevealed",
        /// Showing one was refused; see `code`.
        SecretRevealRefused = "secretRevealRefused",
        /// The person reported a reset as not their own.
        ReportedUnrecognized = "reportedUnrecognized",
        /// The person signed out everywhere.
        SessionsRevoked = "sessionsRevoked",
    }
}

open_enum! {
    /// Who did it.
    HistoryActor {
        /// The person; `actorName` says the name.
        Person = "person",
        /// A device or the service, without anybody asking at that moment.
        System = "system",
    }
}

open_enum! {
    /// The browser, as far as its `User-Agent` says.
    ClientBrowser {
        /// Microsoft Edge.
        Edge = "edge",
        /// Google Chrome or Chromium.
        Chrome = "chrome",
        /// Mozilla Firefox.
        Firefox = "firefox",
        /// Apple Safari.
        Safari = "safari",
    }
}

open_enum! {
    /// The operating system, as far as the browser's `User-Agent` says.
    ClientSystem {
        /// Windows.
        Windows = "windows",
        /// macOS; also an iPad that asks for desktop pages.
        MacOs = "macOS",
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "iOS",
        /// Linux.
        Linux = "linux",
    }
}

open_enum! {
    /// Which kind of network the request came from.
    ClientNetwork {
        /// The server's own machine.
        Loopback = "loopback",
        /// A private network (RFC 1918, RFC 4193, link-local): the organisation's own, mostly.
        Private = "private",
        /// The internet.
        Public = "public",
    }
}

/// From where a request came, in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientDescription {
    /// The browser.
    pub browser: ClientBrowser,
    /// The operating system.
    pub system: ClientSystem,
    /// The kind of network.
    pub network: ClientNetwork,
    /// The address, shortened so that it tells a network and not a person: IPv4 as `203.0.113.x`, IPv6 as its first 48
    /// bits (`2001:db8:1::`); empty when it is not known.
    #[serde(default)]
    pub address: String,
}

/// One entry (`GET /me/history`, `GET /me/managedDevices/{id}/history`; newest first).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryEntry {
    /// Identifies the entry.
    pub id: String,
    /// When it happened.
    pub occurred_date_time: UtcTime,
    /// What happened.
    pub activity: HistoryActivity,
    /// Which action it is about; absent from servers that know only the reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_name: Option<ActionName>,
    /// Who did it.
    pub actor: HistoryActor,
    /// The person's name, or sign-in name when there is none; absent for the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ProblemCode>,
    /// Why the action is not allowed; with `actionNotAllowed` and `notPrimaryUser`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusalReason>,
    /// Why an action ended without success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<FailureCode>,
    /// The device it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// The device's name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// The action it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_id: Option<String>,
    /// From where; absent for the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientDescription>,
    /// The reference a person gives to IT: the `X-Request-Id` of that request; absent for the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The answer of `POST .../reportUnrecognized`: "this wasn't me". The same again for the same action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnrecognizedReport {
    /// The reset that was reported.
    pub result_id: String,
    /// The reference a person gives to IT: the request that reported it first.
    pub reference: String,
    /// When it was reported first.
    pub reported_date_time: UtcTime,
}

impl ClientDescription {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            browser: ClientBrowser::from_wire(fields.word_or_empty("browser")),
            system: ClientSystem::from_wire(fields.word_or_empty("system")),
            network: ClientNetwork::from_wire(fields.word_or_empty("network")),
            address: fields.text_or_empty("address"),
        }
    }
}

impl HistoryEntry {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            id: fields.text("id"),
            occurred_date_time: fields.moment_or_never("occurredDateTime"),
            activity: HistoryActivity::from_wire(fields.word_or_empty("activity")),
            action_name: fields.optional_word("actionName").map(ActionName::from_wire),
            actor: HistoryActor::from_wire(fields.word_or_empty("actor")),
            actor_name: fields.optional_text("actorName"),
            code: fields.optional_word("code").map(ProblemCode::from_wire),
            reason: fields.optional_word("reason").map(RefusalReason::from_wire),
            error_code: fields.optional_word("errorCode").map(FailureCode::from_wire),
            device_id: fields.optional_text("deviceId"),
            device_name: fields.optional_text("deviceName"),
            result_id: fields.optional_text("resultId"),
            client: fields.part("client", ClientDescription::read),
            reference: fields.optional_text("reference"),
        }
    }
}

impl UnrecognizedReport {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            result_id: fields.text("resultId"),
            reference: fields.text("reference"),
            reported_date_time: fields.moment("reportedDateTime"),
        }
    }
}
