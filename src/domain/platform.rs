//! Which platform a device is, as far as texts and instructions differ (`platforms.md`).

use crate::letters::lower_case;
use portal_contract::{CharacterSet, ResetOutcome};

/// The platforms the page speaks about differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Android in every form.
    Android,
    /// iOS and iPadOS.
    AppleMobile,
    /// visionOS.
    VisionOs,
    /// Windows 10 Mobile.
    Windows10Mobile,
    /// Windows Phone 8.1.
    WindowsPhone81,
    WindowsPc,
    /// macOS.
    MacOs,
    Linux,
    /// ChromeOS.
    ChromeOs,
    /// Anything else.
    Other,
}

impl Platform {
    /// Every platform, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::Android,
        Self::AppleMobile,
        Self::VisionOs,
        Self::Windows10Mobile,
        Self::WindowsPhone81,
        Self::WindowsPc,
        Self::MacOs,
        Self::Linux,
        Self::ChromeOs,
        Self::Other,
    ];

    /// Reads `operatingSystem` by prefix and without case; the version tells the Windows phones apart.
    #[must_use]
    pub fn of(operating_system: &str, os_version: &str) -> Self {
        let name: String = lower_case(operating_system).chars().filter(|c| !c.is_whitespace()).collect();
        let starts = |prefix: &str| name.starts_with(prefix);
        if starts("android") || starts("aosp") {
            Self::Android
        } else if starts("ios") || starts("ipados") || starts("iphone") || starts("ipad") {
            Self::AppleMobile
        } else if starts("visionos") {
            Self::VisionOs
        } else if starts("windows10mobile") {
            Self::Windows10Mobile
        } else if starts("windowsphone") {
            Self::windows_phone(name.strip_prefix("windowsphone").unwrap_or_default(), os_version)
        } else if starts("windows") {
            Self::WindowsPc
        } else if starts("macos") || starts("macmdm") {
            Self::MacOs
        } else if starts("linux") {
            Self::Linux
        } else if starts("chromeos") {
            Self::ChromeOs
        } else {
            Self::Other
        }
    }

    fn windows_phone(version_in_name: &str, os_version: &str) -> Self {
        let version = if os_version.trim().is_empty() { version_in_name } else { os_version.trim() };
        if version == "10" || version.starts_with("10.") {
            Self::Windows10Mobile
        } else if version == "8.1" || version.starts_with("8.1.") || version.starts_with("8.10") {
            Self::WindowsPhone81
        } else {
            Self::Other
        }
    }

    /// What a reset usually does here. Only for telling about a reset that already ran, when the server no longer says
    /// what it would do; never to decide whether one is possible.
    #[must_use]
    pub const fn usual_outcome(self) -> ResetOutcome {
        match self {
            Self::Android | Self::Windows10Mobile => {
                ResetOutcome::TemporaryPasscode { character_set: CharacterSet::LettersAndDigits }
            }
            Self::WindowsPhone81 => ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Digits },
            Self::AppleMobile | Self::VisionOs => ResetOutcome::PasscodeRemoved,
            Self::WindowsPc | Self::MacOs | Self::Linux | Self::ChromeOs | Self::Other => ResetOutcome::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operating_systems_are_read_by_prefix_and_without_case() {
        let cases = [
            ("Android", "6.0", Platform::Android),
            ("androidforwork", "13", Platform::Android),
            ("AndroidEnterprise", "14", Platform::Android),
            ("AOSP (user-aligned)", "12", Platform::Android),
            ("iOS", "18.1", Platform::AppleMobile),
            ("IPADOS", "17", Platform::AppleMobile),
            ("iPhone", "", Platform::AppleMobile),
            ("visionOS", "1.1", Platform::VisionOs),
            ("Windows 10 Mobile", "10.0.15254", Platform::Windows10Mobile),
            ("WindowsPhone", "10.0.15063", Platform::Windows10Mobile),
            ("Windows Phone 8.1", "", Platform::WindowsPhone81),
            ("WindowsPhone", "8.1", Platform::WindowsPhone81),
            ("WindowsPhone", "8.10.14219", Platform::WindowsPhone81),
            ("WindowsPhone", "7.5", Platform::Other),
            ("Windows", "10.0.22631", Platform::WindowsPc),
            ("Windows RT", "8.1", Platform::WindowsPc),
            ("macOS", "15", Platform::MacOs),
            ("Linux", "24.04", Platform::Linux),
            ("ChromeOS", "120", Platform::ChromeOs),
            ("Chrome OS", "120", Platform::ChromeOs),
            ("Tizen", "4", Platform::Other),
            ("", "", Platform::Other),
        ];
        for (system, version, platform) in cases {
            assert_eq!(Platform::of(system, version), platform, "{system} {version}");
        }
    }
}
