//! `_headers` and `_redirects`, the format that Netlify, Cloudflare Pages and Cloudflare Workers share.
//!
//! Both hosts compress by themselves and know every media type that the page has.

use super::{Answers, Below, IMMUTABLE, NO_STORE, PAGES};

/// Both hosts join a header that two matching rules set, so `Cache-Control` stands in rules that do not contradict
/// each other, and not in the rule for everything. An address that no rule names keeps the host's own
/// `max-age=0, must-revalidate`: there the page only says that it does not know the address.
pub(super) fn headers(answers: &Answers<'_>) -> String {
    let mut text = String::from("/*\n");
    for (name, value) in answers.everywhere() {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    let mut rule = |path: &str, cache: &str| text.push_str(&format!("{path}\n  Cache-Control: {cache}\n"));
    for path in ["/", "/index.html", "/404.html", "/config.json"] {
        rule(path, NO_STORE);
    }
    for (page, below) in PAGES {
        rule(page, NO_STORE);
        if *below == Below::Pages {
            rule(&format!("{page}/*"), NO_STORE);
        }
    }
    // One by one: a rule for the directory would hold for what is missing in it, and a year of 404 outlives the
    // deployment it came from (a return to the one before would not find its files).
    for name in answers.hashed {
        rule(&format!("/{name}"), IMMUTABLE);
    }
    text
}

/// `200` answers with the page under the address asked for. The target is `/` and the addresses are named one by one:
/// Cloudflare drops `/* /index.html 200` as a loop (it strips `index.html` and matches again), and every deep link
/// would be answered 404. Whatever is not named is 404 with `404.html`, which is the page.
pub(super) fn redirects() -> String {
    let rules = PAGES.iter().flat_map(|(page, below)| {
        let beneath = (*below == Below::Pages).then(|| format!("{page}/* / 200\n"));
        std::iter::once(format!("{page} / 200\n")).chain(beneath)
    });
    rules.collect()
}
