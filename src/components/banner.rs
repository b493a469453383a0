//! The line across the page that says there is no connection.

use super::{Icon, Part, el, icon, live};
use crate::i18n::t;
use crate::shell::Selected;

/// Says that the page is offline, for as long as it is.
pub fn offline_banner(is_offline: Selected<bool>) -> Part {
    live(move || {
        is_offline.get().then(|| {
            let words = el("p").words(t::offline_banner());
            let inner = el("div").class("banner-inner").child(icon(Icon::Offline)).child(words);
            el("div").class("banner").child(inner)
        })
    })
}
