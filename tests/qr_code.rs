//! The QR code, read back by a decoder that shares nothing with what drew it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code fails loudly")]

use passcode_portal::features::passcode::words::{QrDrawing, qr_drawing};
use portal_contract::SecretText;

fn drawn(text: &str) -> QrDrawing {
    qr_drawing(&SecretText::new(text.to_owned())).unwrap()
}

/// The squares of the path, as a picture would have them.
fn dark(drawing: &QrDrawing) -> Vec<Vec<bool>> {
    let mut dark = vec![vec![false; drawing.side]; drawing.side];
    for run in drawing.path.reveal().split_terminator('z') {
        let (start, rest) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
        let (x, y) = start.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let (length, back) = rest.split_once("v1h-").unwrap();
        assert_eq!(length, back, "a rectangle");
        for square in &mut dark[y][x..x + length.parse::<usize>().unwrap()] {
            *square = true;
        }
    }
    dark
}

fn read_back(drawing: &QrDrawing) -> String {
    const PIXELS: usize = 5;
    let dark = dark(drawing);
    let side = drawing.side * PIXELS;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        if dark[y / PIXELS][x / PIXELS] { 0 } else { 255 }
    });
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn the_code_holds_the_passcode_and_nothing_else() {
    for passcode in [
        "k7mp3xrt",
        "234567",
        "Kd7mWx4q",
        "O0Il1-!?",
        "日本語ab",
        "a much longer passcode of forty characters",
    ] {
        assert_eq!(read_back(&drawn(passcode)), passcode);
    }
}

#[test]
fn it_has_the_margin_cameras_need_on_every_side() {
    let drawing = drawn("k7mp3xrt");
    let dark = dark(&drawing);
    let row = |at: usize| dark[at].contains(&true);
    let column = |at: usize| dark.iter().any(|row| row[at]);
    for at in (0..4).chain(drawing.side - 4..drawing.side) {
        assert!(!row(at), "row {at}");
        assert!(!column(at), "column {at}");
    }
    assert!(row(4) && column(4), "no wider than needed");
}

#[test]
fn what_does_not_fit_is_not_drawn() {
    assert!(qr_drawing(&SecretText::new("x".repeat(5_000))).is_none());
}
