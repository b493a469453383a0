//! The mail to IT, as it stands there when it opens: which device, which model and platform, and the reference of the run. Never a
//! passcode.

use crate::domain::Device;
use crate::i18n::{Text, t};
use crate::words::{device_name, platform};

/// What the mail begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailView {
    pub subject: Text,
    /// A line each.
    pub lines: Vec<Text>,
}

/// The mail about a device; `reference` is that of the run it is about, where there is one.
#[must_use]
pub fn mail_about(device: &Device, reference: Option<&str>) -> MailView {
    let name = device_name(&device.name);
    let model = match device.model.trim() {
        "" => Text::verbatim("–"),
        model => Text::verbatim(model),
    };
    let mut lines = vec![t::mail_device(name.clone(), model, platform(device))];
    lines.extend(reference.map(|reference| t::mail_reference(Text::verbatim(reference))));
    MailView { subject: t::mail_subject(name), lines }
}
