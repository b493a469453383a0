//! The CSV writer: what a spreadsheet would run, what RFC 4180 says, and that nothing is lost on the way.
#![cfg(not(target_arch = "wasm32"))]

use passcode_portal::domain::Csv;
use proptest::prelude::*;

fn written(rows: &[Vec<String>]) -> String {
    let mut csv = Csv::default();
    for row in rows {
        csv.row(row);
    }
    csv.finish()
}

fn cell(text: &str) -> String {
    written(&[vec![text.to_owned()]])
}

/// A reader of RFC 4180 in the form the writer uses (every field quoted); `None` for anything else.
fn parsed(text: &str) -> Option<Vec<Vec<String>>> {
    let mut rest = text.strip_prefix('\u{feff}')?;
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        if row.is_empty() && rest.starts_with("\r\n") {
            rows.push(std::mem::take(&mut row));
            rest = rest.strip_prefix("\r\n")?;
            continue;
        }
        rest = rest.strip_prefix('"')?;
        let mut field = String::new();
        loop {
            let (before, after) = rest.split_once('"')?;
            field.push_str(before);
            rest = after;
            let Some(after) = rest.strip_prefix('"') else { break };
            field.push('"');
            rest = after;
        }
        row.push(field);
        if let Some(after) = rest.strip_prefix("\r\n") {
            rows.push(std::mem::take(&mut row));
            rest = after;
        } else {
            rest = rest.strip_prefix(',')?;
        }
    }
    row.is_empty().then_some(rows)
}

#[test]
fn a_file_begins_with_the_mark_and_its_lines_end_as_the_standard_says() {
    let rows =
        [vec!["Device".to_owned(), "When".to_owned()], vec!["花子の電話".to_owned(), "2027".to_owned()]];
    assert_eq!(written(&rows), "\u{feff}\"Device\",\"When\"\r\n\"花子の電話\",\"2027\"\r\n");
}

#[test]
fn quotes_commas_and_line_breaks_stay_inside_their_cell() {
    assert_eq!(cell("a \"b\", c\nd"), "\u{feff}\"a \"\"b\"\", c\nd\"\r\n");
}

#[test]
fn a_cell_is_never_a_formula() {
    for dangerous in [
        "=HYPERLINK(\"https://evil.example\",\"x\")",
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1",
        "＠SUM",
    ] {
        let file = cell(dangerous);
        assert!(file.starts_with("\u{feff}\"'"), "{file}");
    }
    for harmless in ["Hanako's phone", "a=b", "2027-01-15", "'", ""] {
        assert!(!cell(harmless).starts_with("\u{feff}\"''"), "{harmless}");
        assert_eq!(parsed(&cell(harmless)), Some(vec![vec![harmless.to_owned()]]));
    }
}

fn cell_like() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[=+@,\"\r\n\t' a-]{0,8}"]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(rows in proptest::collection::vec(proptest::collection::vec(cell_like(), 1..5), 0..5)) {
        let read = parsed(&written(&rows));
        prop_assert!(read.is_some());
        let read = read.unwrap_or_default();
        prop_assert_eq!(read.len(), rows.len());
        for (read, row) in read.iter().zip(&rows) {
            prop_assert_eq!(read.len(), row.len());
            for (read, cell) in read.iter().zip(row) {
                let same = read == cell || read.strip_prefix('\'') == Some(cell);
                prop_assert!(same, "{:?} became {:?}", cell, read);
                let first = read.trim_start().chars().next();
                prop_assert!(!matches!(first, Some('=' | '+' | '-' | '@')), "{:?}", read);
            }
        }
    }
}
