//! `[branding]` and the entries of `[page.config]`: what the page could not use is named here, at start, and not left out on
//! the page without a word.

use super::reader::Section;
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

/// Characters. Longer ones are two numbers or a sentence, and a telephone would dial neither.
const LONGEST_NUMBER: usize = 32;

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

/// Why the page could not use a text; an empty one means "not configured".
fn unusable(name: &str, text: &str) -> Option<&'static str> {
    let (is_usable, reason) = match name {
        _ if text.is_empty() => return None,
        "themeColor" => (is_colour(text), "must be a colour as #rrggbb, for instance #1f5fa8"),
        "contactITPhoneNumber" => (
            is_telephone_number(text),
            "must be one telephone number of at most 32 characters, for instance +81 3 1234 5678 ext. 9",
        ),
        "contactITEmailAddress" => {
            (is_mail_address(text), "must be an e-mail address, for instance it@example.com")
        }
        "onlineSupportSiteUrl" | "privacyUrl" => {
            (is_web_address(text), "must be an address that begins with https:// or http://")
        }
        "logo" => (
            is_web_address(text) || text.starts_with("data:image/") || text.starts_with('/'),
            "must be an https:// address, a path of the page's own host or a data:image/ address",
        ),
        _ => return None,
    };
    (!is_usable).then_some(reason)
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn is_telephone_number(text: &str) -> bool {
    // Full-width digits are what a Japanese keyboard gives; the page reads them.
    let begins = |c: char| {
        c.is_ascii_digit() || matches!(c, '+' | '(' | '\u{ff10}'..='\u{ff19}' | '\u{ff0b}' | '\u{ff08}')
    };
    text.chars().count() <= LONGEST_NUMBER && text.chars().next().is_some_and(begins)
}

fn is_mail_address(text: &str) -> bool {
    let is_plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    text.split_once('@')
        .is_some_and(|(local, host)| is_plain && !local.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn is_web_address(text: &str) -> bool {
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| {
        text.get(..scheme.len())
            .filter(|start| start.eq_ignore_ascii_case(scheme))
            .and(text.get(scheme.len()..))
    });
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
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

    #[test]
    fn what_the_page_could_not_use_is_named() {
        for (name, bad) in [
            ("themeColor", "blue"),
            ("themeColor", "#12"),
            ("contactITPhoneNumber", "03-1234-5678 or 090-1234-5678 at night"),
            ("contactITPhoneNumber", "ask the desk"),
            ("contactITEmailAddress", "not-an-email"),
            ("contactITEmailAddress", "a b@example.com"),
            ("onlineSupportSiteUrl", "javascript:alert(1)"),
            ("privacyUrl", "https:///x"),
            ("logo", "javascript:alert(1)"),
        ] {
            assert!(unusable(name, bad).is_some(), "{name} = {bad}");
        }
        for (name, good) in [
            ("themeColor", "#1F5fa8"),
            ("contactITPhoneNumber", "03-1234-5678 (内線 9999)"),
            ("contactITPhoneNumber", "０３－１２３４－５６７８"),
            ("contactITEmailAddress", "it+help@example.co.jp"),
            ("onlineSupportSiteUrl", "HTTPS://help.example/"),
            ("privacyUrl", ""),
            ("logo", "/logo.svg"),
            ("displayName", "anything"),
        ] {
            assert_eq!(unusable(name, good), None, "{name} = {good}");
        }
    }
}
