//! The line across the page that says there is no connection.

use super::{Icon, icon};
use crate::i18n::t;
use crate::shell::use_tr;
use leptos::prelude::*;

/// Says that the page is offline, for as long as it is.
pub fn offline_banner(is_offline: Signal<bool>) -> impl IntoView {
    let tr = use_tr();
    move || {
        is_offline.get().then(|| {
            view! {
                <div class="banner">
                    <div class="banner-inner">{icon(Icon::Offline)} <p>{tr.say(t::offline_banner())}</p></div>
                </div>
            }
        })
    }
}
