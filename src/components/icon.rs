//! Icons: symbols of the sprite in `index.html`, drawn in the colour of the text around them. They never carry a
//! meaning alone, so they are hidden from assistive technology.

use super::{HIDDEN, View, el};
use crate::domain::Platform;

/// A symbol of the sprite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named by what it depicts")]
pub enum Icon {
    Shield,
    Phone,
    ApplePhone,
    WindowsPhone,
    Laptop,
    Headset,
    Device,
    Check,
    Clock,
    Warning,
    Error,
    Info,
    Flag,
    Help,
    Globe,
    Out,
    Next,
    Back,
    Search,
    Copy,
    Eye,
    Hide,
    Key,
    Call,
    Mail,
    Link,
    Offline,
    Lock,
    Person,
}

impl Icon {
    const fn href(self) -> &'static str {
        match self {
            Self::Shield => "#i-shield",
            Self::Phone => "#i-phone",
            Self::ApplePhone => "#i-apple-phone",
            Self::WindowsPhone => "#i-windows-phone",
            Self::Laptop => "#i-laptop",
            Self::Headset => "#i-headset",
            Self::Device => "#i-device",
            Self::Check => "#i-check",
            Self::Clock => "#i-clock",
            Self::Warning => "#i-warning",
            Self::Error => "#i-error",
            Self::Info => "#i-info",
            Self::Flag => "#i-flag",
            Self::Help => "#i-help",
            Self::Globe => "#i-globe",
            Self::Out => "#i-out",
            Self::Next => "#i-next",
            Self::Back => "#i-back",
            Self::Search => "#i-search",
            Self::Copy => "#i-copy",
            Self::Eye => "#i-eye",
            Self::Hide => "#i-hide",
            Self::Key => "#i-key",
            Self::Call => "#i-call",
            Self::Mail => "#i-mail",
            Self::Link => "#i-link",
            Self::Offline => "#i-offline",
            Self::Lock => "#i-lock",
            Self::Person => "#i-person",
        }
    }

    /// The shape that stands for a platform.
    #[must_use]
    pub const fn of_platform(platform: Platform) -> Self {
        match platform {
            Platform::Android => Self::Phone,
            Platform::AppleMobile => Self::ApplePhone,
            Platform::Windows10Mobile | Platform::WindowsPhone81 => Self::WindowsPhone,
            Platform::VisionOs => Self::Headset,
            Platform::WindowsPc | Platform::MacOs | Platform::Linux | Platform::ChromeOs => Self::Laptop,
            Platform::Other => Self::Device,
        }
    }
}

/// Draws an icon.
#[must_use]
#[inline(never)]
pub fn icon(icon: Icon) -> View {
    el("svg").class("icon").attr("aria-hidden", HIDDEN).child(el("use").attr("href", icon.href())).into()
}
