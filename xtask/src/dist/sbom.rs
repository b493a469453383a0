//! Bills of materials in CycloneDX (ECMA-424) by the format's own tool: what the page and the server are made of.
//!
//! Part of a release only (`cargo xtask dist --sbom`): building cargo-cyclonedx takes minutes, once.

use std::path::Path;

use fs_err as fs;

use crate::error::{Error, Result};
use crate::process::{Program, path_with};
use crate::provision::{TARGET, tools};
use crate::workspace::{self, Workspace};

/// Package, its directory, the platform it is compiled for, the bill.
const BILLS: &[(&str, &str, &str)] =
    &[("", TARGET, "page.cdx.json"), ("server", "x86_64-unknown-linux-gnu", "server.cdx.json")];
/// The stem of what cargo-cyclonedx leaves beside each manifest of the workspace.
const STEM: &str = "portal-bill";

/// Writes `sbom/page.cdx.json` and `sbom/server.cdx.json` under `out`.
pub(super) fn write(workspace: &Workspace, out: &Path) -> Result<()> {
    let tool = tools::CARGO_CYCLONEDX.get(workspace)?;
    fs::create_dir_all(out.join("sbom"))?;
    for (dir, target, name) in BILLS {
        let made = Program::new("cargo cyclonedx", "cargo")
            .args(["cyclonedx", "--format", "json", "--no-build-deps", "--override-filename", STEM])
            .args(["--target", target])
            .env("PATH", path_with(std::slice::from_ref(&tool)))
            .dir(&workspace.root.join(dir))
            .run_ok();
        let bill = fs::read_to_string(workspace.root.join(dir).join(format!("{STEM}.json")));
        remove_bills(workspace)?;
        made?;
        // It names packages of the workspace by the directory of this machine.
        let bill = bill?.replace(&workspace.root.to_string_lossy().into_owned(), "/portal");
        let value: serde_json::Value = serde_json::from_str(&bill)
            .map_err(|error| Error::Build(format!("{name}: cargo-cyclonedx wrote no JSON: {error}")))?;
        let components = value.get("components").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
        if value.get("bomFormat").and_then(serde_json::Value::as_str) != Some("CycloneDX") || components < 10
        {
            return Err(Error::Build(format!("{name}: {components} components: not a bill of materials")));
        }
        fs::write(out.join("sbom").join(name), bill)?;
    }
    Ok(())
}

/// The tool writes one beside every member's manifest.
fn remove_bills(workspace: &Workspace) -> Result<()> {
    let is_not_ours = |name: &str| matches!(name, "target" | "node_modules" | ".git");
    let files = workspace::files_under(&workspace.root, &is_not_ours)?;
    let mut bills = files.iter().filter(|file| file.ends_with(format!("{STEM}.json")));
    Ok(bills.try_for_each(fs::remove_file)?)
}
