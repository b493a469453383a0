//! The files for the hosts, beside the page in `dist/`.
//!
//! Written on every build, for it takes no time and another `--connect` is no reason to compile the page again.

use fs_err as fs;

use super::{ASSETS, Options, digest, document, headers};
use crate::error::Result;
use crate::workspace;

/// Writes all of them into `options.out`.
pub(super) fn write(options: &Options) -> Result<()> {
    let assets = workspace::files_under(&options.out.join(ASSETS), &|_| false)?;
    let hashed: Vec<String> = assets
        .iter()
        .filter_map(|file| file.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| digest::is_hashed_name(name))
        .map(|name| format!("{ASSETS}/{name}"))
        .collect();
    let (connect, images) = (options.connect.join(" "), options.images.join(" "));
    let html = fs::read_to_string(options.out.join("index.html"))?;
    let style = document::style_source(&html).unwrap_or_default();
    let answers = headers::Answers { connect: &connect, images: &images, style: &style, hashed: &hashed };
    for (name, contents) in answers.files()? {
        fs::write(options.out.join(name), contents)?;
    }
    Ok(())
}
