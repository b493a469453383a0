//! Which plural form a whole number takes (CLDR, plural rules, cardinal). The families mirror those of the generator, and
//! the numbers follow the order in which it stores the forms; `tests/i18n_generator.rs` compares the two.

/// How a language chooses among its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "a family stays known when no language file uses it")]
pub(crate) enum PluralFamily {
    /// One form.
    Other,
    /// A form for 1 and one for the rest.
    OneOther,
    /// A form for 0 and 1, one for whole millions, one for the rest.
    French,
    /// A form for 1, one for whole millions, one for the rest.
    Spanish,
    /// Forms for 0, 1, 2, a few (3 to 10), many (11 to 99), and the rest; the last three by the last two digits.
    Arabic,
}

impl PluralFamily {
    /// The place of the form for `count` among the stored forms.
    pub(crate) const fn form(self, count: usize) -> usize {
        match self {
            Self::Other => 0,
            Self::OneOther => (count != 1) as usize,
            Self::French => romance(count, count <= 1),
            Self::Spanish => romance(count, count == 1),
            Self::Arabic => match (count, count % 100) {
                (0..=2, _) => count,
                (_, 3..=10) => 3,
                (_, 11..=99) => 4,
                _ => 5,
            },
        }
    }
}

const fn romance(count: usize, is_one: bool) -> usize {
    if is_one {
        0
    } else if count != 0 && count.is_multiple_of(1_000_000) {
        1
    } else {
        2
    }
}
