//! The providers organisations really have: what each needs in the portal's files, and in which mode it works. One table, for
//! `init`, for the documentation and for the tests that hold each row to its provider's shape.

/// How people sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// The server is the provider's client, and the browser holds a cookie.
    Session,
    /// The page is the provider's client, and holds tokens.
    Token,
}

/// Whether a provider works in a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As it comes.
    Works,
    /// With settings, at the provider or here.
    Setting,
    /// Not in this mode; in session mode.
    UseSession,
    /// It cannot prove a fresh sign-in: everything works but what needs one.
    NoFreshSignIn,
}

impl Fit {
    /// As the documentation says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Setting => "setting",
            Self::UseSession => "use session mode",
            Self::NoFreshSignIn => "no fresh sign-in",
        }
    }
}

/// A provider there is a recipe for (`docs/providers/`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Provider {
    /// Microsoft Entra ID.
    Entra,
    /// Keycloak.
    Keycloak,
    /// Okta.
    Okta,
    /// Auth0.
    Auth0,
    /// authentik.
    Authentik,
    /// AD FS.
    Adfs,
    /// Zitadel.
    Zitadel,
    /// Google.
    Google,
    /// Amazon Cognito.
    Cognito,
    /// Any other.
    Other,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// The name.
    pub name: &'static str,
    /// The file in `docs/providers/`.
    pub page: &'static str,
    /// How its issuer looks, `TENANT` and `HOST` to be replaced.
    pub issuer: &'static str,
    /// In session mode.
    pub session: Fit,
    /// In token mode.
    pub token: Fit,
    /// Lines of `[oidc]` for token mode; `ISSUER` is the issuer.
    pub oidc: &'static [&'static str],
    /// Whether its access tokens are for the client itself: `aud`, or what takes its place, is the client's ID.
    pub audience_is_client: bool,
    /// Entries of `config.json` for token mode beside the usual ones: name and value.
    pub page_entries: &'static [(&'static str, &'static str)],
}

impl Provider {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Entra,
        Self::Keycloak,
        Self::Okta,
        Self::Auth0,
        Self::Authentik,
        Self::Adfs,
        Self::Zitadel,
        Self::Google,
        Self::Cognito,
        Self::Other,
    ];

    /// Its row.
    #[must_use]
    pub const fn recipe(self) -> Recipe {
        match self {
            Self::Entra => Recipe {
                name: "Microsoft Entra ID",
                page: "entra-id.md",
                issuer: "https://login.microsoftonline.com/TENANT/v2.0",
                session: Fit::Setting,
                token: Fit::Setting,
                oidc: &["token_types = [\"JWT\"]", "scope_claim = \"scp\"", "subject_claim = \"oid\""],
                audience_is_client: true,
                page_entries: &[("scopes", "openid profile email api://AUDIENCE/devices")],
            },
            Self::Keycloak => Recipe {
                name: "Keycloak",
                page: "keycloak.md",
                issuer: "https://HOST/realms/TENANT",
                session: Fit::Works,
                token: Fit::Setting,
                oidc: &["token_types = [\"JWT\"]"],
                audience_is_client: false,
                page_entries: &[],
            },
            Self::Okta => Recipe {
                name: "Okta",
                page: "okta.md",
                issuer: "https://HOST/oauth2/TENANT",
                session: Fit::Works,
                token: Fit::Setting,
                oidc: &["token_types = [\"none\"]", "scope_claim = \"scp\""],
                audience_is_client: false,
                page_entries: &[],
            },
            Self::Auth0 => Recipe {
                name: "Auth0",
                page: "auth0.md",
                issuer: "https://HOST/",
                session: Fit::Works,
                token: Fit::Setting,
                oidc: &["auth_time_claim = \"https://portal/auth_time\""],
                audience_is_client: false,
                page_entries: &[("audience", "AUDIENCE")],
            },
            Self::Authentik => Recipe {
                name: "authentik",
                page: "authentik.md",
                issuer: "https://HOST/application/o/TENANT/",
                session: Fit::Works,
                token: Fit::Setting,
                oidc: &["token_types = [\"JWT\"]"],
                audience_is_client: false,
                page_entries: &[],
            },
            Self::Adfs => Recipe {
                name: "AD FS",
                page: "ad-fs.md",
                issuer: "https://HOST/adfs",
                session: Fit::Works,
                token: Fit::Setting,
                oidc: &[
                    "token_types = [\"JWT\"]",
                    "scope_claim = \"scp\"",
                    "access_token_issuer = \"http://HOST/adfs/services/trust\"",
                ],
                audience_is_client: false,
                page_entries: &[("resource", "AUDIENCE")],
            },
            Self::Zitadel => Recipe {
                name: "Zitadel",
                page: "zitadel.md",
                issuer: "https://HOST",
                session: Fit::Setting,
                token: Fit::UseSession,
                oidc: &[
                    "token_types = [\"JWT\", \"at+jwt\"]",
                    "required_scope = \"\"",
                    "trusted_audiences = [\"TENANT\"]",
                ],
                audience_is_client: false,
                page_entries: &[("trustedAudiences", "TENANT")],
            },
            Self::Google => Recipe {
                name: "Google",
                page: "google.md",
                issuer: "https://accounts.google.com",
                session: Fit::NoFreshSignIn,
                token: Fit::UseSession,
                oidc: &[],
                audience_is_client: false,
                page_entries: &[],
            },
            Self::Cognito => Recipe {
                name: "Amazon Cognito",
                page: "cognito.md",
                issuer: "https://cognito-idp.HOST.amazonaws.com/TENANT",
                session: Fit::Works,
                token: Fit::Setting,
                oidc: &[
                    "token_types = [\"none\"]",
                    "client_id_claim = \"client_id\"",
                    "required_scope = \"portal/devices\"",
                ],
                audience_is_client: true,
                page_entries: &[("scopes", "openid profile email portal/devices")],
            },
            Self::Other => Recipe {
                name: "any other",
                page: "README.md",
                issuer: "https://HOST",
                session: Fit::Works,
                token: Fit::Setting,
                oidc: &[],
                audience_is_client: false,
                page_entries: &[],
            },
        }
    }

    /// The scope that access tokens of the portal's API have.
    #[must_use]
    pub fn scope(self) -> &'static str {
        let lines = self.recipe().oidc.iter();
        let named = lines.filter_map(|line| line.strip_prefix("required_scope = ")).next();
        named.map_or("devices", |named| named.trim_matches('"'))
    }

    /// Whether it works in a mode.
    #[must_use]
    pub const fn fit(self, mode: Mode) -> Fit {
        match mode {
            Mode::Session => self.recipe().session,
            Mode::Token => self.recipe().token,
        }
    }
}
