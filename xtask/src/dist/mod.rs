//! The finished page: compiled, split, optimised and put together for any static host.
//!
//! While developing, `trunk serve` does the same with one module and no hashes in the policy. Here every file gets a name by
//! its contents, its integrity and its two compressed forms; one module script (our loader with the glue of wasm-bindgen in
//! it, minified) starts the page, and the style sheet stands in the document.

mod beside;
pub(crate) mod digest;
mod document;
mod headers;
pub(crate) mod languages;
mod module;
mod sbom;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fs_err as fs;

use crate::error::{Error, Result};
use crate::fingerprint;
use crate::progress;
use crate::provision::{Node, WasmToolchain, tools};
use crate::workspace::{self, Workspace};

/// Where hashed files stand: one directory, so that a host needs one rule for them.
pub(crate) const ASSETS: &str = "assets";
/// What is loaded lazily, as `src/pages/lazy.rs` calls it: part of the names of the module and of the texts.
pub(crate) const LAZY: &str = "screens";
/// The sources of this step: a change of it is a change of the page.
const OWN_SOURCES: &[&str] = &[
    include_str!("mod.rs"),
    include_str!("document.rs"),
    include_str!("languages.rs"),
    include_str!("loader.js"),
    include_str!("module.rs"),
    include_str!("compress.mjs"),
];

/// What the person asked for: what may differ between two builds of the same sources.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(crate) struct Options {
    /// An origin the page may call: the API's and the provider's (repeatable).
    #[arg(long, value_name = "ORIGIN", value_parser = origin, default_value = "https:")]
    pub(crate) connect: Vec<String>,
    /// An origin of images besides its own, for a logo elsewhere (repeatable).
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub(crate) images: Vec<String>,
    /// Where it goes; a relative directory is one of the current directory.
    #[arg(long, value_name = "DIR", default_value = "dist", value_parser = |text: &str| std::path::absolute(text))]
    pub(crate) out: PathBuf,
    /// With bills of materials (sbom/), for a release: cargo-cyclonedx is built when it is first needed.
    #[arg(long)]
    pub(crate) sbom: bool,
}

/// A source of the policy: an origin (or any of HTTPS), and nothing that could end the directive.
fn origin(text: &str) -> std::result::Result<String, String> {
    let scheme = text.starts_with("https://") || text.starts_with("http://") || text == "https:";
    if scheme && !text.contains(|one: char| one.is_whitespace() || matches!(one, ';' | ',' | '"' | '\'')) {
        return Ok(text.to_string());
    }
    Err("an origin looks like https://api.example.com".to_string())
}

impl Options {
    /// What `run` and `test` build: any HTTPS origin, the default directory.
    pub(crate) fn standard(workspace: &Workspace) -> Self {
        Self { connect: vec!["https:".to_string()], images: Vec::new(), out: workspace.dist(), sbom: false }
    }
}

/// Builds the page into `options.out`, unless that is what already stands there, and writes what lies beside it.
///
/// One at a time: suites that run side by side ask for the same page, and the first builds it for all.
pub(crate) fn build(workspace: &Workspace, options: &Options) -> Result<()> {
    static ONE: Mutex<()> = Mutex::new(());
    let _turn = ONE.lock();
    let toolchain = WasmToolchain::get()?;
    page(workspace, &toolchain, options)?;
    beside::write(options)?;
    // Those of an earlier build would speak of other sources.
    workspace::remove_dir(&options.out.join("sbom"))?;
    if options.sbom {
        sbom::write(workspace, &options.out)?;
    }
    no_machine_path(workspace, &options.out)
}

fn page(workspace: &Workspace, toolchain: &WasmToolchain, options: &Options) -> Result<()> {
    let node = Node::get(workspace)?;
    let std_source = toolchain.has_std_source();
    let mut context: Vec<&str> = OWN_SOURCES.to_vec();
    let std_text = format!("std from source: {std_source}");
    context.extend([toolchain.version.as_str(), &std_text]);
    let fingerprint = fingerprint::of_page(workspace, &context)?;
    let place = digest::sha256_hex(options.out.to_string_lossy().as_bytes());
    let stamp = workspace.own("stamps")?.join(format!("page-{place}"));
    if options.out.join("index.html").is_file()
        && fs::read_to_string(&stamp).is_ok_and(|text| text == fingerprint)
    {
        return Ok(());
    }
    let bindgen = tools::WASM_BINDGEN.get(workspace)?.join("wasm-bindgen");
    progress::note("building the page");
    let started = Instant::now();
    let staged = compiled(workspace).join("staged");
    workspace::remove_dir(&staged)?;
    fs::create_dir_all(staged.join(ASSETS))?;
    let languages = languages::read(workspace)?;
    let page = Page { workspace, node: &node, work: &compiled(workspace).join("work"), out: &staged };
    let module = module::compile(workspace, toolchain)?;
    page.write(&module::split(&page, &bindgen, &module)?, &languages)?;
    languages::not_in_modules(&languages, &workspace::files_under(&staged, &|_| false)?)?;
    finish(&node, &staged)?;
    put_in_place(&staged, &options.out)?;
    fs::write(&stamp, fingerprint)?;
    progress::note(&format!("built the page in {}", progress::time(started.elapsed())));
    Ok(())
}

/// The target directory of the page.
fn compiled(workspace: &Workspace) -> PathBuf {
    workspace.target.join("page")
}

fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME")
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo").into_os_string()))
        .map_or_else(|| PathBuf::from("/cargo-home"), PathBuf::from)
}

/// A page that is put together.
struct Page<'a> {
    workspace: &'a Workspace,
    node: &'a Node,
    /// For what lies on the way.
    work: &'a Path,
    /// The directory that will be served.
    out: &'a Path,
}

