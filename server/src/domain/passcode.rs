//! Temporary passcodes: which characters, how long, how strong.
//!
//! The alphabet leaves out everything that is misread or misheard on a lock screen: `0`/`o`, `1`/`l`/`i`,
//! `2`/`z` (the letter goes), `5`/`s` (the letter goes), `6`/`b` (the letter goes), `9`/`g`/`q` (the letters
//! go), and all capitals, because changing the keyboard's case on a locked phone is where people give up.
//!
//! Strength. Letters and digits: 18 letters + 8 digits, 8 characters, at least one of each kind: 37.5 bits.
//! Digits: 8 of 8, 24 bits. The passcode is set by the management service and typed on the device itself,
//! which slows down and locks after a handful of wrong tries; it lives until the person changes it (told to
//! do so at once) and is erased here after 7 days. At ten tries an hour, 7 days are 1,680 tries: one chance
//! in 10,000 for digits and one in 100,000,000 for letters and digits. The server itself cannot be asked
//! whether a guess is right.

use portal_contract::{CharacterSet, SecretText};
use zeroize::Zeroizing;

/// Letters that cannot be mistaken.
pub const LETTERS: &[u8; 18] = b"acdefhjkmnprtuvwxy";
/// Digits that cannot be mistaken; the digits-only passcode uses nothing else.
pub const DIGITS: &[u8; 8] = b"23456789";
/// How many characters a temporary passcode has unless the device wants another length (Android 14 wants at least 6
/// digits, Windows Phone takes 4 to 18).
pub const LENGTH: usize = 8;

/// The length for a device that takes from `min` to `max` characters: the usual one where that is allowed.
#[must_use]
pub fn length_for(min: u8, max: u8) -> usize {
    LENGTH.min(usize::from(max)).max(usize::from(min))
}

/// How many random bytes are drawn at once.
const BATCH: usize = 32;
/// After how many batches the source counts as broken. A good source needs a second batch in fewer than one
/// of a thousand cases.
const MAX_BATCHES: usize = 64;

/// The source of randomness failed or returns only values that have to be rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomnessExhausted;

/// Draws a temporary passcode. `fill` must be a cryptographic generator.
///
/// Bytes that would make some characters likelier than others are rejected, and so is a whole passcode that
/// lacks a letter or a digit: every passcode that remains is equally likely.
///
/// # Errors
/// [`RandomnessExhausted`] when the source fails or is not random at all.
pub fn generate(
    character_set: CharacterSet,
    length: usize,
    fill: &mut dyn FnMut(&mut [u8]) -> Result<(), RandomnessExhausted>,
) -> Result<SecretText, RandomnessExhausted> {
    let alphabet: Vec<u8> = match character_set {
        CharacterSet::Digits => DIGITS.to_vec(),
        // A set this build does not know cannot come out of the policy table; the richer one is the safe
        // reading.
        CharacterSet::LettersAndDigits | CharacterSet::Other => {
            [LETTERS.as_slice(), DIGITS.as_slice()].concat()
        }
    };
    let mut drawn: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::with_capacity(length));
    for _ in 0..MAX_BATCHES {
        let mut batch = Zeroizing::new([0_u8; BATCH]);
        fill(batch.as_mut())?;
        for byte in *batch {
            drawn.extend(unbiased(byte, &alphabet));
            if drawn.len() == length {
                if is_complete(&drawn, character_set) {
                    return Ok(SecretText::new(drawn.iter().copied().map(char::from).collect()));
                }
                drawn.clear();
            }
        }
    }
    Err(RandomnessExhausted)
}

/// Maps a byte to a character, or to none where the alphabet's size does not divide 256 evenly.
fn unbiased(byte: u8, alphabet: &[u8]) -> Option<u8> {
    let size = alphabet.len();
    let usable = 256 - 256 % size;
    let value = usize::from(byte);
    (value < usable).then(|| alphabet.get(value % size).copied()).flatten()
}

fn is_complete(drawn: &[u8], character_set: CharacterSet) -> bool {
    character_set == CharacterSet::Digits
        || (drawn.iter().any(u8::is_ascii_digit) && drawn.iter().any(u8::is_ascii_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A small deterministic generator (xorshift); good enough to look at distributions.
    fn source(seed: u64) -> impl FnMut(&mut [u8]) -> Result<(), RandomnessExhausted> {
        let mut state = seed | 1;
        move |buffer| {
            for byte in buffer {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *byte = (state >> 24) as u8;
            }
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn a_passcode_has_only_unmistakable_characters_and_one_of_each_kind(seed: u64) {
            let mixed = generate(CharacterSet::LettersAndDigits, LENGTH, &mut source(seed)).unwrap();
            prop_assert_eq!(mixed.reveal().len(), LENGTH);
            prop_assert!(mixed.reveal().bytes().all(|byte| LETTERS.contains(&byte) || DIGITS.contains(&byte)));
            prop_assert!(mixed.reveal().bytes().any(|byte| byte.is_ascii_digit()));
            prop_assert!(mixed.reveal().bytes().any(|byte| byte.is_ascii_alphabetic()));
            prop_assert!(!mixed.reveal().contains(['0', 'o', 'O', '1', 'l', 'I', 'i', 's', 'z', 'b', 'g', 'q']));
            let digits = generate(CharacterSet::Digits, LENGTH, &mut source(seed)).unwrap();
            prop_assert!(digits.reveal().bytes().all(|byte| DIGITS.contains(&byte)));
            prop_assert!((6..=8).contains(&digits.reveal().len()));
        }
    }

    #[test]
    fn every_character_is_about_equally_likely() {
        let mut draw = source(42);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..20_000 {
            for byte in generate(CharacterSet::LettersAndDigits, LENGTH, &mut draw).unwrap().reveal().bytes()
            {
                *counts.entry(byte).or_insert(0_u32) += 1;
            }
        }
        assert_eq!(counts.len(), LETTERS.len() + DIGITS.len());
        let expected = 20_000 * 8 / 26;
        for (byte, count) in counts {
            // Requiring a digit makes digits slightly likelier; a modulo bias would be 10 % and more.
            assert!(
                count.abs_diff(expected) < expected * 9 / 100,
                "{} {count} of {expected}",
                char::from(byte)
            );
        }
    }

    #[test]
    fn the_length_is_the_usual_one_where_the_device_takes_it() {
        assert_eq!([(4, 16), (4, 6), (10, 16), (6, 6)].map(|(min, max)| length_for(min, max)), [8, 6, 10, 6]);
        let long = generate(CharacterSet::LettersAndDigits, 12, &mut source(1)).unwrap();
        assert_eq!(long.reveal().len(), 12);
    }

    #[test]
    fn bytes_that_would_favour_some_characters_are_rejected() {
        assert_eq!(unbiased(233, &[b'a'; 26]), Some(b'a'));
        assert_eq!(unbiased(234, &[b'a'; 26]), None);
        assert_eq!(unbiased(255, &[b'a'; 8]), Some(b'a'));
    }

    #[test]
    fn a_broken_source_is_an_error_and_not_a_weak_passcode() {
        let mut stuck = |buffer: &mut [u8]| {
            buffer.fill(255);
            Ok(())
        };
        assert!(matches!(
            generate(CharacterSet::LettersAndDigits, LENGTH, &mut stuck),
            Err(RandomnessExhausted)
        ));
        let mut failing = |_: &mut [u8]| Err(RandomnessExhausted);
        assert!(matches!(generate(CharacterSet::Digits, LENGTH, &mut failing), Err(RandomnessExhausted)));
    }
}
