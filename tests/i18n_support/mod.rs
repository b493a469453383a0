//! How the generated constructors of the texts are called.

use passcode_portal::i18n::Key;

/// `DevicesShown` is constructed by `devices_shown`.
pub(crate) fn constructor(key: Key) -> String {
    let mut name = String::new();
    for character in format!("{key:?}").chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}