/// A file with a hashed name.
struct Asset {
    name: String,
    integrity: String,
}

impl Asset {
    fn address(&self) -> String {
        format!("/{ASSETS}/{}", self.name)
    }
}

impl Page<'_> {
    /// Writes the document and what it names, but for the modules.
    fn write(&self, modules: &module::Modules, languages: &[languages::Texts]) -> Result<()> {
        let style = self.minified("style/portal.css")?;
        let icon = fs::read(self.workspace.root.join("style").join("icon.svg"))?;
        let parts = document::Parts {
            icon: &self.asset("icon", "svg", &icon)?,
            style: style.trim_end(),
            languages: &self.languages(languages)?,
            boot: &self.asset("boot", "js", self.minified("boot.js")?.as_bytes())?,
            modules,
        };
        let source = fs::read_to_string(self.workspace.root.join("index.html"))?;
        Ok(fs::write(self.out.join("index.html"), document::fill(&source, &parts)?)?)
    }

    /// Writes the texts of each language and says where they are.
    fn languages(&self, languages: &[languages::Texts]) -> Result<String> {
        let file = |stem: &str, content: &str| -> Result<languages::Listed> {
            let asset = self.asset(stem, "txt", content.as_bytes())?;
            let integrity = digest::short_integrity(content.as_bytes());
            Ok(languages::Listed { src: asset.address(), integrity })
        };
        let entry = |texts: &languages::Texts| -> Result<languages::Entry> {
            Ok(languages::Entry {
                tag: texts.tag.clone(),
                first: file(&texts.tag, &texts.first)?,
                lazy: file(&format!("{}-{LAZY}", texts.tag), &texts.lazy)?,
            })
        };
        let entries: Vec<languages::Entry> = languages.iter().map(entry).collect::<Result<_>>()?;
        languages::list(&entries)
    }

    /// A file of the sources, minified.
    fn minified(&self, name: &str) -> Result<String> {
        let source = self.workspace.root.join(name);
        let minified =
            self.work.join(format!("minified-{}", source.file_name().unwrap_or_default().display()));
        self.esbuild(name, &[], &source, &minified)?;
        Ok(fs::read_to_string(&minified)?)
    }

    fn esbuild(&self, what: &str, options: &[&str], from: &Path, to: &Path) -> Result<()> {
        self.node
            .esbuild(&format!("minifying {what}"))
            .arg(from)
            .args(["--minify", "--legal-comments=none", "--log-level=warning", "--charset=utf8"])
            .args(options)
            .arg(format!("--outfile={}", to.display()))
            .limit(Duration::from_secs(120))
            .run_ok()
            .map(drop)
    }

    /// Writes a file under a name that changes exactly when its contents do.
    fn asset(&self, stem: &str, ending: &str, bytes: &[u8]) -> Result<Asset> {
        let name = digest::hashed_name(stem, ending, bytes);
        fs::write(self.out.join(ASSETS).join(&name), bytes)?;
        Ok(Asset { name, integrity: digest::integrity(bytes) })
    }
}

/// The files that are not the page itself: the example configuration, deep links, compressed forms.
fn finish(node: &Node, staged: &Path) -> Result<()> {
    workspace::copy(&staged.join("index.html"), &staged.join("404.html"))?;
    let example = include_str!("config.example.json");
    fs::write(staged.join("config.example.json"), example)?;
    let served: Vec<PathBuf> =
        workspace::files_under(staged, &|_| false)?.into_iter().filter(|file| compresses(file)).collect();
    node.program("compressing")
        .args(["--input-type=module", "--eval", include_str!("compress.mjs"), "--"])
        .args(served)
        .limit(Duration::from_secs(120))
        .run_ok()
        .map(drop)
}

/// Whether compressing this file gains anything.
fn compresses(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default().to_string_lossy().into_owned();
    ["html", "css", "js", "json", "wasm", "svg", "txt", "webmanifest"].contains(&ending.as_str())
}

/// Fails when a path of this machine is in a file that is published.
fn no_machine_path(workspace: &Workspace, staged: &Path) -> Result<()> {
    let paths: Vec<String> =
        [workspace.root.clone(), workspace.target.clone(), cargo_home(), workspace.cache.clone()]
            .iter()
            .map(|path| path.display().to_string())
            // A root like `/app` is too short to be told from text.
            .filter(|path| path.len() > 8)
            .collect();
    for file in workspace::files_under(staged, &|_| false)?.iter().filter(|file| compresses(file)) {
        let bytes = fs::read(file)?;
        if let Some(path) =
            paths.iter().find(|path| bytes.windows(path.len()).any(|part| part == path.as_bytes()))
        {
            return Err(Error::Build(format!(
                "{} contains the path {path} of this machine.\nWhat to do: see the --remap-path-prefix flags in xtask/src/dist/module.rs.",
                file.display()
            )));
        }
    }
    Ok(())
}

/// Replaces the old page by the new one. A server that serves the directory sees it gone for a moment at most.
fn put_in_place(staged: &Path, out: &Path) -> Result<()> {
    if out.exists()
        && !out.join("index.html").is_file()
        && fs::read_dir(out).is_ok_and(|mut all| all.next().is_some())
    {
        return Err(Error::Build(format!(
            "{} is not empty and holds no page: it will not be overwritten.\nWhat to do: name another directory with --out.",
            out.display()
        )));
    }
    workspace::remove_dir(out)?;
    if let Some(parent) = out.parent() {
        fs::create_dir_all(parent)?;
    }
    if std::fs::rename(staged, out).is_ok() {
        return Ok(());
    }
    // Another file system: copy.
    workspace::copy_all(staged, out).map(drop)
}
