//! Why a sign-in did not work out. One enumeration, each case with a stable code for logs, tests and IT.

/// Why a sign-in was refused or did not come about. Nothing of the provider's answer is kept in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignInError {
    /// The provider cannot be reached.
    ProviderUnreachable,
    /// The discovery document is not one.
    DiscoveryMalformed,
    /// The discovery document names another issuer than the configured authority (OIDC Discovery 4.3).
    IssuerMismatch,
    /// An endpoint of the provider is neither https nor loopback.
    EndpointNotSecure,
    /// The provider's keys cannot be read.
    KeysMalformed,
    /// The callback carries no `state`, or one this tab did not make, or one that was used already.
    StateMismatch,
    /// The sign-in was begun more than ten minutes ago.
    TransactionExpired,
    /// The callback carries neither a code nor an error, or a parameter twice.
    CallbackMalformed,
    /// The callback's `iss` is wrong, or missing although announced (RFC 9207).
    ResponseIssuerMismatch,
    /// The person or an administrator said no (`access_denied`).
    AccessDenied,
    /// The provider says that this account may not (`access_denied` with another reason than that the person said no).
    AccountRefused,
    /// The provider needs the person to sign in (`login_required` and its kin).
    InteractionRequired,
    /// The provider is out of order for now (`temporarily_unavailable`, `server_error`).
    ProviderUnavailable,
    /// The provider refused the request itself (`invalid_request`, `invalid_scope`, anything else): configuration.
    ProviderRefused,
    /// The code could not be exchanged: replayed, expired, or refused.
    CodeRefused,
    /// The token answer is not one.
    TokenAnswerMalformed,
    /// The ID token is not a signed token this page can read.
    IdTokenMalformed,
    /// The ID token is unsigned or signed by an algorithm that is not allowed.
    AlgorithmNotAllowed,
    /// No key of the provider fits the ID token.
    KeyNotFound,
    /// The signature is wrong.
    SignatureInvalid,
    /// The browser offers no Web Crypto: not a secure context, or too old.
    CryptoUnavailable,
    /// `iss` of the ID token is not the authority.
    TokenIssuerMismatch,
    /// `aud` is not this client, or names another one too.
    AudienceMismatch,
    /// `azp` is not this client, or missing although there are several audiences.
    AuthorizedPartyMismatch,
    /// The ID token is expired.
    TokenExpired,
    /// `iat` is missing or makes no sense.
    IssuedAtInvalid,
    /// `nonce` is missing or not the one sent.
    NonceMismatch,
    /// `auth_time` is missing although `max_age` was sent (OIDC Core 3.1.2.1).
    AuthTimeMissing,
    /// `auth_time` is later than `iat`.
    AuthTimeInFuture,
    /// The sign-in is older than `max_age` asked for.
    AuthenticationTooOld,
    /// `sub` is missing or empty.
    SubjectMissing,
    /// Somebody else signed in.
    SubjectMismatch,
    /// The API refuses the token of a sign-in that has only just succeeded.
    AccessTokenRefused,
    /// The browser refuses to keep the sign-in's record (private mode, policy).
    StorageRefused,
    /// The browser gave no random bytes.
    RandomUnavailable,
}

impl SignInError {
    /// Every case, for tables and tests.
    pub const ALL: [Self; 35] = [
        Self::ProviderUnreachable,
        Self::DiscoveryMalformed,
        Self::IssuerMismatch,
        Self::EndpointNotSecure,
        Self::KeysMalformed,
        Self::StateMismatch,
        Self::TransactionExpired,
        Self::CallbackMalformed,
        Self::ResponseIssuerMismatch,
        Self::AccessDenied,
        Self::AccountRefused,
        Self::InteractionRequired,
        Self::ProviderUnavailable,
        Self::ProviderRefused,
        Self::CodeRefused,
        Self::TokenAnswerMalformed,
        Self::IdTokenMalformed,
        Self::AlgorithmNotAllowed,
        Self::KeyNotFound,
        Self::SignatureInvalid,
        Self::CryptoUnavailable,
        Self::TokenIssuerMismatch,
        Self::AudienceMismatch,
        Self::AuthorizedPartyMismatch,
        Self::TokenExpired,
        Self::IssuedAtInvalid,
        Self::NonceMismatch,
        Self::AuthTimeMissing,
        Self::AuthTimeInFuture,
        Self::AuthenticationTooOld,
        Self::SubjectMissing,
        Self::SubjectMismatch,
        Self::AccessTokenRefused,
        Self::StorageRefused,
        Self::RandomUnavailable,
    ];

    /// The case of a stable code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.code() == code)
    }

    /// The stable code: shown to the person as a reference, never changed.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProviderUnreachable => "auth.provider_unreachable",
            Self::DiscoveryMalformed => "auth.discovery_malformed",
            Self::IssuerMismatch => "auth.issuer_mismatch",
            Self::EndpointNotSecure => "auth.endpoint_not_secure",
            Self::KeysMalformed => "auth.keys_malformed",
            Self::StateMismatch => "auth.state_mismatch",
            Self::TransactionExpired => "auth.transaction_expired",
            Self::CallbackMalformed => "auth.callback_malformed",
            Self::ResponseIssuerMismatch => "auth.response_issuer_mismatch",
            Self::AccessDenied => "auth.access_denied",
            Self::AccountRefused => "auth.account_refused",
            Self::InteractionRequired => "auth.interaction_required",
            Self::ProviderUnavailable => "auth.provider_unavailable",
            Self::ProviderRefused => "auth.provider_refused",
            Self::CodeRefused => "auth.code_refused",
            Self::TokenAnswerMalformed => "auth.token_answer_malformed",
            Self::IdTokenMalformed => "auth.id_token_malformed",
            Self::AlgorithmNotAllowed => "auth.algorithm_not_allowed",
            Self::KeyNotFound => "auth.key_not_found",
            Self::SignatureInvalid => "auth.signature_invalid",
            Self::CryptoUnavailable => "auth.crypto_unavailable",
            Self::TokenIssuerMismatch => "auth.token_issuer_mismatch",
            Self::AudienceMismatch => "auth.audience_mismatch",
            Self::AuthorizedPartyMismatch => "auth.authorized_party_mismatch",
            Self::TokenExpired => "auth.token_expired",
            Self::IssuedAtInvalid => "auth.issued_at_invalid",
            Self::NonceMismatch => "auth.nonce_mismatch",
            Self::AuthTimeMissing => "auth.auth_time_missing",
            Self::AuthTimeInFuture => "auth.auth_time_in_future",
            Self::AuthenticationTooOld => "auth.authentication_too_old",
            Self::SubjectMissing => "auth.subject_missing",
            Self::SubjectMismatch => "auth.subject_mismatch",
            Self::AccessTokenRefused => "auth.access_token_refused",
            Self::StorageRefused => "auth.storage_refused",
            Self::RandomUnavailable => "auth.random_unavailable",
        }
    }
}
