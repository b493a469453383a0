//! What the model holds of a temporary passcode: its value only while it is shown, and with it everything that would be
//! another copy of it (QR code, voice, paper), so that all of them are gone in the moment it is.

use crate::api::ApiError;
use crate::core::{Page, Reading, SpokenPasscode};
use crate::domain::{DeviceId, Milliseconds, Now, Seconds, elapsed};
use crate::i18n::Locale;
use portal_contract::{TemporaryPasscode, UtcTime};

/// What happens to the temporary passcode on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person wants to see the temporary passcode.
    ShowChosen(DeviceId),
    /// The person wants it off the screen.
    HideChosen,
    /// The person wants it in the clipboard.
    CopyChosen,
    /// The browser copied it, or refused.
    CopyFinished {
        /// Whether it is in the clipboard.
        copied: bool,
    },
    /// The person wants to see its QR code, or not any more.
    QrCodeToggled,
    /// The person wants it on the printed sheet, or not any more.
    PaperToggled,
    /// The person wants to hear it.
    ReadAloudChosen(SpokenPasscode),
    /// The person has heard enough.
    ReadAloudStopped,
    /// The voice has come to the end, or could not speak.
    ReadAloudEnded(Reading),
    /// The browser has voices of this computer's own for these languages.
    VoicesFound(Vec<Locale>),
}

/// What is known of temporary passcodes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// The one on the screen.
    pub view: PasscodeView,
    /// Until when the passcode that was shown last can be shown again.
    pub validity: Option<PasscodeValidity>,
    /// The languages for which this computer itself has a voice. One that speaks over the network is not among them: the
    /// passcode would leave the page.
    pub voices: Vec<Locale>,
    /// How often one was read aloud.
    pub(super) readings: u32,
}

impl Model {
    /// How long the passcode stays on the screen; `None` when it is not.
    #[must_use]
    pub fn hides_in(&self, page: &Page) -> Option<Milliseconds> {
        self.view.hides_in(page.now, page.server_now(), page.in_background_since)
    }
}

/// The temporary passcode of one device. The value exists only in `Shown`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PasscodeView {
    /// Not on the screen.
    #[default]
    Hidden,
    /// On its way.
    Loading { device: DeviceId },
    /// On the screen, until it hides itself.
    Shown {
        device: DeviceId,
        passcode: TemporaryPasscode,
        /// When it came.
        since: Now,
        /// What is shown and done with it besides.
        extras: PasscodeExtras,
    },
    /// There is none (any more).
    NoneThere { device: DeviceId },
    /// The sign-in is too old to see it (`RevealSignInChosen`).
    NeedsSignIn { device: DeviceId },
    /// It could not be read (`PasscodeShowChosen` tries again).
    Failed {
        device: DeviceId,
        /// Why.
        error: ApiError,
    },
}

impl PasscodeView {
    /// How long the passcode stays on the screen by itself.
    pub const SHOWN_FOR: Seconds = Seconds(120);
    /// How long it stays while the page is in the background: long enough to look something up, not to be forgotten.
    pub const KEPT_IN_BACKGROUND: Seconds = Seconds(30);

    /// The device it is about.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Hidden => None,
            Self::Loading { device }
            | Self::Shown { device, .. }
            | Self::NoneThere { device }
            | Self::NeedsSignIn { device }
            | Self::Failed { device, .. } => Some(device),
        }
    }

    /// What is shown and done with the passcode besides; nothing while it is not shown.
    #[must_use]
    pub fn extras(&self) -> PasscodeExtras {
        match self {
            Self::Shown { extras, .. } => *extras,
            Self::Hidden
            | Self::Loading { .. }
            | Self::NoneThere { .. }
            | Self::NeedsSignIn { .. }
            | Self::Failed { .. } => PasscodeExtras::default(),
        }
    }

    /// How long the passcode stays on the screen, from whichever ends first: the time it is shown for, its own validity
    /// (by the server's clock, as far as that is known), or the time since the page went to the background. `None` when
    /// it is not on the screen. Moments, not counts: after sleep it is right at once.
    #[must_use]
    pub fn hides_in(
        &self,
        now: Now,
        server_now: Option<UtcTime>,
        in_background_since: Option<Now>,
    ) -> Option<Milliseconds> {
        let Self::Shown { passcode, since, .. } = self else { return None };
        let of = |span: Seconds, from: Now| span.to_milliseconds().minus(elapsed(from, now));
        let mut left = of(Self::SHOWN_FOR, *since);
        if let Some(valid) = valid_for(passcode, server_now) {
            left = left.min(valid);
        }
        if let Some(since) = in_background_since {
            left = left.min(of(Self::KEPT_IN_BACKGROUND, since));
        }
        Some(left.max(Milliseconds::ZERO))
    }

    /// Whether the passcode on the screen is no longer valid.
    #[must_use]
    pub fn is_expired(&self, server_now: Option<UtcTime>) -> bool {
        let Self::Shown { passcode, .. } = self else { return false };
        valid_for(passcode, server_now).is_some_and(|left| left <= Milliseconds::ZERO)
    }
}

fn valid_for(passcode: &TemporaryPasscode, server_now: Option<UtcTime>) -> Option<Milliseconds> {
    let until = Milliseconds(passcode.expires_date_time.unix_millis());
    server_now.map(|now| until.minus(Milliseconds(now.unix_millis())))
}

/// Other forms of the shown passcode, each only on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PasscodeExtras {
    /// Whether its QR code is on the screen.
    pub qr_code: PasscodeExtra,
    /// Whether it is printed with the steps.
    pub paper: PasscodeExtra,
    /// Whether it is being read aloud, and which reading that is.
    pub reading: Option<Reading>,
}

/// Whether a form of the passcode is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasscodeExtra {
    /// It is not.
    #[default]
    Off,
    On,
}

impl PasscodeExtra {
    pub(crate) const fn toggled(self) -> Self {
        match self {
            Self::Off => Self::On,
            Self::On => Self::Off,
        }
    }
}

/// Until when a passcode that was shown can be shown again. No secret, so it stays when the passcode goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasscodeValidity {
    pub device: DeviceId,
    /// Until then.
    pub until: UtcTime,
}
