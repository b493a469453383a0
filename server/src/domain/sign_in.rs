//! A sign-in of session mode on its way to the provider and back: what it is for, whom it may end with, and why it may
//! fail. The codes of failures are the page's own, so that it explains them in its words.

use super::person::PersonId;
use super::secret::{BrowserSecret, SecretHash};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use portal_contract::{FRESH_SIGN_IN_SECONDS, REVEAL_SIGN_IN_SECONDS, UtcTime};
use sha2::{Digest as _, Sha256};

/// How long a sign-in may take, in milliseconds.
const LIFETIME_MILLIS: i64 = 600_000;
/// The longest name the page may give a sign-in of its own.
const LONGEST_RETURN_STATE: usize = 128;

/// What a sign-in is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInPurpose {
    /// Somebody wants to sign in.
    SignIn,
    /// The same person has to prove who they are for a reset: signed out first, then asked anew.
    StepUp,
    /// The same person has to be asked anew to see a temporary passcode.
    Reveal,
}

impl SignInPurpose {
    /// As in addresses and stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "signIn",
            Self::StepUp => "stepUp",
            Self::Reveal => "reveal",
        }
    }

    /// Reads it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::SignIn, Self::StepUp, Self::Reveal].into_iter().find(|purpose| purpose.as_str() == text)
    }

    /// `max_age` of the request, in seconds. With it the ID token has to say when the person signed in
    /// (OpenID Connect Core 3.1.2.1), and `prompt=login` goes with it: within one second `max_age` alone asks nobody.
    #[must_use]
    pub const fn max_age(self) -> Option<i64> {
        match self {
            Self::SignIn => None,
            Self::StepUp => Some(FRESH_SIGN_IN_SECONDS),
            Self::Reveal => Some(REVEAL_SIGN_IN_SECONDS),
        }
    }

    /// Whether it continues the session of a person: nobody else may come back.
    #[must_use]
    pub const fn continues_session(self) -> bool {
        self.max_age().is_some()
    }
}

/// How the page finds its own note about this sign-in again. Opaque here; it goes back into the page's address, so it is
/// made of characters that mean nothing there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnState(String);

impl ReturnState {
    /// Reads it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_one = (1..=LONGEST_RETURN_STATE).contains(&text.len()) && text.bytes().all(is_plain);
        is_one.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A sign-in on its way. Its secrets are not in it: they are in the address (`state`) and in the cookie of the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingSignIn {
    /// The hash of `state`.
    pub state: SecretHash,
    /// The hash of the cookie of the browser that began it.
    pub browser: SecretHash,
    /// What it is for.
    pub purpose: SignInPurpose,
    /// The page's own name for it.
    pub return_state: ReturnState,
    /// Who has to come back; `None` when anybody may.
    pub expected: Option<PersonId>,
    /// What the sign-in page is told.
    pub login_hint: Option<String>,
    /// The session it takes the place of.
    pub replaces: Option<SecretHash>,
    /// When it began.
    pub created: UtcTime,
}

impl PendingSignIn {
    /// Whether it may still be completed.
    #[must_use]
    pub const fn is_current(&self, now: UtcTime) -> bool {
        let age = now.unix_millis().saturating_sub(self.created.unix_millis());
        age >= 0 && age <= LIFETIME_MILLIS
    }

    /// Sign-ins that began before this can be forgotten.
    #[must_use]
    pub const fn forgotten_before(now: UtcTime) -> UtcTime {
        UtcTime::from_unix_millis(now.unix_millis().saturating_sub(LIFETIME_MILLIS))
    }
}

/// How many verifiers are tried; with 64 digits before them they are within the 128 characters of the standard.
const MOST_STOPS: usize = 32;

/// `code_challenge` for S256 (RFC 7636 section 4.2).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()))
}

/// The two secrets of a sign-in, and what is made of both: whoever knows the address alone, or holds the cookie alone, can
/// make neither the code verifier nor the nonce.
#[derive(Debug, Clone)]
pub struct SignInSecrets {
    /// The cookie of the browser.
    pub browser: BrowserSecret,
    /// `state`.
    pub state: BrowserSecret,
}

impl SignInSecrets {
    /// The code verifier (RFC 7636 section 4.1).
    #[must_use]
    pub fn verifier(&self) -> String {
        let verifier = self.browser.combined(&self.state, "passcode-portal code_verifier");
        // The challenge is base64url by its standard. One in a hundred holds `--`, which a web application firewall may take for
        // SQL; with full stops behind the verifier it is another one.
        let mut longer = (0..MOST_STOPS).map(|stops| format!("{verifier}{}", ".".repeat(stops)));
        longer.find(|verifier| !challenge(verifier).contains("--")).unwrap_or(verifier)
    }

    /// The nonce that has to come back inside the ID token.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.browser.combined(&self.state, "passcode-portal nonce")
    }
}

/// The person a validated ID token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenPerson {
    /// Who.
    pub person: PersonId,
    /// The name; may be empty.
    pub display_name: String,
    /// The sign-in name; may be empty.
    pub user_name: String,
    /// When they proved who they are; `None` when the provider does not say.
    pub auth_time: Option<UtcTime>,
}

