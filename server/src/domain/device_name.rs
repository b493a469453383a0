//! The name a person gives a device in the portal. The device keeps its own.

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 64;

/// A name: 1 to 64 characters without control characters and without white space at its ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceName(String);

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoName;

impl DeviceName {
    /// Reads text from outside.
    ///
    /// # Errors
    /// [`NoName`] when nothing is left after trimming, it is too long, or holds a character that cannot be shown.
    pub fn parse(text: &str) -> Result<Self, NoName> {
        let name = text.trim();
        let is_name =
            !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
        if is_name { Ok(Self(name.to_owned())) } else { Err(NoName) }
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
    fn a_name_has_one_to_sixty_four_characters_that_can_be_shown() {
        let read = |text: &str| DeviceName::parse(text).map(|name| name.as_str().to_owned());
        assert_eq!(read("  営業の電話 1 "), Ok("営業の電話 1".to_owned()));
        for text in ["", " \u{3000}\t", "a\nb", &"あ".repeat(65)] {
            assert_eq!(read(text), Err(NoName), "{text:?}");
        }
        assert_eq!(read(&"あ".repeat(64)), Ok("あ".repeat(64)));
    }
}
