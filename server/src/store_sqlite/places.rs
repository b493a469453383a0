//! Places in the audit record, hidden from the people they are shown to. The record counts everybody's entries in one row,
//! so a bare number would tell each person how much happens in the whole organisation, and when.
//!
//! One block of AES under a key of this database: the person (half of the block) and the number (the other half). The same
//! entry always has the same place, and a place that is another person's, or nobody's, does not open.

use super::store_error;
use crate::domain::person::PersonId;
use crate::ports::StoreError;
use aes::Aes128;
use aes::cipher::{Array, BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};
use sqlx::SqlitePool;
use std::sync::Arc;

/// Hides places and finds them again.
#[derive(Clone)]
pub(super) struct Places(Arc<Aes128>);

impl std::fmt::Debug for Places {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

impl Places {
    /// For a look at a database that may be too old to have such a key; shows nobody anything.
    pub(super) fn unknown() -> Self {
        Self(Arc::new(Aes128::new(&[0; 16].into())))
    }

    /// Reads the key that the migration made.
    pub(super) async fn read(readers: &SqlitePool) -> Result<Self, StoreError> {
        let key: Vec<u8> = sqlx::query_scalar("SELECT key FROM place_key WHERE id = 1")
            .fetch_one(readers)
            .await
            .map_err(|error| store_error(&error))?;
        let key =
            <[u8; 16]>::try_from(key).map_err(|_| StoreError::Corrupt("the key of places".to_owned()))?;
        Ok(Self(Arc::new(Aes128::new(&key.into()))))
    }

    /// The place of an entry, as a person is shown it.
    pub(super) fn hide(&self, person: &PersonId, sequence: i64) -> String {
        let mut block = Array::from(
            (u128::from(half(person)) << 64 | u128::from(sequence.cast_unsigned())).to_be_bytes(),
        );
        self.0.encrypt_block(&mut block);
        Base64UrlUnpadded::encode_string(&block)
    }

    /// The number behind a place; `None` if it is not one of this person's.
    pub(super) fn find(&self, person: &PersonId, place: &str) -> Option<i64> {
        let mut bytes = [0; 16];
        let decoded = Base64UrlUnpadded::decode(place, &mut bytes).ok()?;
        if decoded.len() != 16 {
            return None;
        }
        let mut block = Array::from(bytes);
        self.0.decrypt_block(&mut block);
        let whole = u128::from_be_bytes(block.into());
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of a block")]
        let (first, second) = ((whole >> 64) as u64, whole as u64);
        (first == half(person)).then(|| second.cast_signed())
    }
}

fn half(person: &PersonId) -> u64 {
    let digest: [u8; 32] = Sha256::digest(person.as_str().as_bytes()).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> PersonId {
        PersonId::new(name.to_owned())
    }

    #[test]
    fn a_place_is_found_again_by_its_person_and_nobody_else() {
        let places = Places(Arc::new(Aes128::new(&[7; 16].into())));
        for sequence in [1, 2, i64::MAX] {
            let place = places.hide(&person("a"), sequence);
            assert_eq!(places.find(&person("a"), &place), Some(sequence));
            assert_eq!(places.find(&person("b"), &place), None);
            assert_ne!(place, places.hide(&person("b"), sequence));
        }
        for nonsense in ["", "1", "AAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(100), "ä", "AAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(places.find(&person("a"), nonsense), None, "{nonsense}");
        }
    }
}
