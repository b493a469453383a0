//! Which plural form a whole number takes. The families mirror those of the generator.

/// How a language chooses among its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "a family stays known when no language file uses it")]
pub(crate) enum PluralFamily {
    /// One form.
    Other,
    /// A form for 1 and one for the rest.
    OneOther,
}

impl PluralFamily {
    /// The place of the form for `count` among the stored forms.
    pub(crate) const fn form(self, count: usize) -> usize {
        match self {
            Self::Other => 0,
            Self::OneOther => (count != 1) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PluralFamily;

    #[test]
    fn english_has_a_form_for_one_and_japanese_has_not() {
        assert_eq!([0, 1, 2].map(|count| PluralFamily::OneOther.form(count)), [1, 0, 1]);
        assert_eq!([0, 1, 2].map(|count| PluralFamily::Other.form(count)), [0, 0, 0]);
    }
}
