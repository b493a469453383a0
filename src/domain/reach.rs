//! Whether a command will reach a device, as far as its last check-in tells, and when waiting has become long.
//!
//! Nobody can promise that a device answers; what is known is when it last did. Devices check in every few hours and when
//! they are pushed, so "within the hour" means that it is on and connected, and weeks mean that somebody has to look.

use super::action::PendingPhase;
use super::time::{Milliseconds, Seconds};
use portal_contract::{ActionName, ActionState, DeviceActionResult, UtcTime};

/// After this long without an answer the page says what to try.
pub const LONG_WAIT: Milliseconds = Milliseconds(5 * 60 * 1000);

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// How likely it is that the device answers soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReachForecast {
    /// Seen within the last hour: most probably at once.
    Recently,
    /// Seen within the last day.
    Hours,
    /// Seen within the last two weeks: probably switched off or without a connection.
    Days,
    /// Not seen for longer.
    LongAgo,
    /// It has never checked in.
    Never,
}

impl ReachForecast {
    /// The forecast from the last check-in and the server's time. A check-in a little in the future (the estimate of the
    /// server's time is not exact) was now.
    #[must_use]
    pub const fn of(last_check_in: Option<UtcTime>, now: UtcTime) -> Self {
        let Some(seen) = last_check_in else { return Self::Never };
        match now.unix_millis().saturating_sub(seen.unix_millis()) {
            ..HOUR => Self::Recently,
            HOUR..DAY => Self::Hours,
            age if age < 14 * DAY => Self::Days,
            _ => Self::LongAgo,
        }
    }
}

/// So many resets have to have been done before it is said what is usual.
const WORTH_TELLING: usize = 3;
/// What takes longer is no promise anybody needs.
const LONGEST_USUAL: i64 = HOUR / 1000;

/// How long a reset usually takes, from those among these runs that were done: the median, in seconds. `None` for too few of
/// them, and for hours.
#[must_use]
pub fn usual_time<'a>(runs: impl Iterator<Item = &'a DeviceActionResult>) -> Option<Seconds> {
    let done = |run: &&DeviceActionResult| {
        run.action_name == ActionName::ResetPasscode && run.action_state == ActionState::Done
    };
    let took = |run: &DeviceActionResult| {
        let millis =
            run.last_updated_date_time.unix_millis().saturating_sub(run.start_date_time.unix_millis());
        // A part of a second is a second: nothing takes none.
        Milliseconds(millis.max(1)).seconds_rounded_up()
    };
    let mut times: Vec<Seconds> = runs.filter(done).map(took).collect();
    times.sort_unstable();
    let usual = *times.get(times.len() / 2)?;
    (times.len() >= WORTH_TELLING && usual.0 < LONGEST_USUAL).then_some(usual)
}

/// What is known of a device whose answer is missing for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Silence {
    /// It has not checked in since this moment, which is before the reset.
    NotSince(UtcTime),
    /// It has checked in after the reset was accepted, and still has not confirmed it.
    CheckedInAt(UtcTime),
    /// It has never checked in.
    Never,
    /// It has the reset, and its answer is missing.
    Unconfirmed,
}

/// What to say about a device that does not answer; `None` while waiting is not long yet.
#[must_use]
pub const fn silence(
    started: UtcTime,
    phase: PendingPhase,
    last_check_in: Option<UtcTime>,
    now: UtcTime,
) -> Option<Silence> {
    if now.unix_millis().saturating_sub(started.unix_millis()) < LONG_WAIT.0 {
        return None;
    }
    Some(match (phase, last_check_in) {
        // It must have been in touch, whatever its last check-in says: the page never shows two truths.
        (PendingPhase::Delivered | PendingPhase::NotNow, _) => Silence::Unconfirmed,
        (PendingPhase::Waiting, None) => Silence::Never,
        (PendingPhase::Waiting, Some(seen)) if seen.unix_millis() > started.unix_millis() => {
            Silence::CheckedInAt(seen)
        }
        (PendingPhase::Waiting, Some(seen)) => Silence::NotSince(seen),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    const fn before(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(NOW - seconds)
    }

    #[test]
    fn the_forecast_follows_the_last_check_in() {
        let cases = [
            (Some(-30), ReachForecast::Recently),
            (Some(0), ReachForecast::Recently),
            (Some(3_599), ReachForecast::Recently),
            (Some(3_600), ReachForecast::Hours),
            (Some(86_399), ReachForecast::Hours),
            (Some(86_400), ReachForecast::Days),
            (Some(14 * 86_400 - 1), ReachForecast::Days),
            (Some(14 * 86_400), ReachForecast::LongAgo),
            (None, ReachForecast::Never),
        ];
        for (age, forecast) in cases {
            assert_eq!(ReachForecast::of(age.map(before), before(0)), forecast, "{age:?}");
        }
    }

    #[test]
    fn what_is_usual_is_the_middle_of_what_was_done_and_nothing_is_said_of_too_few() {
        let run = |seconds: i64, state: ActionState| DeviceActionResult {
            id: String::new(),
            action_name: ActionName::ResetPasscode,
            action_state: state,
            progress: None,
            start_date_time: before(1_000_000),
            last_updated_date_time: before(1_000_000 - seconds),
            error_code: None,
            expires_date_time: None,
        };
        let usual = |runs: &[DeviceActionResult]| usual_time(runs.iter());
        let mut runs =
            vec![run(4, ActionState::Done), run(90, ActionState::Done), run(9_000, ActionState::Failed)];
        assert_eq!(usual(&runs), None, "two are no custom");
        runs.push(run(6, ActionState::Done));
        assert_eq!(usual(&runs), Some(Seconds(6)), "one that took long, or failed, changes nothing");
        let slow = vec![run(7_200, ActionState::Done); 5];
        assert_eq!(usual(&slow), None, "hours are no comfort");
    }

    #[test]
    fn waiting_is_long_after_five_minutes_and_not_before() {
        let said = |started| silence(before(started), PendingPhase::Waiting, None, before(0));
        assert_eq!(said(299), None);
        assert_eq!(said(300), Some(Silence::Never));
        assert_eq!(said(-60), None, "a start in the future is not long ago");
    }

    #[test]
    fn a_check_in_after_the_start_is_told_apart_from_one_before() {
        let said = |seen| silence(before(600), PendingPhase::Waiting, Some(before(seen)), before(0));
        assert_eq!(said(601), Some(Silence::NotSince(before(601))));
        assert_eq!(said(600), Some(Silence::NotSince(before(600))));
        assert_eq!(said(599), Some(Silence::CheckedInAt(before(599))));
    }
    #[test]
    fn a_device_that_has_the_reset_is_never_said_not_to_have_been_in_touch() {
        for seen in [None, Some(before(900)), Some(before(60))] {
            let said = silence(before(600), PendingPhase::Delivered, seen, before(0));
            assert_eq!(said, Some(Silence::Unconfirmed));
        }
    }
}
