//! What the organisation calls itself and how its IT department is reached. Needs no sign-in.

use crate::json::Fields;
use serde::{Deserialize, Serialize};

/// The organisation's name, colours and IT contact (`GET /branding`). Empty texts mean "not configured".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Branding {
    /// The organisation's name.
    pub display_name: String,
    /// The theme colour as `#rrggbb`.
    pub theme_color: String,
    /// The address of the logo, an `https:`, `data:image/` or same-origin address; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The name of the IT contact.
    #[serde(rename = "contactITName")]
    pub contact_it_name: String,
    /// The telephone number of the IT contact.
    #[serde(rename = "contactITPhoneNumber")]
    pub contact_it_phone_number: String,
    /// The e-mail address of the IT contact.
    #[serde(rename = "contactITEmailAddress")]
    pub contact_it_email_address: String,
    /// The name of the support site.
    pub online_support_site_name: String,
    /// The address of the support site.
    pub online_support_site_url: String,
    /// Free notes, for instance opening hours.
    #[serde(rename = "contactITNotes")]
    pub contact_it_notes: String,
    /// The address of the privacy statement.
    pub privacy_url: String,
}

impl Branding {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            display_name: fields.shown_or_empty("displayName"),
            theme_color: fields.shown_or_empty("themeColor"),
            logo: fields.optional_text("logo"),
            contact_it_name: fields.shown_or_empty("contactITName"),
            contact_it_phone_number: fields.shown_or_empty("contactITPhoneNumber"),
            contact_it_email_address: fields.shown_or_empty("contactITEmailAddress"),
            online_support_site_name: fields.shown_or_empty("onlineSupportSiteName"),
            online_support_site_url: fields.shown_or_empty("onlineSupportSiteUrl"),
            contact_it_notes: fields.shown_or_empty("contactITNotes"),
            privacy_url: fields.shown_or_empty("privacyUrl"),
        }
    }
}
