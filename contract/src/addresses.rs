//! The addresses of the page, one for each screen: the one list that the page, the rules for hosts, the server's tests and
//! the hosts' tests read. A segment in braces is an identifier.

/// In the place of the identifier of a device.
pub const DEVICE_ID: &str = "{device}";
/// In the place of the identifier of a run of an action.
pub const RUN_ID: &str = "{run}";

/// The welcome, or the way in.
pub const HOME: &str = "/";
/// The person's devices.
pub const DEVICES: &str = "/devices";
/// One device.
pub const DEVICE: &str = "/devices/{device}";
/// The reset of its passcode, at whichever step it stands.
pub const RESET_PASSCODE: &str = "/devices/{device}/reset-passcode";
/// Taking it out of management, at whichever step it stands.
pub const REMOVE: &str = "/devices/{device}/remove";
/// Erasing it, at whichever step it stands.
pub const ERASE: &str = "/devices/{device}/erase";
/// Its temporary passcode, as large as the screen allows.
pub const PASSCODE: &str = "/devices/{device}/passcode";
/// What happened to it.
pub const DEVICE_HISTORY: &str = "/devices/{device}/history";
/// The organisation's applications on it.
pub const APPS: &str = "/devices/{device}/apps";
/// "This wasn't me".
pub const UNRECOGNIZED_ACTIVITY: &str = "/devices/{device}/not-me/{run}";
/// What happened to all of the person's devices.
pub const HISTORY: &str = "/history";
/// What ended since the last visit.
pub const NOTIFICATIONS: &str = "/notifications";
/// How usable the page is with which needs, and what is not known.
pub const ACCESSIBILITY: &str = "/accessibility";
/// Whom to ask, and answers.
pub const HELP: &str = "/help";
/// Where the provider returns to after sign-out.
pub const SIGNED_OUT: &str = "/signed-out";
/// Where the provider returns to after sign-in.
pub const CALLBACK: &str = "/callback";

/// Every address of the page.
pub const ALL: [&str; 16] = [
    HOME,
    DEVICES,
    DEVICE,
    RESET_PASSCODE,
    REMOVE,
    ERASE,
    PASSCODE,
    DEVICE_HISTORY,
    APPS,
    UNRECOGNIZED_ACTIVITY,
    HISTORY,
    NOTIFICATIONS,
    ACCESSIBILITY,
    HELP,
    SIGNED_OUT,
    CALLBACK,
];

/// An address with these identifiers, which must need no escaping.
#[must_use]
pub fn example(address: &str, device: &str, run: &str) -> String {
    address.replace(DEVICE_ID, device).replace(RUN_ID, run)
}

/// Whether a path is an address of the page, whatever its identifiers are. A slash at the end is tolerated.
#[must_use]
pub fn is_address(path: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    ALL.iter().any(|address| {
        let (mut expected, mut found) = (address.trim_start_matches('/').split('/'), path.split('/'));
        loop {
            match (expected.next(), found.next()) {
                (None, None) => return true,
                (Some(expected), Some(found))
                    if expected == found || (expected.starts_with('{') && !found.is_empty()) => {}
                _ => return false,
            }
        }
    })
}

/// The finished `index.html` for a portal under a path of its host: `base` begins with a slash and does not end with one. The page
/// reads it from the document element; its files are named by whole paths.
#[must_use]
pub fn document_under(base: &str, html: &str) -> String {
    html.replacen("data-base=\"\"", &format!("data-base=\"{base}\""), 1)
        .replace("\"/assets/", &format!("\"{base}/assets/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_may_have_a_dot_and_a_file_is_no_address() {
        for address in ALL {
            let path = example(address, "d.1.html", "r.1");
            assert!(is_address(&path), "{path}");
            assert!(is_address(&format!("{path}/")), "{path}/");
        }
        for path in ["/index.html", "/devices//history", "/devices/a/b/c/d/e", "/assets/x", "/robots.txt"] {
            assert!(!is_address(path), "{path}");
        }
    }

    #[test]
    fn a_document_under_a_path_names_the_path_once_and_its_files_under_it() {
        let html = r#"<html lang="en" data-base=""><script src="/assets/a.js"></script><a href="/x/assets/">data-base=""</a>"#;
        let under = r#"<html lang="en" data-base="/it"><script src="/it/assets/a.js"></script><a href="/x/assets/">data-base=""</a>"#;
        assert_eq!(document_under("/it", html), under);
    }
}
