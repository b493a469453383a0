//! The entries of `config.json` (`docs/hosting.md`): the page reads them, and a server that serves the page checks them.

/// Those that are texts.
pub const TEXTS: [&str; 12] = [
    "apiBase",
    "authority",
    "clientId",
    "scopes",
    "resource",
    "audience",
    "trustedAudiences",
    "stepUpPrompt",
    "stepUpAcrValues",
    "stepUpClaims",
    "defaultLocale",
    "mode",
];
/// Whether a reset begins with a sign-out: true or false.
pub const SIGN_OUT_FIRST: &str = "signOutFirst";
/// Those of the texts that ask more of a fresh sign-in than that it is one.
pub const ASKED_OF_A_STEP_UP: [&str; 2] = ["stepUpAcrValues", "stepUpClaims"];
/// How to reach IT: an object.
pub const SUPPORT: &str = "support";
