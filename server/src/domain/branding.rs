//! What the page can use of an organisation's name, colours and contact, and which of two sources counts.

use portal_contract::Branding;

/// Characters. Longer ones are two numbers or a sentence, and a telephone would dial neither.
const LONGEST_NUMBER: usize = 32;

/// What is configured, and where that says nothing what is told elsewhere.
#[must_use]
pub fn completed(configured: &Branding, told: Branding) -> Branding {
    let either = |ours: &String, told: String| if ours.trim().is_empty() { told } else { ours.clone() };
    Branding {
        display_name: either(&configured.display_name, told.display_name),
        theme_color: either(&configured.theme_color, told.theme_color),
        logo: configured.logo.clone().filter(|logo| !logo.trim().is_empty()).or(told.logo),
        contact_it_name: either(&configured.contact_it_name, told.contact_it_name),
        contact_it_phone_number: either(&configured.contact_it_phone_number, told.contact_it_phone_number),
        contact_it_email_address: either(&configured.contact_it_email_address, told.contact_it_email_address),
        online_support_site_name: either(&configured.online_support_site_name, told.online_support_site_name),
        online_support_site_url: either(&configured.online_support_site_url, told.online_support_site_url),
        contact_it_notes: either(&configured.contact_it_notes, told.contact_it_notes),
        privacy_url: either(&configured.privacy_url, told.privacy_url),
    }
}

/// Why the page could not use a text of this field of the contract's `Branding`; an empty one means "not configured".
#[must_use]
pub fn unusable(name: &str, text: &str) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_configured_counts_and_the_rest_is_what_is_told() {
        let text = ToOwned::to_owned;
        let configured =
            Branding { display_name: text("Ours"), contact_it_name: text(" "), ..Branding::default() };
        let told = Branding {
            display_name: text("Theirs"),
            contact_it_name: text("Desk"),
            logo: Some(text("data:image/png;base64,AA")),
            ..Branding::default()
        };
        let both = completed(&configured, told.clone());
        assert_eq!((both.display_name.as_str(), both.contact_it_name.as_str()), ("Ours", "Desk"));
        assert_eq!(both.logo, told.logo);
        assert_eq!(completed(&told, Branding::default()), told);
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
