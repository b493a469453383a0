//! The keys of simulated computers: made anew each time they are asked for, so that none lies in the fleet's database.

use super::behaviour::{fraction, mix};
use crate::domain::action::ActionKind;
use crate::domain::device::Device;
use crate::domain::issued_secret::{IssuedParts, part};
use crate::domain::policy::PlatformFamily;
use portal_contract::{SecretPart, SecretText};

const LETTERS: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const DIGITS: &[u8] = b"0123456789";

/// Characters that depend on the seed, the device and a purpose alone.
fn drawn(seed: u64, device: &Device, purpose: &str, alphabet: &[u8], length: usize) -> String {
    (0..length)
        .map(|place| {
            let place = u64::try_from(place).unwrap_or_default();
            let dice = fraction(mix(seed ^ place), &format!("{} {purpose} {place}", device.id));
            // A fraction of the length is a place in the alphabet.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "0 to 35"
            )]
            let at = (dice * alphabet.len() as f64) as usize;
            alphabet.get(at).map_or('0', |byte| char::from(*byte))
        })
        .collect()
}

fn grouped(text: &str, length: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = characters.chunks(length).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

fn secret(label: &str, value: String) -> Option<SecretPart> {
    part(label, SecretText::new(value))
}

/// What a service tells of a device; `None` where it keeps nothing.
pub(super) fn kept(seed: u64, device: &Device, kind: ActionKind) -> Option<IssuedParts> {
    let family = PlatformFamily::of(&device.operating_system);
    let parts = match (kind, family) {
        (ActionKind::ShowRecoveryKey, PlatformFamily::Windows) => {
            let id = drawn(seed, device, "id", b"0123456789ABCDEF", 8);
            vec![secret(&id, grouped(&drawn(seed, device, "bitlocker", DIGITS, 48), 6))]
        }
        (ActionKind::ShowRecoveryKey, PlatformFamily::MacOs) => {
            vec![secret("", grouped(&drawn(seed, device, "filevault", LETTERS, 24), 4))]
        }
        (ActionKind::ShowLocalAdministratorPassword, PlatformFamily::Windows) => {
            vec![secret("Administrator", drawn(seed, device, "laps", LETTERS, 14))]
        }
        (ActionKind::RemoteLock, PlatformFamily::MacOs) => {
            vec![secret("", drawn(seed, device, "unlock PIN", DIGITS, 6))]
        }
        _ => Vec::new(),
    };
    IssuedParts::of(parts.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::simulated::sample_fleet;

    #[test]
    fn every_computer_has_a_key_of_its_own_that_looks_like_one() {
        let fleet = sample_fleet(1);
        let of = |id: &str| {
            let device = &fleet.iter().find(|one| one.device.id.as_str() == id).unwrap().device;
            let parts = kept(1, device, ActionKind::ShowRecoveryKey).unwrap().into_parts();
            parts[0].value.reveal().to_owned()
        };
        let (one, other) = (of("d-chiyo-windows10"), of("d-chiyo-windows11"));
        assert_ne!(one, other);
        assert_eq!((one.len(), one.split('-').count()), (55, 8));
        assert_eq!(of("d-chiyo-mac").split('-').count(), 6);
    }
}
