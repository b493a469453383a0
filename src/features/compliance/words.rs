//! What the portal says of a rule that is not met: what is wrong, and what to do about it on this platform. A rule that it has
//! no words for is told in the words of the service.

use crate::domain::{Device, Platform};
use crate::i18n::{Text, t};
use crate::letters::lower_case;
use crate::words::{Tone, ago, last_check_in};
use portal_contract::{ComplianceState, DeviceCompliance, FailingRule, UtcTime};

/// How a device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessView {
    /// How good it is.
    pub tone: Tone,
    /// Whether it gets at the organisation's resources, and until when.
    pub text: Text,
    /// When it was checked last.
    pub checked: Text,
}

/// One rule that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleView {
    /// What is wrong.
    pub what: Text,
    /// More of it, in the words of the service.
    pub detail: Option<Text>,
    /// What to do.
    pub remedy: Text,
}

/// How a device stands; `None` where there is nothing to mend.
#[must_use]
pub fn access_view(
    device: &Device,
    report: Option<&DeviceCompliance>,
    now: Option<UtcTime>,
) -> Option<AccessView> {
    let (tone, text) = match device.compliance {
        ComplianceState::Noncompliant => (Tone::Bad, t::device_compliance_noncompliant()),
        ComplianceState::Conflict => (Tone::Warn, t::device_compliance_conflict()),
        ComplianceState::Error => (Tone::Warn, t::device_compliance_error()),
        ComplianceState::InGracePeriod => (
            Tone::Warn,
            device.grace_until.map_or_else(t::device_compliance_grace, t::device_compliance_grace_until),
        ),
        ComplianceState::ConfigManager => (Tone::Neutral, t::device_compliance_elsewhere()),
        // The first line of the page says it already, or nobody knows.
        ComplianceState::Compliant | ComplianceState::Unknown | ComplianceState::Other => return None,
    };
    let checked = report.map(|report| report.last_checked_date_time).filter(|then| !then.is_never());
    let checked = checked.map_or_else(|| last_check_in(device, now), |then| ago(then, now));
    Some(AccessView { tone, text, checked: t::compliance_checked(checked) })
}

/// The rules that are not met, each once.
#[must_use]
pub fn failing_rules(report: &DeviceCompliance, platform: Platform) -> Vec<RuleView> {
    let mut views: Vec<RuleView> = Vec::new();
    for rule in &report.failing_rules {
        let view = rule_view(rule, platform);
        if !views.contains(&view) {
            views.push(view);
        }
    }
    views
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Passcode,
    Encryption,
    Version,
    Tampered,
    Protection,
    Firewall,
}

/// What the codes of services have in common (Intune names settings like `Windows10CompliancePolicy.OsMinimumVersion`). The first that
/// fits counts: a rule about the version of a protection is one about protection.
const TOPICS: [(&str, Topic); 15] = [
    ("passcode", Topic::Passcode),
    ("password", Topic::Passcode),
    ("encrypt", Topic::Encryption),
    ("bitlocker", Topic::Encryption),
    ("filevault", Topic::Encryption),
    ("jailbr", Topic::Tampered),
    ("rooted", Topic::Tampered),
    ("safetynet", Topic::Tampered),
    ("threat", Topic::Protection),
    ("defender", Topic::Protection),
    ("antivirus", Topic::Protection),
    ("antispyware", Topic::Protection),
    ("firewall", Topic::Firewall),
    ("version", Topic::Version),
    ("update", Topic::Version),
];

impl Topic {
    fn of(code: &str) -> Option<Self> {
        let code = lower_case(code);
        TOPICS.iter().find(|(part, _)| code.contains(part)).map(|(_, topic)| *topic)
    }

    const fn what(self) -> Text {
        match self {
            Self::Passcode => t::compliance_passcode(),
            Self::Encryption => t::compliance_encryption(),
            Self::Version => t::compliance_version(),
            Self::Tampered => t::compliance_tampered(),
            Self::Protection => t::compliance_protection(),
            Self::Firewall => t::compliance_firewall(),
        }
    }

    /// Where it is set on a platform; `None` where the portal cannot say.
    const fn place(self, platform: Platform) -> Option<Text> {
        match (self, platform) {
            (Self::Passcode | Self::Encryption, Platform::AppleMobile) => Some(t::compliance_ios_passcode()),
            (Self::Passcode | Self::Encryption, Platform::Android) => Some(t::compliance_android_security()),
            (Self::Passcode, Platform::WindowsPc) => Some(t::compliance_windows_sign_in()),
            (Self::Passcode, Platform::MacOs) => Some(t::compliance_mac_password()),
            (Self::Encryption, Platform::WindowsPc) => Some(t::compliance_windows_encryption()),
            (Self::Encryption, Platform::MacOs) => Some(t::compliance_mac_encryption()),
            (Self::Version, Platform::AppleMobile) => Some(t::compliance_ios_update()),
            (Self::Version, Platform::MacOs) => Some(t::compliance_mac_update()),
            (Self::Version, Platform::Android) => Some(t::compliance_android_update()),
            (Self::Version, Platform::WindowsPc) => Some(t::compliance_windows_update()),
            (Self::Protection | Self::Firewall, Platform::WindowsPc) => {
                Some(t::compliance_windows_security())
            }
            (Self::Firewall, Platform::MacOs) => Some(t::compliance_mac_firewall()),
            _ => None,
        }
    }
}

fn rule_view(rule: &FailingRule, platform: Platform) -> RuleView {
    let topic = Topic::of(&rule.code);
    let said = Text::verbatim(rule.title.trim());
    let detail = rule.detail.trim();
    // The service's own title says more than ours does, but perhaps in another language.
    let more = if topic.is_some() { Some(said.clone()) } else { None };
    let detail = if detail.is_empty() { more } else { Some(Text::verbatim(detail)) };
    let remedy = match topic {
        Some(Topic::Tampered) => t::compliance_ask_it(),
        Some(topic) => topic.place(platform).map_or_else(t::compliance_ask_it, t::compliance_open),
        None => t::compliance_ask_it(),
    };
    RuleView { what: topic.map_or(said, Topic::what), detail, remedy }
}
