//! The program that libFuzzer drives: `PORTAL_FUZZ_TARGET=NAME portal-fuzz [libFuzzer's options] FOLDER...`.
#![no_main]
#![allow(unsafe_code, reason = "libFuzzer calls the program by C symbols; the macro exports them")]

use portal_fuzz::{Target, named};
use std::sync::OnceLock;

static CHOSEN: OnceLock<Option<&'static Target>> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let chosen =
        CHOSEN.get_or_init(|| std::env::var("PORTAL_FUZZ_TARGET").ok().and_then(|name| named(&name)));
    match chosen {
        Some(target) => (target.run)(data),
        None => {
            eprintln!("PORTAL_FUZZ_TARGET must name a target");
            std::process::exit(2);
        }
    }
});
