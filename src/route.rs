//! Every address of the page, as one type and one table. Nothing else spells a path, so nothing from a query string can
//! become one. The addresses themselves are in the contract (`portal_contract::addresses`), because whoever serves the page
//! needs them too.

use crate::domain::{Action, DeviceId, ResultId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use portal_contract::addresses::{self, DEVICE_ID, RUN_ID};

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
    /// `/devices/{id}/remove`: taking it out of management, at whichever step it stands.
    Remove(DeviceId),
    /// `/devices/{id}/erase`: erasing it, at whichever step it stands.
    Erase(DeviceId),
    /// `/devices/{id}/passcode`: its temporary passcode, as large as the screen allows.
    Passcode(DeviceId),
    /// `/devices/{id}/history`: what happened to it.
    DeviceHistory(DeviceId),
    /// `/devices/{id}/apps`: the organisation's applications on it.
    Apps(DeviceId),
    /// `/devices/{id}/not-me/{resultId}`: "this wasn't me".
    UnrecognizedActivity(DeviceId, ResultId),
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

/// What is true of a screen, whichever device it is about.
struct Row {
    address: &'static str,
    /// Whether it shows something of the person.
    needs_sign_in: bool,
    /// Whether it is in the part of the page that a first visit does not load.
    is_lazy: bool,
    /// Whether it makes sense to arrive at after a sign-in.
    can_be_returned_to: bool,
    /// The screen with the identifiers of its address.
    screen: fn(Identifiers) -> Option<Route>,
}

#[derive(Default)]
struct Identifiers {
    device: Option<DeviceId>,
    run: Option<ResultId>,
}

/// A screen of the person's, loaded when it is opened.
const OF_PERSON: Row = Row {
    address: "",
    needs_sign_in: true,
    is_lazy: true,
    can_be_returned_to: true,
    screen: |_| Some(Route::NotFound),
};

/// A screen on the way in or out.
const OF_NOBODY: Row = Row { needs_sign_in: false, is_lazy: false, can_be_returned_to: false, ..OF_PERSON };

static HOME: Row = Row {
    address: addresses::HOME,
    needs_sign_in: false,
    is_lazy: false,
    screen: |_| Some(Route::Home),
    ..OF_PERSON
};
static DEVICES: Row =
    Row { address: addresses::DEVICES, is_lazy: false, screen: |_| Some(Route::Devices), ..OF_PERSON };
static DEVICE: Row =
    Row { address: addresses::DEVICE, screen: |ids| ids.device.map(Route::Device), ..OF_PERSON };
static RESET_PASSCODE: Row = Row {
    address: addresses::RESET_PASSCODE,
    screen: |ids| ids.device.map(Route::ResetPasscode),
    ..OF_PERSON
};
static REMOVE: Row =
    Row { address: addresses::REMOVE, screen: |ids| ids.device.map(Route::Remove), ..OF_PERSON };
static ERASE: Row =
    Row { address: addresses::ERASE, screen: |ids| ids.device.map(Route::Erase), ..OF_PERSON };
static PASSCODE: Row =
    Row { address: addresses::PASSCODE, screen: |ids| ids.device.map(Route::Passcode), ..OF_PERSON };
static DEVICE_HISTORY: Row = Row {
    address: addresses::DEVICE_HISTORY,
    screen: |ids| ids.device.map(Route::DeviceHistory),
    ..OF_PERSON
};
static APPS: Row = Row { address: addresses::APPS, screen: |ids| ids.device.map(Route::Apps), ..OF_PERSON };
static UNRECOGNIZED_ACTIVITY: Row = Row {
    address: addresses::UNRECOGNIZED_ACTIVITY,
    screen: |ids| Some(Route::UnrecognizedActivity(ids.device?, ids.run?)),
    ..OF_PERSON
};
static HISTORY: Row = Row { address: addresses::HISTORY, screen: |_| Some(Route::History), ..OF_PERSON };
static NOTIFICATIONS: Row =
    Row { address: addresses::NOTIFICATIONS, screen: |_| Some(Route::Notifications), ..OF_PERSON };
static ACCESSIBILITY: Row = Row {
    address: addresses::ACCESSIBILITY,
    needs_sign_in: false,
    screen: |_| Some(Route::Accessibility),
    ..OF_PERSON
};
static HELP: Row =
    Row { address: addresses::HELP, needs_sign_in: false, screen: |_| Some(Route::Help), ..OF_PERSON };
static SIGNED_OUT: Row =
    Row { address: addresses::SIGNED_OUT, screen: |_| Some(Route::SignedOut), ..OF_NOBODY };
static CALLBACK: Row = Row { address: addresses::CALLBACK, screen: |_| Some(Route::Callback), ..OF_NOBODY };
/// No address of its own: there the page is sent with 404.
static NOT_FOUND: Row = Row { address: "/not-found", screen: |_| Some(Route::NotFound), ..OF_NOBODY };

/// Every address that leads somewhere.
static ROWS: [&Row; addresses::ALL.len()] = [
    &HOME,
    &DEVICES,
    &DEVICE,
    &RESET_PASSCODE,
    &REMOVE,
    &ERASE,
    &PASSCODE,
    &DEVICE_HISTORY,
    &APPS,
    &UNRECOGNIZED_ACTIVITY,
    &HISTORY,
    &NOTIFICATIONS,
    &ACCESSIBILITY,
    &HELP,
    &SIGNED_OUT,
    &CALLBACK,
];

impl Row {
    /// The screen at a path without slashes around it; `None` when it is not this row's.
    fn screen_at(&self, path: &str) -> Option<Route> {
        let mut given = path.split('/');
        let mut ids = Identifiers::default();
        for wanted in self.segments() {
            let given = given.next()?;
            match wanted {
                DEVICE_ID => ids.device = Some(DeviceId::parse(&decoded(given)?)?),
                RUN_ID => ids.run = Some(ResultId::parse(&decoded(given)?)?),
                word if word == given => {}
                _ => return None,
            }
        }
        if given.next().is_some() { None } else { (self.screen)(ids) }
    }

    fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.address.trim_start_matches('/').split('/')
    }
}

