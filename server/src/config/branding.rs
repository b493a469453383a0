//! `[branding]` and the entries of `[page.config]`: what the page could not use is named here, at start, and not left out on
//! the page without a word.

use super::reader::Section;
use crate::domain::branding::unusable;
use portal_contract::{Branding, page_config};
use serde_json::{Map, Value as Json};

/// The keys of `[branding]`: the fields of [`Branding`].
pub(super) const BRANDING: [&str; 10] = [
    "displayName",
    "themeColor",
    "logo",
    "contactITName",
    "contactITPhoneNumber",
    "contactITEmailAddress",
    "onlineSupportSiteName",
    "onlineSupportSiteUrl",
    "contactITNotes",
    "privacyUrl",
];

/// The entries of `config.json` in its part `support` (`docs/hosting.md`).
const OF_SUPPORT: [&str; 4] = ["name", "phone", "email", "url"];

/// Reads the section.
pub(super) fn branding(mut section: Section<'_>) -> Branding {
    let mut texts = Map::new();
    for name in BRANDING {
        if let Some(text) = section.text(name) {
            if let Some(reason) = unusable(name, text.trim()) {
                section.wrong(name, reason);
            }
            texts.insert(name.to_owned(), Json::String(text));
        }
    }
    section.finish();
    serde_json::from_value(Json::Object(texts)).unwrap_or_default()
}

/// What is wrong with the entries of `config.json`, beside what is missing: names the page does not know. It would read
/// past them.
pub(super) fn unknown_entries(config: &Map<String, Json>) -> Vec<String> {
    let unknown = |table: &Map<String, Json>, known: &[&str], of: &str| -> Vec<String> {
        let names = table.keys().filter(|name| !known.contains(&name.as_str()));
        names
            .map(|name| {
                let near = known.iter().find(|known| known.eq_ignore_ascii_case(name));
                let hint = near.map_or_else(
                    || format!("it has {}", known.join(", ")),
                    |near| format!("did you mean {near}?"),
                );
                format!("{of}{name} is no entry of config.json: {hint}")
            })
            .collect()
    };
    let entries =
        [page_config::TEXTS.as_slice(), &[page_config::SIGN_OUT_FIRST, page_config::SUPPORT]].concat();
    let mut mistakes = unknown(config, &entries, "");
    if let Some(support) = config.get(page_config::SUPPORT).and_then(Json::as_object) {
        mistakes.extend(unknown(support, &OF_SUPPORT, "support."));
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_branding_can_be_configured() {
        let whole = Branding { logo: Some(String::new()), ..Branding::default() };
        let fields = serde_json::to_value(&whole).unwrap();
        let fields: Vec<&str> = fields.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = BRANDING;
        known.sort_unstable();
        assert_eq!(known.to_vec(), fields, "in the order of the alphabet");
    }
}
