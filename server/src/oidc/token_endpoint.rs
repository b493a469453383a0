//! The token request of a confidential client (RFC 6749 sections 2.3.1 and 4.1.3, RFC 7636 section 4.5) and its answer.

use super::fetch;
use crate::domain::sign_in::SignInFailure;
use crate::ports::CodeRedemption;
use base64ct::{Base64, Encoding as _};
use form_urlencoded::{Serializer, byte_serialize};
use portal_contract::SecretText;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

/// Exchanges a code and gives the ID token, not validated yet. An access token that comes with it is dropped unread.
pub(super) async fn exchange(
    client: &reqwest::Client,
    endpoint: &str,
    client_id: &str,
    client_secret: &SecretText,
    redirect_address: &str,
    redemption: &CodeRedemption,
) -> Result<SecretText, SignInFailure> {
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", redemption.code.reveal())
        .append_pair("redirect_uri", redirect_address)
        .append_pair("code_verifier", &redemption.verifier)
        .finish();
    let request = client
        .post(endpoint)
        .header(AUTHORIZATION, basic(client_id, client_secret))
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    let mut response = request.send().await.map_err(|_| SignInFailure::ProviderUnreachable)?;
    let status = response.status().as_u16();
    let body = fetch::bounded_body(&mut response).await.map_err(|_| SignInFailure::ProviderUnreachable)?;
    let body = body.unwrap_or_default();
    if status == 200 {
        return id_token(&body).ok_or(SignInFailure::TokenAnswerMalformed);
    }
    let said = error_code(&body).unwrap_or_default();
    Err(match (status, said.as_str()) {
        (401, _) | (400..=499, "invalid_client" | "unauthorized_client") => {
            tracing::error!(
                status,
                provider = said,
                "the provider refuses this server's client: check session.client_id and its secret"
            );
            SignInFailure::ProviderRefused
        }
        (400..=599, _) => {
            tracing::warn!(status, provider = said, "the provider did not exchange a code");
            if status < 500 { SignInFailure::CodeRefused } else { SignInFailure::ProviderUnavailable }
        }
        _ => SignInFailure::TokenAnswerMalformed,
    })
}

/// The provider's own code for what is wrong (RFC 6749 section 5.2); anything else is nobody's to read.
fn error_code(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let code = answer.get("error")?.as_str()?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    ((1..=64).contains(&code.len()) && code.bytes().all(is_plain)).then(|| code.to_owned())
}

fn id_token(body: &[u8]) -> Option<SecretText> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let id_token = answer.get("id_token")?.as_str()?;
    Some(SecretText::new(id_token.to_owned()))
}

/// `client_secret_basic`: both parts are form-encoded first, which most secrets do not notice and some break without.
pub(super) fn basic(client_id: &str, client_secret: &SecretText) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = [encoded(client_id), encoded(client_secret.reveal())].join(":");
    ["Basic ", &Base64::encode_string(pair.as_bytes())].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_named_as_rfc_6749_section_2_3_1_says() {
        let secret = SecretText::new("p:a ss/word".to_owned());
        let decoded = Base64::decode_vec(basic("portal:1", &secret).strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(decoded).unwrap(), "portal%3A1:p%3Aa+ss%2Fword");
    }

    #[test]
    fn an_answer_without_an_id_token_is_none() {
        for body in ["", "{}", "[]", r#"{"id_token":7}"#, "<html>"] {
            assert!(id_token(body.as_bytes()).is_none(), "{body}");
        }
        assert!(id_token(br#"{"access_token":"a","id_token":"b"}"#).is_some());
    }
}
