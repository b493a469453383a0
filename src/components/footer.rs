//! The foot of every screen: how to reach IT, always at the same place (WCAG 3.2.6), and the privacy statement.

use super::{Flow, contact_ways, web_address};
use crate::i18n::t;
use crate::shell::{use_model, use_tr};
use leptos::prelude::*;

/// The foot.
pub fn footer() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let branding = Memo::new(move |_| model.with(|model| model.branding.clone()));
    let notes = move || branding.with(|branding| branding.contact_it_notes.clone());
    let privacy = move || {
        branding.with(|branding| web_address(&branding.privacy_url)).map(|address| {
            view! {
                <a class="privacy" href=address>
                    {tr.say(t::app_privacy())}
                </a>
            }
        })
    };
    view! {
        <footer class="foot">
            <div class="foot-inner">
                <h2>{tr.say(t::support_contact())}</h2>
                {contact_ways(branding.into(), Flow::Row)} <p class="foot-notes">{notes}</p> {privacy}
            </div>
        </footer>
    }
    .into_any()
}
