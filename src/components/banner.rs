//! The lines across the page: there is no connection; devices are missing; a language could not be loaded.

use super::{Icon, Part, el, icon, live};
use crate::i18n::{Locale, Text, t};
use crate::shell::Selected;

/// Says that the page is offline, for as long as it is.
///
/// `unsent` counts what was pressed meanwhile and not sent: each time it is said that it was not.
pub fn offline_banner(is_offline: Selected<bool>, unsent: Selected<u32>) -> Part {
    live(move || {
        is_offline.get().then(|| {
            let alert = || el("p").attr("role", "alert").child(el("strong").words(t::offline_unsent()));
            let refused = live(move || (unsent.get() > 0).then(alert));
            banner("offline", Icon::Offline, t::offline_banner(), Some(refused))
        })
    })
}

/// Says that devices are missing because a service does not answer, until they are read without a gap.
pub fn service_banner(is_down: Selected<bool>) -> Part {
    live(move || {
        is_down.get().then(|| banner("service-down", Icon::Warning, t::devices_service_down(), None))
    })
}

/// Says that the language the person chose could not be loaded, until another is chosen.
pub fn language_banner(missing: Selected<Option<Locale>>) -> Part {
    live(move || {
        missing.get().map(|locale| {
            banner("language-missing", Icon::Warning, t::language_switch_missing(locale.name()), None)
        })
    })
}

/// A landmark named by its own words: who moves from landmark to landmark finds it.
fn banner(id: &'static str, sign: Icon, words: Text, more: Option<Part>) -> Part {
    let words = el("div").child(el("p").attr("id", id).words(words)).child(more);
    let inner = el("div").class("banner-inner").child(icon(sign)).child(words);
    el("section").class("banner").attr("aria-labelledby", id).child(inner).into()
}
