//! The bills of this very workspace: complete, exact, valid, and the same twice.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::process::Command;

use cyclonedx_bom::models::bom::{Bom, SpecVersion};
use cyclonedx_bom::validation::Validate;

use super::*;
use crate::dist::digest;

const COMPILER: &str = "rustc 1.2.3 (0123456789 2026-01-01)\nbinary: rustc";

fn page() -> String {
    let files = [("assets/a-0123456789abcdef.js".to_string(), digest::sha256_hex(b"x"))];
    of_page(&Workspace::find().unwrap(), COMPILER, &files).unwrap()
}

fn server() -> String {
    of_server(&Workspace::find().unwrap()).unwrap()
}

/// Names and versions of the crates in a bill, with the package itself.
fn listed(bill: &str) -> BTreeSet<(String, String)> {
    let bill: Value = serde_json::from_str(bill).unwrap();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_string();
    bill["components"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&bill["metadata"]["component"]])
        .filter(|one| one["type"] != "file" && one["name"] != "rust-std")
        .map(|one| (text(one, "name"), text(one, "version")))
        .collect()
}

/// What cargo would compile, from its plan of compiler calls: another way through cargo than `cargo tree`.
fn compiled(package: &str, target: &str) -> BTreeSet<(String, String)> {
    let plan = Command::new("cargo")
        .args(["build", "--locked", "--package", package, "--target", target, "--unit-graph"])
        .args(["-Z", "unstable-options"])
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(Workspace::find().unwrap().root)
        .output()
        .unwrap();
    let plan: Value = serde_json::from_slice(&plan.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&plan.stderr)));
    plan["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| name_and_version(unit["pkg_id"].as_str().unwrap()))
        .collect()
}

/// `registry+https://…#serde@1.0.0`, or `path+file:///…/contract#portal-contract@0.1.0` (the name may be left out).
fn name_and_version(id: &str) -> (String, String) {
    let (source, crate_) = id.rsplit_once('#').unwrap();
    let (name, version) = crate_.split_once('@').unwrap_or((source.rsplit('/').next().unwrap(), crate_));
    (name.to_string(), version.to_string())
}

#[test]
fn the_pages_bill_lists_exactly_the_crates_that_are_compiled_for_it() {
    assert_eq!(listed(&page()), compiled("passcode-portal", TARGET));
}

#[test]
fn the_servers_bill_lists_exactly_the_crates_that_are_compiled_for_it() {
    assert_eq!(listed(&server()), compiled("portal-server", SERVER_TARGET));
}

#[test]
fn both_bills_are_valid_cyclonedx_by_the_formats_own_library() {
    for bill in [page(), server()] {
        let read = Bom::parse_from_json(bill.as_bytes()).unwrap();
        let verdict = read.validate_version(SpecVersion::V1_5);
        assert!(verdict.passed(), "{verdict:?}");
        assert!(read.components.is_some_and(|all| all.0.len() > 50));
    }
}

#[test]
fn the_same_sources_give_the_same_bytes_without_date_or_path() {
    let (first, second) = (page(), page());
    assert_eq!(first, second);
    let root = Workspace::find().unwrap().root;
    for text in [first, server()] {
        assert!(!text.contains("timestamp") && !text.contains("serialNumber"));
        assert!(!text.contains(&*root.to_string_lossy()), "a path of this machine");
    }
}

#[test]
fn what_is_not_in_cargo_lock_and_is_shipped_is_in_the_pages_bill_too() {
    let bill: Value = serde_json::from_str(&page()).unwrap();
    let find =
        |name: &str| bill["components"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    assert_eq!(find("rust-std").unwrap()["version"], "1.2.3");
    let script = find("assets/a-0123456789abcdef.js").unwrap();
    assert_eq!((&script["type"], &script["hashes"][0]["alg"]), (&json!("file"), &json!("SHA-256")));
    // A crate of the registry carries what a scanner looks it up by.
    let leptos = find("leptos").unwrap();
    assert!(leptos["purl"].as_str().unwrap().starts_with("pkg:cargo/leptos@"));
    assert_eq!(leptos["hashes"][0]["content"].as_str().unwrap().len(), 64);
}
