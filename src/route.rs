//! Every address of the page, as one type. Nothing else spells a path, so nothing from a query string can become one.

use crate::domain::DeviceId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What may stand in a path segment unescaped (RFC 3986 unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A screen of the page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// `/`: the welcome, or the way in.
    Home,
    /// `/devices`: the person's devices.
    Devices,
    /// `/devices/{id}`: one device.
    Device(DeviceId),
    /// `/devices/{id}/reset-passcode`: the reset of its passcode, at whichever step it stands.
    ResetPasscode(DeviceId),
    /// `/devices/{id}/passcode`: its temporary passcode, as large as the screen allows.
    Passcode(DeviceId),
    /// `/notifications`: what happened.
    Notifications,
    /// `/help`: whom to ask, and answers.
    Help,
    /// `/signed-out`: where the provider returns to after sign-out.
    SignedOut,
    /// `/callback`: where the provider returns to after sign-in.
    Callback,
    /// Anything else.
    NotFound,
}

impl Route {
    /// Reads the path of an address (without query and fragment). A trailing slash is tolerated.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut segments = path.split('/');
        let first = segments.next().unwrap_or("");
        let second = segments.next();
        let third = segments.next();
        if segments.next().is_some() {
            return Self::NotFound;
        }
        match (first, second, third) {
            ("", None, None) => Self::Home,
            ("devices", None, None) => Self::Devices,
            ("devices", Some(id), None) => device_id(id).map_or(Self::NotFound, Self::Device),
            ("devices", Some(id), Some("reset-passcode")) => {
                device_id(id).map_or(Self::NotFound, Self::ResetPasscode)
            }
            ("devices", Some(id), Some("passcode")) => device_id(id).map_or(Self::NotFound, Self::Passcode),
            ("notifications", None, None) => Self::Notifications,
            ("help", None, None) => Self::Help,
            ("signed-out", None, None) => Self::SignedOut,
            ("callback", None, None) => Self::Callback,
            _ => Self::NotFound,
        }
    }

    /// The path of the address, escaped; starts with a slash.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Devices => "/devices".to_owned(),
            Self::Device(id) => format!("/devices/{}", escape(id)),
            Self::ResetPasscode(id) => format!("/devices/{}/reset-passcode", escape(id)),
            Self::Passcode(id) => format!("/devices/{}/passcode", escape(id)),
            Self::Notifications => "/notifications".to_owned(),
            Self::Help => "/help".to_owned(),
            Self::SignedOut => "/signed-out".to_owned(),
            Self::Callback => "/callback".to_owned(),
            Self::NotFound => "/not-found".to_owned(),
        }
    }

    /// Whether the screen shows something of the person.
    #[must_use]
    pub const fn needs_sign_in(&self) -> bool {
        match self {
            Self::Devices
            | Self::Device(_)
            | Self::ResetPasscode(_)
            | Self::Passcode(_)
            | Self::Notifications => true,
            Self::Home | Self::Help | Self::SignedOut | Self::Callback | Self::NotFound => false,
        }
    }

    /// Whether the screen is in the part of the page that a first visit does not load.
    #[must_use]
    pub const fn needs_later_screens(&self) -> bool {
        match self {
            Self::Device(_)
            | Self::ResetPasscode(_)
            | Self::Passcode(_)
            | Self::Notifications
            | Self::Help => true,
            Self::Home | Self::Devices | Self::SignedOut | Self::Callback | Self::NotFound => false,
        }
    }

    /// Reads where to return to after a sign-in, as it was stored with the transaction: a screen of the page that makes
    /// sense to arrive at, else `None`.
    #[must_use]
    pub fn parse_return(path: &str) -> Option<Self> {
        match Self::parse(path) {
            Self::SignedOut | Self::Callback | Self::NotFound => None,
            route @ (Self::Home
            | Self::Devices
            | Self::Device(_)
            | Self::ResetPasscode(_)
            | Self::Passcode(_)
            | Self::Notifications
            | Self::Help) => Some(route),
        }
    }

    /// The device the screen is about.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Device(id) | Self::ResetPasscode(id) | Self::Passcode(id) => Some(id),
            Self::Home
            | Self::Devices
            | Self::Notifications
            | Self::Help
            | Self::SignedOut
            | Self::Callback
            | Self::NotFound => None,
        }
    }
}

fn device_id(segment: &str) -> Option<DeviceId> {
    DeviceId::parse(&percent_decode_str(segment).decode_utf8().ok()?)
}

fn escape(id: &DeviceId) -> String {
    utf8_percent_encode(id.as_str(), SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_is_found_again_by_its_path() -> Result<(), &'static str> {
        let id = DeviceId::parse("端末 1?#%2f").ok_or("an identifier")?;
        for route in [
            Route::Home,
            Route::Devices,
            Route::Device(id.clone()),
            Route::ResetPasscode(id.clone()),
            Route::Passcode(id),
            Route::Notifications,
            Route::Help,
            Route::SignedOut,
            Route::Callback,
            Route::NotFound,
        ] {
            assert_eq!(Route::parse(&route.path()), route);
            assert!(route.path().starts_with('/') && !route.path().starts_with("//"));
        }
        Ok(())
    }

    #[test]
    fn a_path_that_is_no_screen_is_not_found() {
        for path in [
            "/devices/",
            "/devices//reset-passcode",
            "/devices/a/b",
            "/devices/a/reset-passcode/x",
            "/devices/%2e%2e",
            "/devices/a%2Fb",
            "/devices/%ff",
            "//evil.example",
            "/x",
            "https://evil.example/devices",
        ] {
            let route = Route::parse(path);
            assert!(matches!(route, Route::NotFound | Route::Devices), "{path}: {route:?}");
        }
    }

    #[test]
    fn a_first_visit_needs_no_later_screen_and_what_follows_does() -> Result<(), &'static str> {
        let id = DeviceId::parse("a").ok_or("an identifier")?;
        for route in [Route::Home, Route::Devices, Route::SignedOut, Route::Callback, Route::NotFound] {
            assert!(!route.needs_later_screens(), "{route:?}");
        }
        for route in [Route::Device(id.clone()), Route::ResetPasscode(id), Route::Notifications, Route::Help]
        {
            assert!(route.needs_later_screens(), "{route:?}");
        }
        Ok(())
    }

    #[test]
    fn only_a_screen_of_our_own_can_be_returned_to() {
        for path in
            ["/callback", "/signed-out", "https://evil.example/", "//evil.example/x", "javascript:alert(1)"]
        {
            assert_eq!(Route::parse_return(path), None, "{path}");
        }
        assert_eq!(Route::parse_return("/devices"), Some(Route::Devices));
    }
}
