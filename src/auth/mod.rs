//! Signing in at any OpenID provider: the pure half. Requests, callback, claims, challenges; no fetch, no storage, no
//! cryptography beyond the hash of PKCE. Each step is a function from values to values; `app` puts them in order.
//!
//! Sources: OpenID Connect Core 1.0, RFC 6749, RFC 7636 (PKCE), RFC 9207 (`iss`), RFC 9470 (step-up), RFC 7515 (JWS).

mod address;
mod callback;
mod challenge;
mod claims;
mod config;
mod discovery;
mod error;
mod jws;
mod pkce;
mod records;
mod request;
mod session;
mod tokens;

pub use address::{is_acceptable_origin, is_acceptable_url};
pub use callback::{AuthorizationCode, Callback, CallbackAnswer};
pub use challenge::StepUpChallenge;
pub use claims::{Expectations, IdTokenClaims, LEEWAY, VerifiedSignIn, validate_claims};
pub use config::{ConfigError, PageConfig, SignInMode, StepUpRequest, Support};
pub use discovery::{Discovery, discovery_request};
pub use error::SignInError;
pub use jws::{JwsAlgorithm, KeySet, Sha, SignatureCheck, SignatureVerdict, UnverifiedIdToken};
pub use pkce::{CodeVerifier, SignInRandom};
pub use records::{Continuation, EXPECTED_LIFETIME, ExpectedPerson, Purpose, ResumeRecord, Transaction};
pub(crate) use records::{null, object, optional_text};
pub use request::{SecretUrl, authorization_url, end_session_url, jwks_request, token_request};
pub use session::{session_end_url, session_request, session_sign_in_url, sign_out_request, signed_in};
pub use tokens::{AccessToken, Credential, IdToken, TokenAnswer};
