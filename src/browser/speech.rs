//! Reading aloud with a voice of this computer's own (Web Speech API, `speechSynthesis`).
//!
//! What is read is a secret, and some browsers bring voices that speak over the network: the text goes to their maker. Only
//! voices that say of themselves that they are local (`localService`) are used, and none is better than such a one.

use crate::core::SpokenPasscode;
use crate::i18n::Locale;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    type Synthesis;
    #[wasm_bindgen(method, js_name = getVoices)]
    fn voices(this: &Synthesis) -> js_sys::Array;
    #[wasm_bindgen(method)]
    fn speak(this: &Synthesis, utterance: &Utterance);
    #[wasm_bindgen(method)]
    fn cancel(this: &Synthesis);
    #[wasm_bindgen(method, setter, js_name = onvoiceschanged)]
    fn on_voices_changed(this: &Synthesis, react: &JsValue);

    type Voice;
    #[wasm_bindgen(method, getter)]
    fn lang(this: &Voice) -> String;
    #[wasm_bindgen(method, getter, js_name = localService)]
    fn is_local(this: &Voice) -> bool;

    #[wasm_bindgen(js_name = SpeechSynthesisUtterance)]
    type Utterance;
    #[wasm_bindgen(constructor, js_class = "SpeechSynthesisUtterance")]
    fn new(text: &str) -> Utterance;
    #[wasm_bindgen(method, setter)]
    fn set_voice(this: &Utterance, voice: &Voice);
    #[wasm_bindgen(method, setter)]
    fn set_lang(this: &Utterance, tag: &str);
    #[wasm_bindgen(method, setter)]
    fn set_rate(this: &Utterance, rate: f64);
    #[wasm_bindgen(method, setter)]
    fn set_onend(this: &Utterance, react: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &Utterance, react: &JsValue);
}

/// A little more than half of the usual speed: as fast as a person types on a lock screen.
const SLOWLY: f64 = 0.6;

fn synthesis() -> Option<Synthesis> {
    let found = js_sys::Reflect::get(&js_sys::global(), &"speechSynthesis".into()).ok()?;
    found.is_object().then(|| found.unchecked_into())
}

fn locale_of(voice: &Voice) -> Option<Locale> {
    Locale::from_tag(&voice.lang())
}

fn local_voices(synthesis: &Synthesis) -> impl Iterator<Item = Voice> {
    let voices = synthesis.voices().to_vec().into_iter().map(JsCast::unchecked_into::<Voice>);
    voices.filter(Voice::is_local)
}

/// Calls `found` with the languages for which there is a voice, now and whenever the browser has found more (some look
/// for them only when asked). Never when the browser cannot speak.
pub fn find_voices(found: impl Fn(Vec<Locale>) + 'static) {
    let Some(synthesis) = synthesis() else { return };
    let tell = move || {
        let Some(synthesis) = self::synthesis() else { return };
        let mut locales: Vec<Locale> = Vec::new();
        for locale in local_voices(&synthesis).filter_map(|voice| locale_of(&voice)) {
            if !locales.contains(&locale) {
                locales.push(locale);
            }
        }
        found(locales);
    };
    tell();
    synthesis.on_voices_changed(&Closure::<dyn Fn()>::new(tell).into_js_value());
}

/// What is being read: some browsers forget an utterance nobody holds, and with it its end. Dropped, it is gone.
pub struct Reading {
    _utterances: Vec<Utterance>,
}

/// Reads slowly, one character after the other, instead of what is being read. Calls `ended` at the end, and at once or in
/// the middle when it cannot be.
pub fn read(spoken: &SpokenPasscode, ended: impl Fn() + 'static) -> Option<Reading> {
    let synthesis = synthesis();
    let voice = synthesis
        .as_ref()
        .and_then(|known| local_voices(known).find(|voice| locale_of(voice) == Some(spoken.locale)));
    let (Some(synthesis), Some(voice)) = (synthesis, voice) else {
        ended();
        return None;
    };
    synthesis.cancel();
    let ended = Closure::<dyn Fn()>::new(ended).into_js_value();
    let mut utterances = Vec::new();
    for words in &spoken.words {
        // One each: a voice pauses between them, and long texts stop in the middle in some browsers.
        let utterance = Utterance::new(words.reveal());
        utterance.set_voice(&voice);
        utterance.set_lang(&voice.lang());
        utterance.set_rate(SLOWLY);
        utterance.set_onerror(&ended);
        utterances.push(utterance);
    }
    if let Some(last) = utterances.last() {
        last.set_onend(&ended);
    }
    for utterance in &utterances {
        synthesis.speak(utterance);
    }
    Some(Reading { _utterances: utterances })
}

/// Silence, now.
pub fn stop() {
    if let Some(synthesis) = synthesis() {
        synthesis.cancel();
    }
}
