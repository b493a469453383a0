//! A crowd: people who only exist for load, each with six devices that behave differently. What a run under load does
//! to them is checked afterwards, so every kind of ending has to occur: acknowledged, put off, refused, never answered,
//! superseded.

use super::behaviour::Behaviour;
use super::builder::device;
use super::fleet::SimulatedDevice;

/// The devices of the crowd: `p-crowd-0001` has `d-crowd-0001-1` to `d-crowd-0001-6`; the fifth is managed by the service with the
/// manners of Microsoft Graph, the sixth by that with those of NanoMDM.
#[must_use]
pub fn crowd(people: u32) -> Vec<SimulatedDevice> {
    (1..=people).flat_map(devices).collect()
}

fn devices(number: u32) -> [SimulatedDevice; 6] {
    let person = format!("p-crowd-{number:04}");
    let one = |place: u32, system, kind| {
        device(
            &person,
            &format!("d-crowd-{number:04}-{place}"),
            &format!("Crowd {number:04}/{place}"),
            system,
            kind,
        )
    };
    let android = (("Android", "6.0.1"), ("Zebra", "TC51"));
    let apple = (("iOS", "18.6"), ("Apple", "iPhone SE"));
    // Only an Android device may stay silent: its commands expire soonest.
    let last = match number % 4 {
        0 => one(4, android.0, android.1).that(Behaviour::Silent),
        1 => one(4, apple.0, apple.1).that(Behaviour::WrongUnlockToken),
        2 => one(4, android.0, android.1).that(Behaviour::ErasedMeanwhile),
        _ => one(4, android.0, android.1).that(Behaviour::NoPasscodePolicy),
    };
    [
        one(1, android.0, android.1),
        one(2, apple.0, apple.1),
        one(3, ("iPadOS", "18.5"), ("Apple", "iPad Pro")).that(Behaviour::NotNow),
        last,
        one(5, android.0, android.1).in_cloud(),
        one(6, apple.0, apple.1).by_push(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::ActionKind;
    use crate::domain::policy::{Decision, decide};

    #[test]
    fn every_person_of_the_crowd_has_six_devices_that_can_be_reset() {
        let everybody = crowd(8);
        assert_eq!(everybody.len(), 48);
        assert!(everybody.iter().all(|one| matches!(
            decide(ActionKind::ResetPasscode, &one.device, &one.person),
            Decision::Allowed(_)
        )));
        assert_eq!(everybody.iter().filter(|one| one.behaviour == Behaviour::Silent).count(), 2);
    }
}
