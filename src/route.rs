//! Every address of the page, as one type. Nothing else spells a path, so nothing from a query string can become one.

use crate::domain::{DeviceId, ResultId};
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
    /// `/devices/{id}/history`: what happened to it.
    DeviceHistory(DeviceId),
    /// `/devices/{id}/not-me/{resultId}`: "this wasn't me".
    NotMe(DeviceId, ResultId),
    /// `/history`: what happened to all of the person's devices.
    History,
    /// `/notifications`: what ended since the last visit.
    Notifications,
    /// `/accessibility`: how usable the page is with which needs, and what is not known.
    Accessibility,
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
        let fourth = segments.next();
        if segments.next().is_some() {
            return Self::NotFound;
        }
        match (first, second, third, fourth) {
            ("", None, None, None) => Self::Home,
            ("devices", None, None, None) => Self::Devices,
            ("devices", Some(id), None, None) => device_id(id).map_or(Self::NotFound, Self::Device),
            ("devices", Some(id), Some("reset-passcode"), None) => {
                device_id(id).map_or(Self::NotFound, Self::ResetPasscode)
            }
            ("devices", Some(id), Some("passcode"), None) => {
                device_id(id).map_or(Self::NotFound, Self::Passcode)
            }
            ("devices", Some(id), Some("history"), None) => {
                device_id(id).map_or(Self::NotFound, Self::DeviceHistory)
            }
            ("devices", Some(id), Some("not-me"), Some(result)) => match (device_id(id), result_id(result)) {
                (Some(device), Some(result)) => Self::NotMe(device, result),
                _ => Self::NotFound,
            },
            ("history", None, None, None) => Self::History,
            ("accessibility", None, None, None) => Self::Accessibility,
            ("notifications", None, None, None) => Self::Notifications,
            ("help", None, None, None) => Self::Help,
            ("signed-out", None, None, None) => Self::SignedOut,
            ("callback", None, None, None) => Self::Callback,
            _ => Self::NotFound,
        }
    }

    /// The path of the address, escaped; starts with a slash.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Devices => "/devices".to_owned(),
            Self::Device(id) => format!("/devices/{}", escape(id.as_str())),
            Self::ResetPasscode(id) => format!("/devices/{}/reset-passcode", escape(id.as_str())),
            Self::Passcode(id) => ["/devices/", &escape(id.as_str()), "/passcode"].concat(),
            Self::DeviceHistory(id) => ["/devices/", &escape(id.as_str()), "/history"].concat(),
            Self::NotMe(id, result) => {
                ["/devices/", &escape(id.as_str()), "/not-me/", &escape(result.as_str())].concat()
            }
            Self::History => "/history".to_owned(),
            Self::Accessibility => "/accessibility".to_owned(),
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
            | Self::DeviceHistory(_)
            | Self::NotMe(..)
            | Self::History
            | Self::Notifications => true,
            Self::Home
            | Self::Help
            | Self::Accessibility
            | Self::SignedOut
            | Self::Callback
            | Self::NotFound => false,
        }
    }

    /// Whether the screen is in the part of the page that a first visit does not load.
    #[must_use]
    pub const fn needs_later_screens(&self) -> bool {
        match self {
            Self::Device(_)
            | Self::ResetPasscode(_)
            | Self::Passcode(_)
            | Self::DeviceHistory(_)
            | Self::NotMe(..)
            | Self::History
            | Self::Notifications
            | Self::Help
            | Self::Accessibility => true,
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
            | Self::DeviceHistory(_)
            | Self::NotMe(..)
            | Self::History
            | Self::Notifications
            | Self::Help
            | Self::Accessibility) => Some(route),
        }
    }

    /// The device the screen is about.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Device(id)
            | Self::ResetPasscode(id)
            | Self::Passcode(id)
            | Self::DeviceHistory(id)
            | Self::NotMe(id, _) => Some(id),
            Self::Home
            | Self::Devices
            | Self::History
            | Self::Notifications
            | Self::Help
            | Self::Accessibility
            | Self::SignedOut
            | Self::Callback
            | Self::NotFound => None,
        }
    }
}

fn device_id(segment: &str) -> Option<DeviceId> {
    DeviceId::parse(&percent_decode_str(segment).decode_utf8().ok()?)
}

fn result_id(segment: &str) -> Option<ResultId> {
    ResultId::parse(&percent_decode_str(segment).decode_utf8().ok()?)
}

fn escape(id: &str) -> String {
    utf8_percent_encode(id, SEGMENT).to_string()
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
            Route::Passcode(id.clone()),
            Route::DeviceHistory(id.clone()),
            Route::NotMe(id, ResultId::parse("r 1?").ok_or("an identifier")?),
            Route::History,
            Route::Accessibility,
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
            "/devices/a/not-me",
            "/devices/a/not-me/%2e%2e",
            "/devices/a/not-me/r/x",
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