impl Route {
    /// The row of the screen. A new screen does not compile until it has one.
    const fn row(&self) -> &'static Row {
        match self {
            Self::Home => &HOME,
            Self::Devices => &DEVICES,
            Self::Device(_) => &DEVICE,
            Self::ResetPasscode(_) => &RESET_PASSCODE,
            Self::Remove(_) => &REMOVE,
            Self::Erase(_) => &ERASE,
            Self::Passcode(_) => &PASSCODE,
            Self::DeviceHistory(_) => &DEVICE_HISTORY,
            Self::Apps(_) => &APPS,
            Self::UnrecognizedActivity(..) => &UNRECOGNIZED_ACTIVITY,
            Self::History => &HISTORY,
            Self::Notifications => &NOTIFICATIONS,
            Self::Accessibility => &ACCESSIBILITY,
            Self::Help => &HELP,
            Self::SignedOut => &SIGNED_OUT,
            Self::Callback => &CALLBACK,
            Self::NotFound => &NOT_FOUND,
        }
    }

    /// Reads the path of an address (without query and fragment). A trailing slash is tolerated.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        ROWS.iter().find_map(|row| row.screen_at(path)).unwrap_or(Self::NotFound)
    }

    /// The path of the address, escaped; starts with a slash.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.row().segments() {
            path.push('/');
            let id = match segment {
                DEVICE_ID => self.device().map(DeviceId::as_str),
                RUN_ID => self.run().map(ResultId::as_str),
                _ => None,
            };
            match id {
                Some(id) => path.extend(utf8_percent_encode(id, SEGMENT)),
                None => path.push_str(segment),
            }
        }
        path
    }

    /// Whether the screen shows something of the person.
    #[must_use]
    pub const fn needs_sign_in(&self) -> bool {
        self.row().needs_sign_in
    }

    /// Whether the screen is in the part of the page that a first visit does not load.
    #[must_use]
    pub const fn is_lazy(&self) -> bool {
        self.row().is_lazy
    }

    /// Reads where to return to after a sign-in, as it was stored with the transaction: a screen of the page that makes
    /// sense to arrive at, else `None`.
    #[must_use]
    pub fn parse_return(path: &str) -> Option<Self> {
        Some(Self::parse(path)).filter(|route| route.row().can_be_returned_to)
    }

    /// The device the screen is about.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Device(id)
            | Self::ResetPasscode(id)
            | Self::Remove(id)
            | Self::Erase(id)
            | Self::Passcode(id)
            | Self::DeviceHistory(id)
            | Self::Apps(id)
            | Self::UnrecognizedActivity(id, _) => Some(id),
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

    /// Where an action on a device is explained, confirmed and followed.
    #[must_use]
    pub const fn of_action(action: Action, device: DeviceId) -> Self {
        match action {
            Action::ResetPasscode => Self::ResetPasscode(device),
            Action::Retire => Self::Remove(device),
            Action::Wipe => Self::Erase(device),
            Action::RemoteLock
            | Action::SyncDevice
            | Action::Rename
            | Action::SetCategory
            | Action::RebootNow => Self::Device(device),
        }
    }

    /// The action that has this screen for itself.
    #[must_use]
    pub const fn action(&self) -> Option<Action> {
        match self {
            Self::ResetPasscode(_) => Some(Action::ResetPasscode),
            Self::Remove(_) => Some(Action::Retire),
            Self::Erase(_) => Some(Action::Wipe),
            Self::Home
            | Self::Devices
            | Self::Device(_)
            | Self::Passcode(_)
            | Self::DeviceHistory(_)
            | Self::Apps(_)
            | Self::UnrecognizedActivity(..)
            | Self::History
            | Self::Notifications
            | Self::Help
            | Self::Accessibility
            | Self::SignedOut
            | Self::Callback
            | Self::NotFound => None,
        }
    }

    /// The run of an action that the screen is about.
    const fn run(&self) -> Option<&ResultId> {
        if let Self::UnrecognizedActivity(_, run) = self { Some(run) } else { None }
    }
}

