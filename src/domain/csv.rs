//! Writes comma-separated values (RFC 4180) that a spreadsheet opens without running anything.
//!
//! Device names come from people, and a cell that begins with `=` is a formula to a spreadsheet (OWASP, "CSV Injection"):
//! such a cell gets an apostrophe in front. Every cell is quoted, so that a name may hold commas and line breaks. The
//! byte order mark tells Excel that the file is UTF-8; without it Japanese arrives as nonsense.

/// A table being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csv(String);

impl Default for Csv {
    fn default() -> Self {
        Self("\u{feff}".to_owned())
    }
}

impl Csv {
    /// Adds a row.
    pub fn row(&mut self, cells: &[String]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.cell(cell);
        }
        self.0.push_str("\r\n");
    }

    fn cell(&mut self, cell: &str) {
        self.0.push('"');
        if is_formula(cell) {
            self.0.push('\'');
        }
        for character in cell.chars() {
            if character == '"' {
                self.0.push('"');
            }
            self.0.push(character);
        }
        self.0.push('"');
    }

    /// The file.
    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }
}

/// Whether a spreadsheet may take the cell for a formula. Spaces in front do not help (some trim them), and the full-width
/// signs of Japanese keyboards count in some versions too.
fn is_formula(cell: &str) -> bool {
    let starts_with_control = cell.starts_with(['\t', '\r', '\n']);
    starts_with_control || cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}
