//! The person, as the validated token says.

use super::Portal;
use crate::domain::freshness::MaxAge;
use crate::domain::person::SignIn;
use portal_contract::Me;

impl Portal {
    /// Who is signed in.
    #[must_use]
    pub fn me(&self, sign_in: &SignIn) -> Me {
        Me {
            id: sign_in.person().as_str().to_owned(),
            display_name: sign_in.display_name().to_owned(),
            user_principal_name: sign_in.user_principal_name().to_owned(),
            auth_time: sign_in.auth_time(),
            skip_second_sign_in_within_seconds: self.rules.skip_second_sign_in.map(MaxAge::seconds),
        }
    }
}
