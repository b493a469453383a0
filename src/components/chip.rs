//! A status at a glance: an icon and words; the colour only repeats them.

use super::{Icon, icon};
use crate::i18n::Text;
use crate::shell::use_tr;
use crate::view::Tone;
use leptos::prelude::*;

/// The class of the style sheet for a tone.
#[must_use]
pub const fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "neutral",
        Tone::Info => "info",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    }
}

/// The icon that says the same as the colour.
#[must_use]
pub const fn tone_icon(tone: Tone) -> Icon {
    match tone {
        Tone::Neutral => Icon::Info,
        Tone::Info => Icon::Clock,
        Tone::Good => Icon::Check,
        Tone::Warn => Icon::Warning,
        Tone::Bad => Icon::Error,
    }
}

/// A status chip.
pub fn status_chip(tone: Tone, symbol: Icon, words: Text) -> AnyView {
    let tr = use_tr();
    view! {
        <span class=format!("chip {}", tone_class(tone))>
            {icon(symbol)} <span>{tr.say(words)}</span>
        </span>
    }
    .into_any()
}
