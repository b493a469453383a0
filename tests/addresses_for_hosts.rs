//! Hosts that need a list of the page's addresses are told all of them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code fails loudly")]

#[path = "../xtask/src/dist/headers/pages.rs"]
mod pages;

use pages::{Below, PAGES};
use passcode_portal::domain::{DeviceId, ResultId};
use passcode_portal::route::Route;

/// The screens in a row: a new one does not compile until it has its place here.
fn after(route: &Route) -> Option<Route> {
    let id = || DeviceId::parse("d").unwrap();
    Some(match route {
        Route::Home => Route::Devices,
        Route::Devices => Route::Device(id()),
        Route::Device(_) => Route::ResetPasscode(id()),
        Route::ResetPasscode(_) => Route::Passcode(id()),
        Route::Passcode(_) => Route::DeviceHistory(id()),
        Route::DeviceHistory(_) => Route::NotMe(id(), ResultId::parse("r").unwrap()),
        Route::NotMe(..) => Route::History,
        Route::History => Route::Notifications,
        Route::Notifications => Route::Accessibility,
        Route::Accessibility => Route::Help,
        Route::Help => Route::SignedOut,
        Route::SignedOut => Route::Callback,
        Route::Callback => Route::NotFound,
        // No address of its own: there the page is sent with 404.
        Route::NotFound => return None,
    })
}

#[test]
fn every_address_of_the_page_is_known_to_hosts_that_need_a_list() {
    let screens = std::iter::successors(after(&Route::Home), after).filter(|route| *route != Route::NotFound);
    for screen in screens {
        let path = screen.path();
        let below = |page: &str| path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/'));
        let is_known =
            PAGES.iter().any(|(page, more)| *page == path || (*more == Below::Pages && below(page)));
        assert!(is_known, "{path} is in no rule");
    }
}
