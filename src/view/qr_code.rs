//! A text as a QR code (ISO/IEC 18004), drawn as one path of squares. Made here, in the page, because the text is a secret;
//! what comes out is as secret as what went in.

use portal_contract::SecretText;
use qrcodegen::{QrCode, QrCodeEcc};

/// The margin the standard asks for, in modules. Without it many cameras find nothing.
const QUIET_ZONE: usize = 4;

/// A QR code in units of its modules.
#[derive(Clone, PartialEq, Eq)]
pub struct QrDrawing {
    /// The side of the square, margins included.
    pub side: usize,
    /// The dark modules as the data of an SVG path.
    pub path: SecretText,
}

impl std::fmt::Debug for QrDrawing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// Draws a text, so that it can be read with at least 15 % of it hidden (level M). `None` when it is too long for a QR code.
#[must_use]
pub fn qr_drawing(text: &SecretText) -> Option<QrDrawing> {
    let code = QrCode::encode_text(text.reveal(), QrCodeEcc::Medium).ok()?;
    let size = usize::try_from(code.size()).ok()?;
    let mut path = String::new();
    for (y, row) in (0..code.size()).enumerate() {
        let row: Vec<bool> = (0..code.size()).map(|x| code.get_module(x, row)).collect();
        let mut x = 0;
        // A run of dark modules is one rectangle: fewer words, and no seams between squares.
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&true) {
                add_run(&mut path, x + QUIET_ZONE, y + QUIET_ZONE, run.len());
            }
            x += run.len();
        }
    }
    Some(QrDrawing { side: size + 2 * QUIET_ZONE, path: SecretText::new(path) })
}

fn add_run(path: &mut String, x: usize, y: usize, length: usize) {
    let (x, y, length) = (x.to_string(), y.to_string(), length.to_string());
    for word in ["M", &x, " ", &y, "h", &length, "v1h-", &length, "z"] {
        path.push_str(word);
    }
}
