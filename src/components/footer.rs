//! The foot of every screen: how to reach IT, always at the same place (WCAG 3.2.6), whether a machine drafted the language,
//! and the privacy statement.

use super::contact::contact_notes;
use super::{Flow, Part, contact_ways, el};
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{select, use_model};
use crate::view;

/// The foot.
pub fn footer() -> Part {
    let branding = select(use_model(), move |model| model.page.branding.clone());
    let privacy = move || {
        branding
            .with(|branding| view::web_address(&branding.privacy_url))
            .map(|address| el("a").class("privacy").attr("href", address).words(t::app_privacy()))
    };
    let drafted = select(use_model(), move |model| {
        let locale = model.features.language.current.locale();
        locale.is_machine_drafted().then(|| t::language_switch_machine_drafted(locale.name()))
    });
    let accessibility = Route::Accessibility.path();
    let inner = el("div")
        .class("foot-inner")
        .child(el("h2").words(t::support_contact()))
        .child(contact_ways(branding, Flow::Row))
        .child(contact_notes(branding))
        .live(move || drafted.get().map(|note| el("p").class("foot-notes").words(note)))
        .live(privacy)
        .child(el("a").class("privacy").attr("href", accessibility).words(t::accessibility_heading()));
    el("footer").class("foot").child(inner).into()
}
