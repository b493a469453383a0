//! Starts the page: this binary becomes the WebAssembly module that `index.html` loads.

/// On the web: mounts the page. Anywhere else there is nothing to start, and saying so is the whole program.
fn main() {
    #[cfg(target_arch = "wasm32")]
    passcode_portal::shell::start(passcode_portal::pages::lazy::load, |root| {
        passcode_portal::components::attach(passcode_portal::pages::app(), root);
    });
}
