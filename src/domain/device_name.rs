//! The name a person gives a device in the portal.

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 64;

/// A name the server takes: trimmed, 1 to 64 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceName(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameProblem {
    /// Nothing is left after trimming.
    Empty,
    /// More than [`LONGEST_NAME`] characters.
    TooLong,
    /// A line break, a tab or another character that cannot be shown.
    ControlCharacter,
}

impl DeviceName {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// [`NameProblem`].
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameProblem::Empty);
        }
        if name.chars().any(char::is_control) {
            return Err(NameProblem::ControlCharacter);
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(NameProblem::TooLong);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_to_sixty_four_characters_and_none_that_cannot_be_shown() {
        let read = |text: &str| DeviceName::parse(text).map(|name| name.as_str().to_owned());
        assert_eq!(read("  営業の電話 1 "), Ok("営業の電話 1".to_owned()));
        assert_eq!(read(" \u{3000}\t"), Err(NameProblem::Empty));
        assert_eq!(read("a\nb"), Err(NameProblem::ControlCharacter));
        assert_eq!(read(&"あ".repeat(64)), Ok("あ".repeat(64)));
        assert_eq!(read(&"あ".repeat(65)), Err(NameProblem::TooLong));
    }
}
