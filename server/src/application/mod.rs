//! The use cases: what a person may ask for, and the queue that carries it out. Knows the ports, not what is
//! behind them.

mod actions;
mod apps;
mod branding;
mod browser_sessions;
mod browser_sign_in;
mod cancel;
mod categories;
mod clock_steps;
mod compliance;
mod devices;
mod endings;
mod events;
mod hints;
mod history;
mod issued_secrets;
mod live;
mod me;
mod notifications;
mod portal;
mod queue;
mod readiness;
mod record;
mod refusal;
mod reports;
mod reseal;
mod reservation;
mod reveal;
mod sessions;
mod sign_in_gate;
mod sweep;
mod under_way;
mod version;

pub use crate::domain::streams::StreamRules;
pub use actions::{ActionRequest, KeyHeader, SignInClaim};
pub use branding::{Shown, ShownBranding};
pub use browser_sessions::{BrowserSessions, SessionParts, SignedOut};
pub use browser_sign_in::{Begun, CallbackAnswer, Completed, SignInFailed, SignInWish};
pub use devices::{DeviceList, DeviceView};
pub use events::{ChangeStream, Resume, StreamEvent};
pub use portal::{Portal, PortalParts, Rules};
pub use queue::{Queue, Stopped};
pub use refusal::Refusal;
pub use reseal::{Resealed, reseal};
pub use sign_in_gate::Admission;
pub use version::{DeviceVersion, Precondition, digest as version_of};

/// A call on one device: who, which, and from where.
#[derive(Debug, Clone)]
pub struct DeviceCall {
    /// The validated sign-in.
    pub sign_in: crate::domain::person::SignIn,
    /// The device; `None` when the text was no identifier, which is answered like an unknown one.
    pub device: Option<crate::domain::ids::DeviceId>,
    /// Where the request came from.
    pub origin: crate::domain::audit::Origin,
}