macro_rules! failures {
    ($($(#[$meta:meta])* $name:ident = $code:literal,)+) => {
        /// Why a sign-in was refused or did not come about. Nothing of the provider's answer is kept in it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum SignInFailure {
            $($(#[$meta])* $name,)+
        }

        impl SignInFailure {
            /// Every case.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable code, the same as the page's own.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

failures! {
    /// The provider cannot be reached.
    ProviderUnreachable = "auth.provider_unreachable",
    /// The provider, or this server's own memory, is out of order for now.
    ProviderUnavailable = "auth.provider_unavailable",
    /// The discovery document names another issuer than the configured one.
    IssuerMismatch = "auth.issuer_mismatch",
    /// The discovery document is not one.
    DiscoveryMalformed = "auth.discovery_malformed",
    /// No such sign-in: never begun, begun in another browser, or used already.
    StateMismatch = "auth.state_mismatch",
    /// It was begun more than ten minutes ago.
    TransactionExpired = "auth.transaction_expired",
    /// The callback carries neither a code nor an error, or a parameter twice.
    CallbackMalformed = "auth.callback_malformed",
    /// The callback's `iss` is wrong, or missing although announced (RFC 9207).
    ResponseIssuerMismatch = "auth.response_issuer_mismatch",
    /// The person said no.
    AccessDenied = "auth.access_denied",
    /// The provider says that this account may not.
    AccountRefused = "auth.account_refused",
    /// The provider needs the person to sign in.
    InteractionRequired = "auth.interaction_required",
    /// The provider refused the request itself: configuration.
    ProviderRefused = "auth.provider_refused",
    /// The code could not be exchanged: replayed, expired, or refused.
    CodeRefused = "auth.code_refused",
    /// The token answer is not one.
    TokenAnswerMalformed = "auth.token_answer_malformed",
    /// The ID token is not a signed token.
    IdTokenMalformed = "auth.id_token_malformed",
    /// The ID token is unsigned or signed by an algorithm that is not allowed.
    AlgorithmNotAllowed = "auth.algorithm_not_allowed",
    /// No key of the provider fits.
    KeyNotFound = "auth.key_not_found",
    /// The signature is wrong.
    SignatureInvalid = "auth.signature_invalid",
    /// `iss` is not the provider.
    TokenIssuerMismatch = "auth.token_issuer_mismatch",
    /// `aud` is not this client, or names another one too.
    AudienceMismatch = "auth.audience_mismatch",
    /// `azp` is not this client.
    AuthorizedPartyMismatch = "auth.authorized_party_mismatch",
    /// Expired.
    TokenExpired = "auth.token_expired",
    /// `iat` is missing or makes no sense.
    IssuedAtInvalid = "auth.issued_at_invalid",
    /// `nonce` is missing or not the one sent.
    NonceMismatch = "auth.nonce_mismatch",
    /// `auth_time` is missing although `max_age` was sent.
    AuthTimeMissing = "auth.auth_time_missing",
    /// `auth_time` lies in the future.
    AuthTimeInFuture = "auth.auth_time_in_future",
    /// The subject is missing.
    SubjectMissing = "auth.subject_missing",
    /// Somebody else signed in.
    SubjectMismatch = "auth.subject_mismatch",
}

/// Compares who signed in with who had to. A certified provider lets somebody else through even with a hint.
///
/// # Errors
/// [`SignInFailure::SubjectMismatch`].
pub fn check_person(expected: Option<&PersonId>, proven: &PersonId) -> Result<(), SignInFailure> {
    match expected {
        Some(expected) if expected != proven => Err(SignInFailure::SubjectMismatch),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_calls_a_sign_in_means_nothing_in_an_address() {
        for text in ["", "a&b", "a=b", "a/b", "a#b", "a%62", "ä", "a b", &"x".repeat(129)] {
            assert_eq!(ReturnState::parse(text), None, "{text:?}");
        }
        assert!(ReturnState::parse("Ab-_9").is_some());
    }

    #[test]
    fn only_what_continues_a_session_asks_anew() {
        let asked =
            [SignInPurpose::SignIn, SignInPurpose::StepUp, SignInPurpose::Reveal].map(SignInPurpose::max_age);
        assert_eq!(asked, [None, Some(300), Some(3600)]);
        assert_eq!(SignInPurpose::parse("stepUp"), Some(SignInPurpose::StepUp));
        assert_eq!(SignInPurpose::parse("silent"), None);
    }

    #[test]
    fn verifier_and_nonce_need_both_secrets_and_are_not_the_same() {
        let secrets = |browser, state| SignInSecrets {
            browser: BrowserSecret::new([browser; 32]),
            state: BrowserSecret::new([state; 32]),
        };
        let own = secrets(1, 2);
        assert_ne!(own.verifier(), own.nonce());
        for other in [secrets(3, 2), secrets(1, 3)] {
            assert_ne!(own.verifier(), other.verifier());
            assert_ne!(own.nonce(), other.nonce());
        }
    }

    #[test]
    fn nothing_that_goes_into_an_address_holds_what_a_firewall_takes_for_sql() {
        let mut challenges = 0;
        for number in 0..=u8::MAX {
            let secrets = SignInSecrets {
                browser: BrowserSecret::new([0xfb; 32]),
                state: BrowserSecret::new([number; 32]),
            };
            let challenge = challenge(&secrets.verifier());
            for text in [secrets.state.reveal(), secrets.nonce(), challenge] {
                assert!(!text.contains("--"), "{text}");
            }
            challenges += usize::from(secrets.verifier().ends_with('.'));
            assert!((43..=128).contains(&secrets.verifier().len()));
        }
        assert!(challenges > 0, "some had to be another one");
    }

    #[test]
    fn codes_are_stable_and_each_its_own() {
        let mut codes: Vec<&str> = SignInFailure::ALL.iter().map(|failure| failure.code()).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(codes.iter().all(|code| code.starts_with("auth.")));
    }
}