fn decoded(segment: &str) -> Option<std::borrow::Cow<'_, str>> {
    percent_decode_str(segment).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The screens in a row: a new one does not compile until it has its place here.
    fn after(route: &Route) -> Option<Route> {
        let id = || DeviceId::parse("端末 1?#%2f");
        Some(match route {
            Route::Home => Route::Devices,
            Route::Devices => Route::Device(id()?),
            Route::Device(_) => Route::ResetPasscode(id()?),
            Route::ResetPasscode(_) => Route::Remove(id()?),
            Route::Remove(_) => Route::Erase(id()?),
            Route::Erase(_) => Route::Passcode(id()?),
            Route::Passcode(_) => Route::DeviceHistory(id()?),
            Route::DeviceHistory(_) => Route::Apps(id()?),
            Route::Apps(_) => Route::UnrecognizedActivity(id()?, ResultId::parse("r 1?")?),
            Route::UnrecognizedActivity(..) => Route::History,
            Route::History => Route::Notifications,
            Route::Notifications => Route::Accessibility,
            Route::Accessibility => Route::Help,
            Route::Help => Route::SignedOut,
            Route::SignedOut => Route::Callback,
            Route::Callback => Route::NotFound,
            Route::NotFound => return None,
        })
    }

    fn every_screen() -> Vec<Route> {
        std::iter::successors(Some(Route::Home), after).collect()
    }

    #[test]
    fn every_screen_is_found_again_by_its_path() {
        assert_eq!(every_screen().last(), Some(&Route::NotFound));
        for route in every_screen() {
            assert_eq!(Route::parse(&route.path()), route);
            assert!(route.path().starts_with('/') && !route.path().starts_with("//"));
        }
    }

    #[test]
    fn every_screen_but_not_found_has_its_address_in_the_contract() {
        let screens = every_screen();
        let rows: Vec<&str> = screens.iter().map(|route| route.row().address).collect();
        let mut known = addresses::ALL.to_vec();
        known.push(NOT_FOUND.address);
        assert_eq!(rows, known);
    }

    #[test]
    fn every_address_of_the_contract_leads_to_its_screen() {
        for address in addresses::ALL {
            let path = addresses::example(address, "d-1", "r-1");
            let route = Route::parse(&path);
            assert_eq!((route.row().address, route.path()), (address, path), "{route:?}");
        }
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
    fn a_first_visit_needs_no_lazy_screen_and_what_follows_does() -> Result<(), &'static str> {
        let id = DeviceId::parse("a").ok_or("an identifier")?;
        for route in [Route::Home, Route::Devices, Route::SignedOut, Route::Callback, Route::NotFound] {
            assert!(!route.is_lazy(), "{route:?}");
        }
        for route in [Route::Device(id.clone()), Route::ResetPasscode(id), Route::Notifications, Route::Help]
        {
            assert!(route.is_lazy(), "{route:?}");
        }
        Ok(())
    }

    #[test]
    fn an_action_with_a_fresh_sign_in_has_a_screen_that_leads_back_to_it() -> Result<(), &'static str> {
        let id = DeviceId::parse("a").ok_or("an identifier")?;
        for action in Action::ALL {
            let is_fresh = action.row().proof == crate::domain::RequiredProof::FreshSignIn;
            let back = Route::of_action(action, id.clone()).action();
            assert_eq!(back, is_fresh.then_some(action));
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
