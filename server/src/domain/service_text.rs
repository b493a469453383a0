//! Words of a management service that people are shown: anything may stand in them.

/// What can be shown of a text: without control characters, of so many characters at most. A blank stands for what separated words.
#[must_use]
pub fn shown(text: &str, most: usize) -> String {
    let plain: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    plain.trim().chars().take(most).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_not_and_the_rest_is() {
        assert_eq!(shown(" a\nb\u{1b}[31m ", 10), "a b [31m");
        assert_eq!(shown("パスコードが必要です", 5), "パスコード");
        assert_eq!(shown("\t \n", 5), "");
    }
}
