//! The organisation's categories of devices, as a management service keeps them.

/// The longest identifier, in characters.
const LONGEST_ID: usize = 127;
/// The longest name that is shown, in characters.
const LONGEST_NAME: usize = 128;

/// What a service calls a category by: 1 to 127 of the characters that need no escaping in an address (RFC 3986 unreserved).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CategoryId(String);

impl CategoryId {
    /// Reads text from outside; `None` when it cannot be an identifier.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        let is_one = !text.is_empty()
            && text.len() <= LONGEST_ID
            && text.bytes().all(is_plain)
            // These two are folded out of an address.
            && !matches!(text, "." | "..");
        is_one.then(|| Self(text.to_owned()))
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// What its service calls it by.
    pub id: CategoryId,
    /// What people call it.
    pub name: String,
}

impl Category {
    /// Reads what a service says; `None` for what cannot be chosen: an identifier that is none, or no name that can be shown.
    #[must_use]
    pub fn read(id: &str, name: &str) -> Option<Self> {
        let name = name.trim();
        let is_name =
            !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
        let id = CategoryId::parse(id)?;
        is_name.then(|| Self { id, name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_lead_elsewhere_in_an_address_is_no_identifier() {
        for text in ["705c034c-034c-705c-4c03-5c704c035c70", "sales", "A.b_c~1", &"c".repeat(127)] {
            assert_eq!(CategoryId::parse(text).map(|id| id.as_str().to_owned()), Some(text.to_owned()));
        }
        for text in ["", ".", "..", "a/b", "a b", "a%2fb", "営業", "a?b", &"c".repeat(128)] {
            assert_eq!(CategoryId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_category_nobody_could_choose_is_none() {
        assert_eq!(Category::read("c-1", " 営業 ").map(|one| one.name), Some("営業".to_owned()));
        for (id, name) in [("c-1", " "), ("c-1", "a\nb"), ("a/b", "Sales"), ("c-1", &"n".repeat(129))] {
            assert_eq!(Category::read(id, name), None, "{id} {name:?}");
        }
    }
}
