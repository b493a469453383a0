//! Reading answers: wire becomes domain here, once.

use super::{ApiError, NextLink};
use crate::domain::{Device, HistoryEntry};
use crate::http::{HttpAnswer, HttpOutcome};
use portal_contract::json::{Fields, read_text};
use portal_contract::{
    Branding, DeviceActionResult, DeviceApp, DeviceCategory, DeviceCompliance, ManagedDevice, Me,
    Notification, Page, TemporaryPasscode, UnrecognizedReport,
};
use std::sync::Arc;

/// One page of the person's devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePage {
    /// The devices of this page. One whose identifier cannot be one is left out.
    pub devices: Vec<Arc<Device>>,
    /// The next page, if there is one.
    pub next: Option<NextLink>,
    /// Whether devices are missing because the service that manages them did not answer.
    pub is_partial: bool,
    /// How many entries could not be read.
    pub left_out: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationPage {
    /// Newest first.
    pub items: Vec<Notification>,
    /// How many entries could not be read.
    pub left_out: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The entries of this page, newest first.
    pub entries: Vec<HistoryEntry>,
    /// The next page, if there is one.
    pub next: Option<NextLink>,
    /// How many entries could not be read.
    pub left_out: usize,
}

/// A page of a collection, and how many of its entries could not be read. One of which none could be read is no answer: "nothing
/// there" would be a lie.
fn page<T>(fields: &Fields<'_>, read: fn(&Fields<'_>) -> T) -> (Page<T>, usize) {
    let page = Page::read(fields, read);
    let left_out = fields.list("value").len().saturating_sub(page.value.len());
    if page.value.is_empty() && left_out > 0 {
        fields.refuse();
    }
    (page, left_out)
}

fn success(outcome: &HttpOutcome) -> Result<&HttpAnswer, ApiError> {
    match outcome {
        Ok(answer) if answer.is_success() => Ok(answer),
        Ok(answer) => Err(ApiError::of_answer(answer)),
        Err(fault) => Err(ApiError::Network(*fault)),
    }
}

fn decode<T>(outcome: &HttpOutcome, read: fn(&Fields<'_>) -> T) -> Result<T, ApiError> {
    let answer = success(outcome)?;
    read_text(&answer.body, read).ok_or(ApiError::NotUnderstood { status: answer.status })
}

/// Reads `GET /branding`.
///
/// # Errors
/// [`ApiError`].
pub fn decode_branding(outcome: &HttpOutcome) -> Result<Branding, ApiError> {
    decode(outcome, Branding::read)
}

/// Reads `GET /me`.
///
/// # Errors
/// [`ApiError`].
pub fn decode_me(outcome: &HttpOutcome) -> Result<Me, ApiError> {
    decode(outcome, Me::read)
}

/// Reads a page of `GET /me/managedDevices`. `base` is the API's own address: a next link that leads elsewhere would
/// carry the token there, so it makes the page unreadable.
///
/// # Errors
/// [`ApiError`].
pub fn decode_devices(outcome: &HttpOutcome, base: &str) -> Result<DevicePage, ApiError> {
    let status = success(outcome)?.status;
    let (page, unread) = decode(outcome, |fields| page(fields, ManagedDevice::read))?;
    let next = next_link(page.next_link, base, status)?;
    let is_partial = !page.unavailable_services.is_empty();
    let read = page.value.len();
    let devices: Vec<_> = page.value.into_iter().filter_map(Device::from_contract).map(Arc::new).collect();
    let left_out = unread.saturating_add(read.saturating_sub(devices.len()));
    if devices.is_empty() && left_out > 0 {
        return Err(ApiError::NotUnderstood { status });
    }
    Ok(DevicePage { devices, next, is_partial, left_out })
}

fn next_link(link: Option<String>, base: &str, status: u16) -> Result<Option<NextLink>, ApiError> {
    link.map(|link| NextLink::parse(&link, base).ok_or(ApiError::NotUnderstood { status })).transpose()
}

/// Reads a page of `GET /me/history` or `GET /me/managedDevices/{id}/history`. `base` as for the devices.
///
/// # Errors
/// [`ApiError`].
pub fn decode_history(outcome: &HttpOutcome, base: &str) -> Result<HistoryPage, ApiError> {
    let status = success(outcome)?.status;
    let (page, left_out) = decode(outcome, |fields| page(fields, portal_contract::HistoryEntry::read))?;
    let entries = page.value.into_iter().map(HistoryEntry::from_contract).collect();
    Ok(HistoryPage { entries, next: next_link(page.next_link, base, status)?, left_out })
}

/// Reads the answer to `POST .../reportUnrecognized`.
///
/// # Errors
/// [`ApiError`].
pub fn decode_report(outcome: &HttpOutcome) -> Result<UnrecognizedReport, ApiError> {
    decode(outcome, UnrecognizedReport::read)
}

/// Reads `GET /me/managedDevices/{id}`.
///
/// # Errors
/// [`ApiError`].
pub fn decode_device(outcome: &HttpOutcome) -> Result<Arc<Device>, ApiError> {
    let status = success(outcome)?.status;
    let device = decode(outcome, ManagedDevice::read)?;
    Device::from_contract(device).map(Arc::new).ok_or(ApiError::NotUnderstood { status })
}

/// Reads the answer to an action.
///
/// # Errors
/// [`ApiError`].
pub fn decode_action(outcome: &HttpOutcome) -> Result<DeviceActionResult, ApiError> {
    decode(outcome, DeviceActionResult::read)
}

/// Reads an answer whose body does not matter.
///
/// # Errors
/// [`ApiError`].
pub fn decode_accepted(outcome: &HttpOutcome) -> Result<(), ApiError> {
    success(outcome).map(|_| ())
}

/// Reads `GET .../temporaryPasscode`.
///
/// # Errors
/// [`ApiError`].
pub fn decode_temporary_passcode(outcome: &HttpOutcome) -> Result<TemporaryPasscode, ApiError> {
    decode(outcome, TemporaryPasscode::read)
}

/// Reads `GET .../compliance`.
///
/// # Errors
/// [`ApiError`].
pub fn decode_compliance(outcome: &HttpOutcome) -> Result<DeviceCompliance, ApiError> {
    decode(outcome, DeviceCompliance::read)
}

/// Reads `GET .../apps`: the applications, and how many of them could not be read.
///
/// # Errors
/// [`ApiError`].
pub fn decode_apps(outcome: &HttpOutcome) -> Result<(Vec<DeviceApp>, usize), ApiError> {
    let (page, left_out) = decode(outcome, |fields| page(fields, DeviceApp::read))?;
    Ok((page.value, left_out))
}

/// Reads `GET .../deviceCategories`: the categories, and how many of them could not be read.
///
/// # Errors
/// [`ApiError`].
pub fn decode_categories(outcome: &HttpOutcome) -> Result<(Vec<DeviceCategory>, usize), ApiError> {
    let (page, left_out) = decode(outcome, |fields| page(fields, DeviceCategory::read))?;
    Ok((page.value, left_out))
}

/// Reads `GET /me/notifications`.
///
/// # Errors
/// [`ApiError`].
pub fn decode_notifications(outcome: &HttpOutcome) -> Result<NotificationPage, ApiError> {
    let (page, left_out) = decode(outcome, |fields| page(fields, Notification::read))?;
    Ok(NotificationPage { items: page.value, left_out })
}
