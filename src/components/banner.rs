//! The lines across the page: there is no connection; a language could not be loaded.

use super::{Icon, Part, el, icon, live};
use crate::i18n::{Locale, Text, t};
use crate::shell::Selected;

/// Says that the page is offline, for as long as it is.
pub fn offline_banner(is_offline: Selected<bool>) -> Part {
    live(move || is_offline.get().then(|| banner(Icon::Offline, t::offline_banner())))
}

/// Says that the language the person chose could not be loaded, until another is chosen.
pub fn language_banner(missing: Selected<Option<Locale>>) -> Part {
    live(move || missing.get().map(|locale| banner(Icon::Warning, t::language_switch_missing(locale.name()))))
}

fn banner(sign: Icon, words: Text) -> Part {
    let inner = el("div").class("banner-inner").child(icon(sign)).child(el("p").words(words));
    el("div").class("banner").child(inner).into()
}
