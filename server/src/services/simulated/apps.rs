//! The sample organisation's applications, by platform.

use crate::domain::app::App;
use crate::domain::device::Device;
use crate::domain::policy::PlatformFamily;
use portal_contract::AppState;

/// Name, version, publisher, how far, why not.
type Row = (&'static str, &'static str, &'static str, AppState, &'static str);

const MOBILE: &[Row] = &[
    ("Outlook", "4.2544.0", "Microsoft", AppState::Installed, ""),
    ("Teams", "7.19.2", "Microsoft", AppState::Installed, ""),
    ("経費精算", "3.1.0", "Contoso", AppState::Pending, ""),
    ("Contoso VPN", "5.0.4", "Contoso", AppState::Failed, "The device has too little free storage."),
];
const WINDOWS: &[Row] = &[
    ("Microsoft 365 Apps", "16.0.19231", "Microsoft", AppState::Installed, ""),
    ("Company Portal", "11.2.1495", "Microsoft", AppState::Installed, ""),
    ("Contoso VPN", "5.0.4", "Contoso", AppState::Installed, ""),
    ("7-Zip", "25.01", "Igor Pavlov", AppState::Installed, ""),
    ("Acrobat Reader", "25.1", "Adobe", AppState::Installed, ""),
    ("Firefox ESR", "140.5", "Mozilla", AppState::Installed, ""),
    ("Git", "2.52.0", "The Git Development Community", AppState::Installed, ""),
    ("KeePassXC", "2.7.11", "KeePassXC Team", AppState::Installed, ""),
    ("LibreOffice", "25.8.3", "The Document Foundation", AppState::Pending, ""),
    ("Notepad++", "8.8.8", "Notepad++ Team", AppState::Installed, ""),
    ("PowerToys", "0.96.0", "Microsoft", AppState::Installed, ""),
    ("Slack", "4.47.65", "Slack Technologies", AppState::Installed, ""),
    ("Visual Studio Code", "1.106.3", "Microsoft", AppState::Installed, ""),
    ("勤怠管理", "2.4", "Contoso", AppState::Failed, "0x80070643: the installer ended with an error."),
    ("CAD Viewer", "2026.1", "Contoso", AppState::NotApplicable, ""),
];
const MAC: &[Row] = &[
    ("Microsoft 365 Apps", "16.103", "Microsoft", AppState::Installed, ""),
    ("Contoso VPN", "5.0.4", "Contoso", AppState::Pending, ""),
    ("CAD Viewer", "", "Contoso", AppState::NotApplicable, ""),
];

/// What the sample organisation has on a device.
pub(super) fn sample_apps(device: &Device) -> Vec<App> {
    let rows = match PlatformFamily::of(&device.operating_system) {
        PlatformFamily::Android | PlatformFamily::Ios => MOBILE,
        PlatformFamily::Windows => WINDOWS,
        PlatformFamily::MacOs => MAC,
        PlatformFamily::Other => &[],
    };
    let app = |(number, (name, version, publisher, state, failure)): (usize, &Row)| {
        let app = App::installed(&format!("a-{number}"), name, version, publisher)?;
        Some(app.that_is(*state, failure))
    };
    rows.iter().enumerate().filter_map(app).collect()
}
