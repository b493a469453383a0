//! What the page finds: its configuration, its own records, addresses, texts.

use crate::{first_line, text};
use passcode_portal::auth::{Continuation, PageConfig, ResumeRecord, Transaction};
use passcode_portal::i18n::{Arg, Catalogue, Key, Locale, PlainFormatter, Text};
use passcode_portal::route::Route;
use portal_contract::UtcTime;
use std::time::Duration;

/// `config.json`.
pub(crate) fn page_config(data: &[u8]) {
    let Some(body) = text(data) else { return };
    match PageConfig::parse(body) {
        Ok(config) => {
            assert!(
                config.api_base.is_empty()
                    || config.api_base.starts_with('/')
                    || config.api_base.contains("://")
            );
            assert!(!config.api_base.starts_with("//"), "another host's address");
            assert!(!config.api_base.ends_with('/'));
            assert!(config.authority.starts_with("https://") || config.authority.starts_with("http://"));
            assert!(config.scopes.split_whitespace().any(|scope| scope == "openid"));
            assert!(!config.client_id.trim().is_empty());
        }
        Err(error) => assert!(error.code().starts_with("config."), "{error:?}"),
    }
}

/// Records of `sessionStorage`: what is read is what would be written.
pub(crate) fn records(data: &[u8]) {
    let Some(body) = text(data) else { return };
    if let Some(found) = Transaction::parse(body) {
        assert!(Transaction::parse(&found.serialise()) == Some(found.clone()), "a transaction changed");
        let path = found.purpose.return_to().path();
        assert!(path.starts_with('/') && !path.starts_with("//"), "{path}");
        let _ = found.is_current(UtcTime::from_unix_seconds(1_800_000_000));
    }
    if let Some(found) = Continuation::parse(body) {
        assert!(Continuation::parse(&found.serialise()) == Some(found.clone()), "a continuation changed");
        let _ = found.is_current(UtcTime::from_unix_seconds(0));
    }
    if let Some(found) = ResumeRecord::parse(body) {
        assert!(ResumeRecord::parse(&found.serialise()) == Some(found.clone()), "a resume record changed");
        let _ = found.is_current(UtcTime::from_unix_seconds(i64::MAX));
    }
}

/// An address: what is understood is spelled so that it is understood again, and stays on this host.
pub(crate) fn route(data: &[u8]) {
    let Some(address) = text(data) else { return };
    let found = Route::parse(address);
    let spelled = found.path();
    assert!(spelled.starts_with('/') && !spelled.starts_with("//") && !spelled.contains('\\'), "{spelled}");
    assert!(spelled.bytes().all(|byte| byte.is_ascii_graphic()), "{spelled}");
    assert_eq!(Route::parse(&spelled), found, "{spelled}");
    if let Some(back) = Route::parse_return(address) {
        let path = back.path();
        assert!(path.starts_with('/') && !path.starts_with("//"), "{path}");
    }
}

/// First line: which language and where to damage its texts (`ja 120 later`). Rest: what to put there. Damaged texts are
/// refused or render; an intact head with other lines may render nonsense, but never panics or shows a gap.
pub(crate) fn texts(data: &[u8]) {
    let Some((head, patch)) = text(data).map(first_line) else { return };
    let mut words = head.split(' ');
    let locale = words.next().and_then(Locale::from_tag).unwrap_or(Locale::En);
    let place: usize = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let content = |count: usize, kind: &str| {
        let mut lines: Vec<String> = vec![format!("{kind} {} {}", locale.tag(), Key::SET)];
        lines.extend((0..count).map(|line| {
            if line == place {
                patch.to_owned()
            } else {
                format!("text {line} \u{1} of \u{2}\u{1f}one \u{1}")
            }
        }));
        lines.join("\n") + "\n"
    };
    let _ = Catalogue::parse(patch.to_owned());
    let Ok(first) = Catalogue::parse(content(Key::FIRST_COUNT, "portal-texts")) else {
        assert!(patch.contains('\n'), "a file with one line for each key was refused");
        return;
    };
    let later = content(Key::COUNT - Key::FIRST_COUNT, "portal-lazy-texts");
    let whole = first.with_lazy(later).unwrap_or(first);
    for key in Key::ALL.iter().skip(place.min(Key::COUNT - 1)).take(2) {
        let args = vec![Arg::Str(patch.to_owned()), Arg::Count(place), Arg::Clock(Duration::from_secs(61))];
        let rendered = Text::with(*key, args).render(&whole, &PlainFormatter);
        let is_gap = |one: char| (1..=8).contains(&u32::from(one));
        assert!(patch.contains(is_gap) || !rendered.contains(is_gap), "a gap is shown");
    }
}
