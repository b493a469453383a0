//! What only the screens of `pages/later` are made of: it stands in their module, not in the first visit's.

mod code;
mod countdown;
mod dialog;
mod passcode_panel;

pub use code::{code, concealed_code};
pub use countdown::countdown;
pub use dialog::dialog;
pub use passcode_panel::passcode_panel;
