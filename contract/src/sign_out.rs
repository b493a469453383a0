//! The sign-out at the provider, as page and server both ask for it. Pure: the parameters of one address.

/// The longest address that is gone to with an ID token in it, in bytes. Providers and what stands before them refuse long
/// ones (414): the ID token of somebody in many groups is left out then, and the provider asks who is signing out.
pub const LONGEST_ADDRESS: usize = 1536;

/// How long a name and its separators are at most.
const ALLOWANCE: usize = 64;

/// What a sign-out asks for.
#[derive(Debug, Clone, Copy)]
pub struct SignOut<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// `end_session_endpoint` of the provider's document.
    pub endpoint: &'a str,
    /// This client.
    pub client_id: &'a str,
    /// Where the browser comes back to.
    pub return_to: &'a str,
    /// The ID token.
    pub id_token: Option<&'a str>,
    /// Comes back unchanged, from providers that keep to the specification.
    pub state: Option<&'a str>,
}

impl<'a> SignOut<'a> {
    /// The parameters, not encoded yet: OpenID Connect RP-Initiated Logout 1.0 section 2, or Amazon Cognito's own
    /// (its "Logout endpoint" documentation), which knows neither hint nor `state`.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, &'a str)> {
        let mut parameters = vec![("client_id", self.client_id)];
        if self.is_cognito() {
            parameters.push(("logout_uri", self.return_to));
            return parameters;
        }
        parameters.push(("post_logout_redirect_uri", self.return_to));
        let others = [self.endpoint, self.client_id, self.return_to, self.state.unwrap_or_default()];
        // Three bytes a character is the most that encoding makes of one; the token itself needs no encoding.
        let length = others.iter().map(|text| text.len()).sum::<usize>().saturating_add(ALLOWANCE);
        let fits = |token: &&str| length.saturating_add(token.len()) <= LONGEST_ADDRESS;
        parameters.extend(self.id_token.filter(fits).map(|token| ("id_token_hint", token)));
        parameters.extend(self.state.map(|state| ("state", state)));
        parameters
    }

    fn is_cognito(&self) -> bool {
        let host = |address: &'a str| {
            let rest = address.split_once("://").map_or("", |(_, rest)| rest);
            rest.split(['/', '?', ':']).next().unwrap_or_default()
        };
        let issuer = host(self.issuer);
        (issuer.starts_with("cognito-idp.") && issuer.ends_with(".amazonaws.com"))
            || host(self.endpoint).ends_with(".amazoncognito.com")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: SignOut<'_> = SignOut {
        issuer: "https://id.example",
        endpoint: "https://id.example/logout",
        client_id: "client",
        return_to: "https://portal.example/signed-out",
        id_token: Some("token"),
        state: Some("state"),
    };

    fn names(sign_out: &SignOut<'_>) -> Vec<&'static str> {
        sign_out.parameters().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_token_is_left_out_when_the_address_would_be_too_long() {
        assert_eq!(names(&PLAIN), ["client_id", "post_logout_redirect_uri", "id_token_hint", "state"]);
        let long = "t".repeat(LONGEST_ADDRESS);
        let left_out = SignOut { id_token: Some(&long), ..PLAIN };
        assert_eq!(names(&left_out), ["client_id", "post_logout_redirect_uri", "state"]);
    }

    #[test]
    fn only_amazon_cognito_is_spoken_to_in_its_own_way() {
        let pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x";
        for (issuer, endpoint, is_cognito) in [
            (pool, "https://login.example/logout", true),
            ("https://id.example", "https://a.auth.eu-west-1.amazoncognito.com/logout", true),
            ("https://id.example/cognito-idp.x.amazonaws.com", "https://id.example/amazoncognito.com", false),
            ("https://cognito-idp.evil.example", "https://evilamazoncognito.com/logout", false),
        ] {
            let sign_out = SignOut { issuer, endpoint, ..PLAIN };
            let wanted: &[&str] = if is_cognito {
                &["client_id", "logout_uri"]
            } else {
                &["client_id", "post_logout_redirect_uri", "id_token_hint", "state"]
            };
            assert_eq!(names(&sign_out), wanted, "{issuer} {endpoint}");
        }
    }
}
