//! One handler for each call of the contract.

pub(super) mod actions;
pub(super) mod apps;
pub(super) mod branding;
pub(super) mod categories;
pub(super) mod compliance;
pub(super) mod devices;
pub(super) mod events;
pub(super) mod history;
pub(super) mod issued_secrets;
pub(super) mod me;
pub(super) mod notifications;
pub(super) mod passcode;
pub(super) mod results;
pub(super) mod sessions;
