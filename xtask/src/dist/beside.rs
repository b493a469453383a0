//! What lies in `dist/` beside the page: the files for the hosts, and what the page and the server are made of.
//!
//! Written on every build, for it takes a second and another `--connect` is no reason to compile the page again.

use super::{ASSETS, Options, digest, headers, sbom};
use crate::error::Result;
use crate::toolchain::WasmToolchain;
use crate::workspace::{self, Workspace};

/// The directory of the bills of materials.
const BILLS: &str = "sbom";

/// Writes all of it into `options.out`.
pub(super) fn write(workspace: &Workspace, toolchain: &WasmToolchain, options: &Options) -> Result<()> {
    let assets = workspace::files_under(&options.out.join(ASSETS), &|_| false)?;
    let mut hashed: Vec<String> = assets
        .iter()
        .filter_map(|file| file.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| digest::is_hashed_name(name))
        .map(|name| format!("{ASSETS}/{name}"))
        .collect();
    hashed.sort();
    let answers = headers::Answers { connect: &options.connect, images: &options.images, hashed: &hashed };
    for (name, contents) in answers.files() {
        workspace::write(&options.out.join(name), contents)?;
    }
    let bills = options.out.join(BILLS);
    workspace::create_dir(&bills)?;
    let files = hashed
        .iter()
        .map(|name| Ok((name.clone(), digest::sha256_hex(&workspace::read_bytes(&options.out.join(name))?))))
        .collect::<Result<Vec<_>>>()?;
    let page = sbom::of_page(workspace, &toolchain.version, &files)?;
    workspace::write(&bills.join("page.cdx.json"), page)?;
    workspace::write(&bills.join("server.cdx.json"), sbom::of_server(workspace)?)
}
