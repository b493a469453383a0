//! The credential that is recommended: a key whose certificate is registered. What is sent is an assertion signed with the key
//! (RFC 7523 section 2.2), good for five minutes.

use super::guid::Guid;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use portal_contract::{SecretText, UtcTime};
use rustls::SignatureAlgorithm;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// For how long an assertion is good, in seconds.
const GOOD_FOR: i64 = 300;

/// A key and the fingerprint of its certificate.
#[derive(Clone)]
pub struct ClientCertificate {
    key: EncodingKey,
    /// SHA-256 of the certificate (`x5t#S256`, RFC 7515 section 4.1.8).
    thumbprint: String,
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ClientCertificate({})", self.thumbprint)
    }
}

/// What an assertion says (RFC 7523 section 3).
#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl ClientCertificate {
    /// Reads a certificate (the first of the file) and its RSA key, both in PEM.
    ///
    /// # Errors
    /// Why they cannot be used, to be read after the name of the file; nothing of the key is in it.
    pub fn read(certificate: &[u8], key: &str) -> Result<Self, String> {
        let certificate = CertificateDer::from_pem_slice(certificate)
            .map_err(|_| "holds no certificate in PEM (BEGIN CERTIFICATE)".to_owned())?;
        let der = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|_| "and the key do not fit: the key's file holds no private key in PEM".to_owned())?;
        let signing = rustls::crypto::aws_lc_rs::sign::any_supported_type(&der)
            .map_err(|_| "and the key do not fit: the key cannot be read".to_owned())?;
        if signing.algorithm() != SignatureAlgorithm::RSA {
            return Err(
                "and the key do not fit: the key has to be an RSA key of 2,048 bits or more".to_owned()
            );
        }
        let thumbprint = Base64UrlUnpadded::encode_string(&Sha256::digest(&certificate));
        CertifiedKey::new(vec![certificate.into_owned()], signing)
            .keys_match()
            .map_err(|_| "is not the certificate of the key in key_file".to_owned())?;
        let key = EncodingKey::from_rsa_pem(key.as_bytes())
            .map_err(|_| "and the key do not fit: the key cannot be used for signing".to_owned())?;
        Ok(Self { key, thumbprint })
    }

    /// An assertion for a token endpoint. `identifier` is used once.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub(super) fn assertion(
        &self,
        client: &Guid,
        token_url: &str,
        identifier: &Guid,
        now: UtcTime,
    ) -> Result<SecretText, &'static str> {
        let header = Header { x5t_s256: Some(self.thumbprint.clone()), ..Header::new(Algorithm::PS256) };
        let now = now.unix_seconds();
        let claims = Claims {
            aud: token_url,
            iss: client.as_str(),
            sub: client.as_str(),
            jti: identifier.as_str(),
            iat: now,
            nbf: now,
            exp: now.saturating_add(GOOD_FOR),
        };
        encode(&header, &claims, &self.key).map(SecretText::new).map_err(|_| "the key cannot sign")
    }
}
