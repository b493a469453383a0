//! What only the screens of `pages/later` are made of: it stands in their module, not in the first visit's.

mod code;
mod countdown;
mod dialog;
mod focus;
mod passcode_panel;
mod print_sheet;
mod qr_code;
mod spelled_passcode;

pub use code::{code, code_legend, concealed_code};
pub use countdown::countdown;
pub use dialog::{dialog, focus_return};
pub use focus::take_lost_focus;
pub use passcode_panel::{PanelPlace, passcode_panel};
pub use print_sheet::print_steps;
pub use qr_code::qr_code;
pub use spelled_passcode::spelled_passcode;
