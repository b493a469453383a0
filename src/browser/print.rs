//! The print dialog. What stands on the paper is decided by the style sheet (`@media print`).

/// Opens it; most browsers stop the page until it is closed.
pub fn open_dialog() {
    if let Some(window) = web_sys::window() {
        let _opened = window.print();
    }
}
