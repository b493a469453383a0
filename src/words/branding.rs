//! What the organisation has entered about itself, as far as it can be shown: the colour of the header with the colour of the
//! words on it, telephone numbers as addresses, addresses of the web. Configured by people, so everything is doubted.

use crate::letters::lower_case;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A colour in sRGB, a byte each for red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrandColour([u8; 3]);

impl BrandColour {
    /// Reads `#rrggbb`; nothing for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let is_colour = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok().filter(|_| is_colour)?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// Black or white for the words, whichever has more contrast to it: 4.5:1 at least (WCAG 2.2, 1.4.3).
    #[must_use]
    pub fn words(self) -> &'static str {
        // Where both have the same contrast, (L + 0.05)² = 1.05 × 0.05 (WCAG 2.2, "contrast ratio").
        if self.luminance() > 0.179 { "#000" } else { "#fff" }
    }

    /// The relative luminance, 0 to 1 (WCAG 2.2). A polynomial in place of the curve of sRGB: a power costs the page more
    /// bytes than the difference, below 0.01, is worth.
    fn luminance(self) -> f32 {
        let linear = |channel: u8| {
            let value = f32::from(channel) / 255.0;
            value * (value * (value * 0.305_306 + 0.682_171) + 0.012_523)
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// What comes before an extension, in the languages of the page; compared in lower case.
const EXTENSION: [&str; 12] = [
    "内線",
    "分机",
    "내선",
    "تحويلة",
    "durchwahl",
    "nebenstelle",
    "poste",
    "extension",
    "ext",
    "int",
    "x",
    "#",
];

/// The address of a telephone number as people write it: `tel:` with its digits and the extension by itself (RFC 3966,
/// section 5.3). Nothing when there is no digit in it.
#[must_use]
pub fn telephone_address(number: &str) -> Option<String> {
    let number: String = number.trim().chars().map(narrow).collect();
    // "+44 (0)20": the zero is dialled only without the country code.
    let number = if number.starts_with('+') { number.replacen("(0)", "", 1) } else { number };
    let end = number.find(|c: char| !is_of_number(c)).unwrap_or(number.len());
    let (number, rest) = number.split_at(end);
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    if !digits.bytes().any(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim_start_matches([';', ',', ':']).trim_start();
    let rest = lower_case(rest);
    let extension = EXTENSION.iter().find_map(|marker| rest.strip_prefix(marker));
    let extension: String = extension
        .unwrap_or_default()
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    Some(match extension.as_str() {
        "" => ["tel:", &digits].concat(),
        extension => ["tel:", &digits, ";ext=", extension].concat(),
    })
}

/// Full-width digits and signs as they come from a Japanese keyboard.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    }
}

const fn is_of_number(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '+' | '-' | '(' | ')' | '.' | ' ' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Only an address of the web becomes a link: branding is configured by people, and `javascript:` is an address too.
#[must_use]
pub fn web_address(address: &str) -> Option<String> {
    let address = address.trim();
    let starts =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    (starts("https://") || starts("http://")).then(|| address.to_owned())
}

/// The address of a mail that begins with a subject and lines (RFC 6068); without a subject the address alone. What keeps the
/// directions of names apart on the screen is left out: mail programs show it as boxes.
#[must_use]
pub fn mail_address(address: &str, subject: &str, lines: &[String]) -> String {
    let mut mail = ["mailto:", address.trim()].concat();
    if !subject.is_empty() {
        let plain = |text: &str| text.replace(['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'], "");
        let encoded = |text: &str| utf8_percent_encode(&plain(text), NON_ALPHANUMERIC).to_string();
        for part in ["?subject=", &encoded(subject), "&body=", &encoded(&lines.join("\r\n"))] {
            mail.push_str(part);
        }
    }
    mail
}
