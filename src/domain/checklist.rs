//! The steps after a reset that a person ticks off on the result page. What is ticked is kept in memory for the visit
//! and nowhere else: it belongs to one reset, and a later reset of the same device begins with nothing ticked.

/// What a step is about; the words depend on the platform, the tick does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChecklistStep {
    /// Open the device.
    Unlock,
    /// Find the settings.
    OpenSettings,
    /// Set a passcode that only the person knows.
    NewPasscode,
    /// Set up face or finger again.
    Biometrics,
}

impl ChecklistStep {
    /// A name that stays the same, for the `id` of the tick box.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unlock => "step-unlock",
            Self::OpenSettings => "step-open-settings",
            Self::NewPasscode => "step-new-passcode",
            Self::Biometrics => "step-biometrics",
        }
    }
}

/// What has been ticked during this visit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checklist {
    ticked: Vec<(String, ChecklistStep)>,
}

impl Checklist {
    /// Ticks a step of a reset, or takes the tick away.
    pub fn toggle(&mut self, result: &str, step: ChecklistStep) {
        let known = self.ticked.iter().position(|(of, ticked)| of == result && *ticked == step);
        match known {
            Some(place) => {
                self.ticked.swap_remove(place);
            }
            None => self.ticked.push((result.to_owned(), step)),
        }
    }

    /// Whether a step is ticked.
    #[must_use]
    pub fn is_ticked(&self, result: &str, step: ChecklistStep) -> bool {
        self.ticked.iter().any(|(of, ticked)| of == result && *ticked == step)
    }

    /// How many steps of a reset are ticked.
    #[must_use]
    pub fn ticked(&self, result: &str) -> usize {
        self.ticked.iter().filter(|(of, _)| of == result).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_takes_the_tick_away() {
        let mut list = Checklist::default();
        list.toggle("r-1", ChecklistStep::Unlock);
        list.toggle("r-1", ChecklistStep::NewPasscode);
        list.toggle("r-1", ChecklistStep::Unlock);
        assert!(!list.is_ticked("r-1", ChecklistStep::Unlock));
        assert!(list.is_ticked("r-1", ChecklistStep::NewPasscode));
        assert_eq!(list.ticked("r-1"), 1);
    }

    #[test]
    fn another_reset_begins_with_nothing_ticked() {
        let mut list = Checklist::default();
        list.toggle("r-1", ChecklistStep::Unlock);
        assert!(!list.is_ticked("r-2", ChecklistStep::Unlock));
        assert_eq!(list.ticked("r-2"), 0);
        list.toggle("r-2", ChecklistStep::Unlock);
        assert!(list.is_ticked("r-1", ChecklistStep::Unlock) && list.is_ticked("r-2", ChecklistStep::Unlock));
    }
}
