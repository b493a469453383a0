//! A seal over what a session says, so that a row that somebody changed in the database stands for nobody: without it,
//! whoever writes the database could sign in as themselves and make the row another person's, with a fresh sign-in.
//!
//! HMAC-SHA-256 (RFC 2104) with a key made of the server's passcode key, over everything of the session that never changes.
//! Where it stands and when it was last used do change, and are not covered: whoever holds the cookie *and* writes the
//! database can keep their own session from ending until its time is up.

use super::secret_key::{KeyRing, SecretKey};
use super::session::Session;
use hmac::{Hmac, KeyInit as _, Mac as _};
use portal_contract::UtcTime;
use sha2::Sha256;

/// For what the key is made, and what is sealed with it; with the version of the encoding.
const PURPOSE: &[u8] = b"passcode-portal/session-seal/1\n";

/// The seal of a session, with the current key.
#[must_use]
pub fn seal(keys: &KeyRing, session: &Session) -> Vec<u8> {
    mac(keys.current(), session).finalize().into_bytes().to_vec()
}

/// Whether this is the session that was sealed; with any of the keys, so that a new one ends nobody's session.
#[must_use]
pub fn is_intact(keys: &KeyRing, session: &Session, seal: &[u8]) -> bool {
    // Compared in constant time.
    keys.iter().any(|key| mac(key, session).verify_slice(seal).is_ok())
}

fn mac(key: &SecretKey, session: &Session) -> Hmac<Sha256> {
    let mut block = zeroize::Zeroizing::new([0; 64]);
    for (place, byte) in block.iter_mut().zip(key.reveal()) {
        *place = *byte;
    }
    let made = Hmac::<Sha256>::new((&*block).into()).chain_update(PURPOSE).finalize().into_bytes();
    for (place, byte) in block.iter_mut().zip(made) {
        *place = byte;
    }
    let millis = |moment: UtcTime| moment.unix_millis().to_be_bytes();
    let mut mac = Hmac::<Sha256>::new((&*block).into()).chain_update(session.id.as_bytes());
    for text in [session.person.as_str(), &session.display_name, &session.user_name] {
        // Each with its length: no two different sessions are the same bytes.
        mac =
            mac.chain_update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes()).chain_update(text);
    }
    mac = mac.chain_update(millis(session.created));
    match session.auth_time {
        None => mac.chain_update([0]),
        Some(auth_time) => mac.chain_update([1]).chain_update(millis(auth_time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::person::PersonId;
    use crate::domain::secret::BrowserSecret;
    use crate::domain::session::Standing;

    fn session() -> Session {
        Session {
            id: BrowserSecret::new([1; 32]).hash(),
            person: PersonId::new("p-1".to_owned()),
            display_name: "a".to_owned(),
            user_name: "b".to_owned(),
            standing: Standing::Active,
            auth_time: Some(UtcTime::from_unix_seconds(5)),
            created: UtcTime::from_unix_seconds(6),
            last_used: UtcTime::from_unix_seconds(6),
        }
    }

    #[test]
    fn whatever_a_session_says_cannot_be_changed_without_the_key() {
        let keys = KeyRing::of(SecretKey::new(&[1; 32]));
        let seal = seal(&keys, &session());
        assert!(is_intact(&keys, &session(), &seal));
        assert!(is_intact(&keys, &Session { standing: Standing::Ended, ..session() }, &seal), "may change");
        let name = |name: &str| name.to_owned();
        for changed in [
            Session { id: BrowserSecret::new([2; 32]).hash(), ..session() },
            Session { person: PersonId::new(name("p-2")), ..session() },
            Session { display_name: name("c"), ..session() },
            Session { display_name: name("ab"), user_name: String::new(), ..session() },
            Session { auth_time: Some(UtcTime::from_unix_seconds(6)), ..session() },
            Session { auth_time: None, ..session() },
            Session { created: UtcTime::from_unix_seconds(7), ..session() },
        ] {
            assert!(!is_intact(&keys, &changed, &seal), "{changed:?}");
        }
        assert!(!is_intact(&KeyRing::of(SecretKey::new(&[2; 32])), &session(), &seal));
        assert!(!is_intact(&keys, &session(), &[]));
    }

    #[test]
    fn a_new_key_ends_nobodys_session_while_the_older_one_is_there() {
        let older = SecretKey::new(&[1; 32]);
        let seal = seal(&KeyRing::of(older.clone()), &session());
        let both = KeyRing { current: SecretKey::new(&[2; 32]), older: vec![older] };
        assert!(is_intact(&both, &session(), &seal));
    }
}
