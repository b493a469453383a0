//! The line across the page that says there is no connection.

use super::{Icon, Part, el, icon, live};
use crate::i18n::t;
use crate::shell::Selected;

/// Says that the page is offline, for as long as it is.
///
/// `unsent` counts what was pressed meanwhile and not sent: each time it is said that it was not.
pub fn offline_banner(is_offline: Selected<bool>, unsent: Selected<u32>) -> Part {
    live(move || {
        is_offline.get().then(|| {
            let refused = move || {
                let alert = || el("p").attr("role", "alert").child(el("strong").words(t::offline_unsent()));
                (unsent.get() > 0).then(alert)
            };
            let words = el("div").child(el("p").words(t::offline_banner())).live(refused);
            let inner = el("div").class("banner-inner").child(icon(Icon::Offline)).child(words);
            el("div").class("banner").child(inner)
        })
    })
}
