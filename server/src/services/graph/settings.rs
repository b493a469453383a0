//! What is configured about a tenant.

use super::certificate::ClientCertificate;
use super::guid::Guid;
use crate::domain::action::ActionSet;
use portal_contract::SecretText;
use std::path::PathBuf;

/// Where a managed identity gets its tokens: the same address on every machine of Azure, reachable from there alone.
pub const IDENTITY_URL: &str = "http://169.254.169.254";

/// How this server shows Microsoft who it is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A key whose certificate is registered.
    Certificate(ClientCertificate),
    /// A shared secret.
    Secret(SecretText),
    /// A file with a token of a provider that the registration trusts; read anew each time.
    FederatedTokenFile(PathBuf),
    /// The identity of the machine, or the one with this client identifier.
    ManagedIdentity(Option<Guid>),
}

/// Which description of devices is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DevicesVersion {
    /// The one that names every kind of enrolment.
    Beta,
    /// The one that Microsoft supports; it calls Android's kinds of enrolment "unknown".
    V1,
}

impl DevicesVersion {
    /// The first segment of the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V1 => "v1.0",
        }
    }
}

/// A tenant of Microsoft Intune.
#[derive(Debug, Clone)]
pub struct GraphSettings {
    /// What its devices are called by.
    pub name: String,
    /// The tenant.
    pub tenant_id: Guid,
    /// This server's registration there.
    pub client_id: Guid,
    /// How it shows who it is.
    pub credential: Credential,
    /// Microsoft Graph, without a slash at the end.
    pub graph_url: String,
    /// The token endpoint's host, without a slash at the end.
    pub login_url: String,
    /// Where a managed identity gets its tokens, without a slash at the end: [`IDENTITY_URL`].
    pub identity_url: String,
    /// Which description of devices is asked for.
    pub devices_version: DevicesVersion,
    /// For how long after asking a result may still turn up, in seconds. Not documented by Microsoft.
    pub settle_seconds: i64,
    /// How long a command waits for its device before it counts as expired, in seconds.
    pub command_lifetime_seconds: i64,
    /// How long Graph may take over a command, in seconds.
    pub post_timeout_seconds: u64,
    /// Whether people may reset company-owned Android devices.
    pub corporate_android_reset: bool,
    /// Whether what IT hid in the Company Portal is hidden here as well.
    pub hide_blocked_actions: bool,
    /// Whether the organisation's name, colour, logo and contact are those of the Company Portal.
    pub branding: bool,
    /// Which actions the organisation wants.
    pub features: ActionSet,
    /// Certificates in PEM that are trusted beside the machine's own.
    pub certificates: Option<Vec<u8>>,
}
