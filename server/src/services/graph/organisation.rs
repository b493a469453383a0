//! How the Company Portal is made up (`intuneBrandingProfiles`, in Graph's beta only): the organisation's name, colour, logo and contact.
//! Who has which profile Graph does not tell, so the default one counts, which everybody has who has no other.

use super::GraphService;
use super::answers::{NoAnswer, text};
use super::calls::error_of;
use crate::domain::branding::unusable;
use crate::domain::service_text::shown;
use crate::ports::ServiceError;
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use portal_contract::{Branding, UtcTime};
use serde_json::Value;
use std::sync::PoisonError;

/// For how long it is good, in milliseconds.
const GOOD_FOR: u64 = 600_000;
/// For how long it is not asked for again after it could not be read, in milliseconds.
const ASKED_AGAIN_AFTER: u64 = 60_000;
/// How many pages of profiles are read at most.
const MOST_PAGES: usize = 5;
/// The longest text that is taken, in characters; notes may be longer.
const LONGEST: usize = 128;
const LONGEST_NOTES: usize = 1000;
/// The largest logo, in bytes: everybody who opens the page is sent it.
const LARGEST_LOGO: usize = 48 * 1024;
const PROFILES: &str = "/beta/deviceManagement/intuneBrandingProfiles?$select=id,isDefaultProfile,displayName,themeColor,showLogo,\
                        lightBackgroundLogo,contactITName,contactITPhoneNumber,contactITEmailAddress,contactITNotes,\
                        onlineSupportSiteName,onlineSupportSiteUrl,privacyUrl";

/// When it was asked for last, and whether it could be read then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    at: UtcTime,
    is_known: bool,
}

impl GraphService {
    /// How the organisation is shown, where that is wanted and due. `None` also where it cannot be read: what was shown stays.
    pub async fn branding(&self) -> Option<Branding> {
        let now = self.clock.now();
        let memory = || self.asked_branding.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = memory().is_some_and(|Asked { at, is_known }| {
            let rest = if is_known { GOOD_FOR } else { ASKED_AGAIN_AFTER };
            now.unix_millis().abs_diff(at.unix_millis()) < rest
        });
        if !self.settings.branding || is_recent {
            return None;
        }
        let told = self.ask_branding().await;
        *memory() = Some(Asked { at: now, is_known: told.is_ok() });
        match told {
            Ok(told) => Some(told),
            Err(error) => {
                let service = self.graph.name();
                tracing::warn!(service, ?error, "how the Company Portal is made up cannot be read");
                None
            }
        }
    }

    async fn ask_branding(&self) -> Result<Branding, ServiceError> {
        let mut url = Some(self.url(PROFILES)?);
        let mut usual = None;
        for _ in 0..MOST_PAGES {
            let Some(here) = url.take() else { break };
            let page = self.list_page(here).await?.ok_or_else(|| error_of(NoAnswer::Cut))?;
            for one in page.entries {
                let is_default = one.get("isDefaultProfile") == Some(&Value::Bool(true));
                if is_default {
                    return Ok(branding(&one));
                }
                usual.get_or_insert(one);
            }
            url = page.next;
        }
        // Where none is the default there is only one.
        Ok(usual.as_ref().map(branding).unwrap_or_default())
    }
}

/// What the page can use of a profile.
fn branding(profile: &Value) -> Branding {
    let usable = |name: &str, most: usize| {
        let text = shown(text(profile, name), most);
        if unusable(name, &text).is_some() { String::new() } else { text }
    };
    Branding {
        display_name: usable("displayName", LONGEST),
        theme_color: colour(profile).unwrap_or_default(),
        logo: logo(profile),
        contact_it_name: usable("contactITName", LONGEST),
        contact_it_phone_number: usable("contactITPhoneNumber", LONGEST),
        contact_it_email_address: usable("contactITEmailAddress", LONGEST),
        online_support_site_name: usable("onlineSupportSiteName", LONGEST),
        online_support_site_url: usable("onlineSupportSiteUrl", LONGEST_NOTES),
        contact_it_notes: usable("contactITNotes", LONGEST_NOTES),
        privacy_url: usable("privacyUrl", LONGEST_NOTES),
    }
}

fn colour(profile: &Value) -> Option<String> {
    let colour = profile.get("themeColor")?;
    let part = |name: &str| u8::try_from(colour.get(name)?.as_u64()?).ok();
    Some(format!("#{:02x}{:02x}{:02x}", part("r")?, part("g")?, part("b")?))
}

/// A picture of the two kinds that can be uploaded to Intune, by its first bytes and not by what it is called.
fn logo(profile: &Value) -> Option<String> {
    if profile.get("showLogo") == Some(&Value::Bool(false)) {
        return None;
    }
    let encoded = text(profile.get("lightBackgroundLogo")?, "value").trim_end_matches('=');
    // OData writes binary values for addresses, Microsoft's own examples the usual way.
    let bytes = Base64UrlUnpadded::decode_vec(&encoded.replace('+', "-").replace('/', "_")).ok()?;
    let kind = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpeg",
        _ => return None,
    };
    (bytes.len() <= LARGEST_LOGO)
        .then(|| format!("data:image/{kind};base64,{}", Base64::encode_string(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_page_could_not_use_is_left_out() {
        let whole = branding(&json!({
            "displayName": " Contoso\n", "themeColor": { "r": 31, "g": 95, "b": 168 }, "contactITName": "Desk",
            "contactITPhoneNumber": "ask us", "contactITEmailAddress": "it@contoso.example",
            "onlineSupportSiteUrl": "javascript:alert(1)", "privacyUrl": "https://contoso.example/privacy", "contactITNotes": null
        }));
        let expected = Branding {
            display_name: "Contoso".to_owned(),
            theme_color: "#1f5fa8".to_owned(),
            contact_it_name: "Desk".to_owned(),
            contact_it_email_address: "it@contoso.example".to_owned(),
            privacy_url: "https://contoso.example/privacy".to_owned(),
            ..Branding::default()
        };
        assert_eq!(whole, expected);
        for none in
            [json!({}), json!({ "themeColor": { "r": 300, "g": 0, "b": 0 } }), json!({ "themeColor": null })]
        {
            assert_eq!(branding(&none), Branding::default(), "{none}");
        }
    }

    #[test]
    fn a_logo_is_a_picture_of_a_size_that_everybody_can_be_sent() {
        let png = b"\x89PNG\r\n\x1a\n\xfb\xff\xfe".to_vec();
        let of = |show: bool, value: &str| {
            logo(&json!({ "showLogo": show, "lightBackgroundLogo": { "type": "x", "value": value } }))
        };
        let expected = format!("data:image/png;base64,{}", Base64::encode_string(&png));
        for value in [Base64::encode_string(&png), Base64UrlUnpadded::encode_string(&png)] {
            assert_eq!(of(true, &value), Some(expected.clone()), "{value}");
            assert_eq!(of(false, &value), None);
        }
        let large = [png, vec![0; LARGEST_LOGO]].concat();
        for bytes in [b"<svg onload=x>".to_vec(), Vec::new(), large] {
            assert_eq!(of(true, &Base64::encode_string(&bytes)), None);
        }
        assert_eq!(logo(&json!({ "lightBackgroundLogo": null })), None);
    }
}
