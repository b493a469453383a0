//! Bills of materials in CycloneDX 1.5 (ECMA-424): what the page and the server are made of.
//!
//! Made here from `cargo tree` and Cargo.lock rather than by cargo-cyclonedx: that takes two minutes to build on a fresh
//! machine, lists crates that this target never compiles, and writes paths of the machine (docs/adr/0018). Whether the
//! result is CycloneDX is said by the format's own library, in the tests.
//!
//! No date and no serial number: the same sources give the same bytes.

mod closure;

use serde_json::{Value, json};

use crate::error::Result;
use crate::toolchain::TARGET;
use crate::workspace::Workspace;

use closure::{Closure, Crate, Role};

/// What the server's bill is for. Another platform differs in a few crates of the system's interface.
const SERVER_TARGET: &str = "x86_64-unknown-linux-gnu";

/// The bill of the page: its crates, the standard library in it, and the files that browsers load. `files` are names and
/// SHA-256 digests, `compiler` is what `rustc -Vv` says.
pub(crate) fn of_page(workspace: &Workspace, compiler: &str, files: &[(String, String)]) -> Result<String> {
    let closure = Closure::of(workspace, "passcode-portal", TARGET)?;
    let mut components: Vec<Value> = closure.components().map(component).collect();
    // `rustc 1.96.0 (abc 2026-01-01)`; the standard library is compiled into the module and is in no Cargo.lock.
    let version = compiler.split_whitespace().nth(1).unwrap_or_default();
    components.push(json!({
        "type": "library",
        "bom-ref": format!("rust-std@{version}"),
        "name": "rust-std",
        "version": version,
        "scope": "required",
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
    }));
    components.extend(files.iter().map(|(name, digest)| {
        json!({
            "type": "file",
            "bom-ref": format!("file:{name}"),
            "name": name,
            "hashes": [{ "alg": "SHA-256", "content": digest }],
        })
    }));
    Ok(document(&closure, TARGET, &components))
}

/// The bill of the server.
pub(crate) fn of_server(workspace: &Workspace) -> Result<String> {
    let closure = Closure::of(workspace, "portal-server", SERVER_TARGET)?;
    let components: Vec<Value> = closure.components().map(component).collect();
    Ok(document(&closure, SERVER_TARGET, &components))
}

fn document(closure: &Closure, target: &str, components: &[Value]) -> String {
    let dependencies: Vec<Value> = closure
        .edges()
        .map(|(from, to)| json!({ "ref": reference(from), "dependsOn": to.map(reference).collect::<Vec<_>>() }))
        .collect();
    let value = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference(&closure.root),
                "name": closure.root.name,
                "version": closure.root.version,
                "licenses": [{ "expression": closure.root.licence }],
            },
            "properties": [{ "name": "cdx:rustc:sbom:target:triple", "value": target }],
        },
        "components": components,
        "dependencies": dependencies,
    });
    format!("{value:#}\n")
}

fn component(one: &Crate) -> Value {
    let mut value = json!({
        "type": "library",
        "bom-ref": reference(one),
        "name": one.name,
        "version": one.version,
        "scope": match one.role {
            Role::Shipped => "required",
            Role::BuildOnly => "excluded",
        },
    });
    let mut set = |key: &str, content: Value| {
        if let Some(object) = value.as_object_mut() {
            object.insert(key.to_string(), content);
        }
    };
    if !one.licence.is_empty() {
        set("licenses", json!([{ "expression": one.licence }]));
    }
    if let Some(checksum) = &one.checksum {
        set("purl", json!(reference(one)));
        set("hashes", json!([{ "alg": "SHA-256", "content": checksum }]));
    }
    if !one.repository.is_empty() {
        set("externalReferences", json!([{ "type": "vcs", "url": one.repository }]));
    }
    value
}

/// The package address (purl) of a crate of the registry; our own crates are in no registry.
fn reference(one: &Crate) -> String {
    match one.checksum {
        Some(_) => format!("pkg:cargo/{}@{}", one.name, one.version),
        None => format!("workspace:{}@{}", one.name, one.version),
    }
}

#[cfg(test)]
mod tests;
