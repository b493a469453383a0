//! The version of a device as a client sees it: changes whenever anything in its representation does.

use portal_contract::ManagedDevice;
use sha2::{Digest as _, Sha256};

/// A strong validator (RFC 9110 section 8.8.1), without quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceVersion(pub String);

/// Lower-case hexadecimal of the first 16 bytes of a SHA-256.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl DeviceVersion {
    /// Of this representation.
    #[must_use]
    pub fn of(device: &ManagedDevice) -> Self {
        let text = serde_json::to_vec(device).unwrap_or_default();
        Self(digest(&text))
    }
}

/// A condition on the version (`If-Match`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// None.
    None,
    /// The device must exist.
    Exists,
    /// The version must be one of these.
    OneOf(Vec<DeviceVersion>),
}

impl Precondition {
    /// Whether it holds.
    #[must_use]
    pub fn holds_for(&self, version: &DeviceVersion) -> bool {
        match self {
            Self::None | Self::Exists => true,
            Self::OneOf(versions) => versions.contains(version),
        }
    }
}
