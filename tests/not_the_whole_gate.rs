//! What a plain `cargo test` says about itself: the one test here is ignored, and its reason names what did not run.
#![cfg(not(target_arch = "wasm32"))]

/// `cargo test -- --ignored` runs what is missing. `cargo xtask test` leaves this test out: it is the gate.
#[test]
#[ignore = "this is not the whole gate: `cargo test --workspace` adds the server, `cargo xtask test` browsers, lints, sizes, hosts"]
fn the_whole_gate() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let gate = std::process::Command::new(cargo).args(["xtask", "test"]).status();
    assert!(gate.is_ok_and(|status| status.success()), "cargo xtask test");
}
