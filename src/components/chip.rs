//! A status at a glance: an icon and words; the colour only repeats them.

use super::{Icon, Part, el, icon};
use crate::i18n::Text;
use crate::view::Tone;

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
pub fn status_chip(tone: Tone, symbol: Icon, words: Text) -> Part {
    let class = ["chip ", tone_class(tone)].concat();
    el("span").attr("class", class).child(icon(symbol)).child(el("span").words(words)).into()
}
