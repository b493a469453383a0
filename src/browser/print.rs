//! The browser's print dialog.

/// Opens it; nothing happens where there is none.
pub fn print() {
    if let Some(window) = web_sys::window() {
        let _shown = window.print();
    }
}
