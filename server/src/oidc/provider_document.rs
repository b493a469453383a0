//! What a confidential client needs of the provider's discovery document (OpenID Connect Discovery 1.0 section 3).

use reqwest::Url;
use serde_json::Value;

/// The endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProviderDocument {
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    /// `None`: the provider has no place to sign out at.
    pub(super) end_session_endpoint: Option<String>,
    /// Whether `iss` comes with every answer (RFC 9207 section 3).
    pub(super) announces_iss: bool,
}

impl ProviderDocument {
    /// Reads the document of this issuer; `None` when an endpoint that a sign-in needs is missing, of another kind, or plain http
    /// although the issuer is not.
    pub(super) fn read(document: &Value, issuer: &str) -> Option<Self> {
        // Null is missing.
        let value = |name: &str| document.get(name).filter(|value| !value.is_null());
        let endpoint = |name: &str| match value(name) {
            None => Some(None),
            Some(value) => {
                value.as_str().filter(|address| is_acceptable(address, issuer)).map(|a| Some(a.to_owned()))
            }
        };
        let announces = value("authorization_response_iss_parameter_supported");
        Some(Self {
            authorization_endpoint: endpoint("authorization_endpoint")??,
            token_endpoint: endpoint("token_endpoint")??,
            // Nobody is kept out for want of a place to sign out; one that is not secure is not gone to.
            end_session_endpoint: endpoint("end_session_endpoint").flatten(),
            announces_iss: match announces {
                None => false,
                Some(announces) => announces.as_bool().or_else(|| announces.as_str()?.parse().ok())?,
            },
        })
    }
}

/// https, or http on this machine where the issuer itself is http (which the configuration allows there only); no user
/// before the host, which would hide it; nothing that could break out of a header.
pub(super) fn is_acceptable(address: &str, issuer: &str) -> bool {
    let Ok(parsed) = Url::parse(address) else { return false };
    let is_secure = match parsed.scheme() {
        "https" => true,
        "http" => issuer.starts_with("http://") && parsed.host_str().is_some_and(is_this_machine),
        _ => false,
    };
    is_secure
        && parsed.username().is_empty()
        && parsed.password().is_none()
        && address.bytes().all(|byte| byte.is_ascii_graphic())
        && !address.contains(['#', '\\'])
}

fn is_this_machine(host: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ISSUER: &str = "https://id.example.test";

    fn with(name: &str, value: Value) -> Option<ProviderDocument> {
        let mut document = json!({
            "authorization_endpoint": "https://id.example.test/auth", "token_endpoint": "https://id.example.test/token",
            "end_session_endpoint": "https://id.example.test/end",
        });
        document[name] = value;
        ProviderDocument::read(&document, ISSUER)
    }

    #[test]
    fn endpoints_must_be_there_and_secure() {
        let good = with("authorization_response_iss_parameter_supported", json!(true)).unwrap();
        assert!(good.announces_iss && good.end_session_endpoint.is_some());
        for (name, value) in [
            ("authorization_endpoint", json!("http://id.example.test/auth")),
            ("authorization_endpoint", json!(7)),
            ("token_endpoint", json!("javascript:alert(1)")),
            ("authorization_endpoint", json!("https://id.example.test@evil.example/auth")),
            ("token_endpoint", json!("https:\\\\evil.example/token")),
            ("token_endpoint", json!("https://id.example.test/to ken")),
            ("authorization_response_iss_parameter_supported", json!("yes")),
        ] {
            assert_eq!(with(name, value.clone()), None, "{name} {value}");
        }
        assert_eq!(ProviderDocument::read(&json!({}), ISSUER), None);
        for odd in
            [json!("https://id.example.test/#x"), json!("https://id.example.test/\r\nx"), json!([]), json!(7)]
        {
            let read = with("end_session_endpoint", odd.clone()).unwrap();
            assert_eq!(read.end_session_endpoint, None, "not gone to, and nobody is kept out: {odd}");
        }
        assert!(with("authorization_response_iss_parameter_supported", json!("true")).unwrap().announces_iss);
    }

    #[test]
    fn without_tls_nobody_is_trusted_but_this_machine() {
        let issuer = "http://127.0.0.1:8090";
        assert!(
            is_acceptable("http://127.0.0.1:8090/auth", issuer)
                && is_acceptable("http://localhost/a", issuer)
        );
        for address in ["http://evil.example/auth", "http://127.0.0.1.evil.example/", "http://u@127.0.0.1/"] {
            assert!(!is_acceptable(address, issuer), "{address}");
        }
        assert!(!is_acceptable("http://127.0.0.1:8090/auth", "https://id.example.test"));
    }
}
