//! What a device and its platform are called.

use crate::domain::{Device, Platform};
use crate::i18n::{Text, t};

/// The device's name as it is; words for a device that has none.
#[must_use]
pub fn device_name(name: &str) -> Text {
    if name.trim().is_empty() { t::device_unnamed() } else { Text::verbatim(name) }
}

/// The same for a device that may not have been read yet, as after coming back from a sign-in that did not work.
#[must_use]
pub fn own_device_name(name: &str) -> Text {
    if name.trim().is_empty() { t::device_yours() } else { Text::verbatim(name) }
}

/// The platform with its version, for instance "iPadOS 17.5".
#[must_use]
pub fn platform(device: &Device) -> Text {
    let system = device.operating_system.trim();
    let name = match device.platform {
        Platform::Android => t::platform_android(),
        Platform::AppleMobile if is_ipad(system) => t::platform_ipados(),
        Platform::AppleMobile => t::platform_ios(),
        Platform::VisionOs => t::platform_vision_os(),
        Platform::Windows10Mobile => t::platform_windows_mobile(),
        // Its name is its version; "8.10.14219" after it would only confuse.
        Platform::WindowsPhone81 => return t::platform_windows_phone(),
        Platform::WindowsPc => t::platform_windows_pc(),
        Platform::MacOs => t::platform_mac_os(),
        Platform::Linux => t::platform_linux(),
        Platform::ChromeOs => t::platform_chrome_os(),
        Platform::Other if system.is_empty() => t::platform_other(),
        Platform::Other => Text::verbatim(system),
    };
    match device.os_version.trim() {
        "" => name,
        version => t::platform_with_version(name, version),
    }
}

fn is_ipad(system: &str) -> bool {
    system.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("ipad"))
}
