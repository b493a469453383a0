//! The finished page: Trunk's build, made ready for any static host.
//!
//! Trunk compiles, runs wasm-bindgen and hashes names. What it leaves undone is done here, after it, rather than in a
//! Trunk hook: a hook would start cargo inside cargo with the environment of the outer one. One module script (our
//! loader with the glue in it, minified) replaces the inline one, so that the policy needs no hash; the module is
//! optimised; every file gets a name by its contents, its integrity and its two compressed forms.

mod beside;
mod code;
pub(crate) mod digest;
mod exports;
mod headers;
mod html;
mod imports;
pub(crate) mod languages;
mod sbom;
mod split;
mod wasm;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::fingerprint;
use crate::progress;
use crate::provision::{Node, WasmToolchain, tools};
use crate::workspace::{self, Workspace};

use html::{Part, Tag};

/// Where hashed files stand: one directory, so that a host needs one rule for them.
pub(crate) const ASSETS: &str = "assets";
/// The name of the part of the module that a first visit does not load, without digest and ending.
pub(crate) const LATER: &str = "later";
/// The style sheet of the later screens, as Trunk copies it.
const LATER_STYLE: &str = "later.css";
/// The passes run for size; the features are named one by one, because with all of them Chromium refuses the module.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];
/// The sources of this step: a change of it is a change of the page.
const OWN_SOURCES: &[&str] = &[
    include_str!("mod.rs"),
    include_str!("code.rs"),
    include_str!("exports.rs"),
    include_str!("html.rs"),
    include_str!("imports.rs"),
    include_str!("languages.rs"),
    include_str!("loader.js"),
    include_str!("split.rs"),
    include_str!("wasm.rs"),
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
    /// Where it goes.
    #[arg(long, value_name = "DIR", default_value = "dist", value_parser = directory)]
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

/// A relative directory is one of the current directory.
fn directory(text: &str) -> std::io::Result<PathBuf> {
    std::path::absolute(text)
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
    let stamp = workspace.own("stamps")?.join(format!("page-{}", stamp_name(&options.out)));
    if options.out.join("index.html").is_file()
        && std::fs::read_to_string(&stamp).is_ok_and(|text| text == fingerprint)
    {
        return Ok(());
    }
    let tools = vec![tools::TRUNK.get(workspace)?, tools::WASM_BINDGEN.get(workspace)?];
    progress::note("building the page");
    let started = Instant::now();
    let work = workspace.target.join("page").join("trunk");
    workspace::remove_dir(&work)?;
    workspace::create_dir(&work)?;
    trunk(workspace, toolchain, std_source, &tools, &work)?;
    let staged = workspace.target.join("page").join("staged");
    workspace::remove_dir(&staged)?;
    workspace::create_dir(&staged.join(ASSETS))?;
    let languages = languages::read(workspace)?;
    Assembly { node: &node, raw: &work, out: &staged, languages: &languages }.assemble()?;
    languages::not_in_modules(&languages, &workspace::files_under(&staged, &|_| false)?)?;
    finish(&node, &staged)?;
    put_in_place(&staged, &options.out)?;
    workspace::write(&stamp, fingerprint)?;
    progress::note(&format!("built the page in {}", progress::time(started.elapsed())));
    Ok(())
}

fn stamp_name(out: &Path) -> String {
    digest::sha256_hex(out.to_string_lossy().as_bytes()).chars().take(digest::NAME_DIGITS).collect()
}

/// Compiles the page through Trunk.
fn trunk(
    workspace: &Workspace,
    toolchain: &WasmToolchain,
    std_source: bool,
    tools: &[PathBuf],
    out: &Path,
) -> Result<()> {
    // Later rules win in rustc, so the widest comes first. No path of this machine may stand in the page.
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_else(|| PathBuf::from("/home"));
    let mut flags: Vec<String> = [
        (home.as_path(), "/home"),
        (toolchain.sysroot(), "/rust"),
        (cargo_home().as_path(), "/cargo"),
        (workspace.target.as_path(), "/target"),
        (workspace.root.as_path(), "/portal"),
    ]
    .into_iter()
    .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
    .collect();
    // The page hashes 43 bytes per sign-in (PKCE): the rolled-up SHA-256 is 8 kB smaller and fast enough.
    flags.extend(["--cfg=sha2_backend=\"soft\"", "--cfg=sha2_backend_soft=\"compact\""].map(str::to_string));
    // Two functions merged into one have one name, and the split goes by names. wasm-opt merges after it.
    flags.push("-Zmerge-functions=disabled".to_string());
    let mut program = toolchain
        .program("the page build", program_in(tools, "trunk"), tools)
        // Not `--release`: all that would add is Trunk's own wasm-opt, which it insists on downloading. The profile
        // decides how the page is compiled.
        .args(["build", "--cargo-profile", "page", "--skip-version-check", "--locked"])
        .arg("--dist")
        .arg(out)
        .env("CARGO_TARGET_DIR", workspace.target.join("page"))
        // For the unstable flags; the compiler is the stable one.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("NO_COLOR")
        .dir(&workspace.root);
    if std_source {
        flags.extend(["-Cpanic=immediate-abort".to_string(), "-Zunstable-options".to_string()]);
        program = program
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
    } else {
        progress::note("without the standard library's source the page becomes about 10 % larger");
    }
    program
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .limit(Duration::from_secs(30 * 60))
        .run_ok()
        .map(drop)
}

fn program_in(tools: &[PathBuf], name: &str) -> PathBuf {
    tools.iter().map(|dir| dir.join(name)).find(|file| file.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME")
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo").into_os_string()))
        .map_or_else(|| PathBuf::from("/cargo-home"), PathBuf::from)
}

/// One rewriting of Trunk's output into the files that are served.
struct Assembly<'a> {
    node: &'a Node,
    raw: &'a Path,
    out: &'a Path,
    languages: &'a [languages::Texts],
}

impl Assembly<'_> {
    fn assemble(&self) -> Result<()> {
        let files = workspace::files_under(self.raw, &|_| false)?;
        let modules = self.modules(&files)?;
        let script = self.loader(&files, &modules)?;
        let mut used: Vec<String> = Vec::new();
        let mut parts = Vec::new();
        for part in html::parse(&workspace::read(&self.raw.join("index.html"))?)? {
            match part {
                // Trunk's; ours, with the new names, stand where the loader was announced.
                Part::Link(tag) if tag.has_rel("modulepreload") => parts.push(script.preload()),
                Part::Link(tag) if tag.has_rel("preload") && tag.get("as") == Some("fetch") => {
                    // A preload of anything else than the module (config.json) is the page's own wish.
                    if tag.get("href").is_some_and(|href| href.ends_with(".wasm")) {
                        parts.push(modules.first.preload());
                    } else {
                        parts.push(Part::Link(tag));
                    }
                }
                Part::Link(tag) => parts.push(Part::Link(self.local(tag, "href", &mut used)?)),
                Part::Script(_, body) if body.contains("TrunkApplicationStarted") => {
                    parts.push(script.element());
                }
                Part::Script(tag, _) if tag.get("id") == Some("languages") => {
                    parts.push(Part::Script(tag, self.languages()?));
                }
                Part::Script(tag, _) if tag.get("src").is_none() => {
                    return Err(Error::Build(
                        "index.html has a script in it, which the policy forbids.\nWhat to do: make it a file, like boot.js.".into(),
                    ));
                }
                Part::Script(tag, body) => parts.push(Part::Script(self.local(tag, "src", &mut used)?, body)),
                Part::Text(text) => parts.push(Part::Text(text)),
            }
        }
        if !parts.contains(&script.element()) {
            return Err(Error::Build(
                "index.html has no place for the application.\nWhat to do: it needs `<link data-trunk rel=\"rust\">`.".into(),
            ));
        }
        workspace::write(&self.out.join("index.html"), html::write(&parts))?;
        self.copy_the_rest(&files, &used)
    }

    /// Writes the texts of each language and says where they are.
    fn languages(&self) -> Result<String> {
        let file = |stem: &str, content: &str| {
            let asset = self.asset(stem, "txt", content.as_bytes())?;
            let integrity = digest::short_integrity(content.as_bytes());
            Ok(languages::Listed { src: asset.address(), integrity })
        };
        let entry = |texts: &languages::Texts| {
            Ok(languages::Entry {
                tag: texts.tag.clone(),
                first: file(&texts.tag, &texts.first)?,
                later: file(&format!("{}-{LATER}", texts.tag), &texts.later)?,
            })
        };
        let entries: Vec<languages::Entry> = self.languages.iter().map(entry).collect::<Result<_>>()?;
        languages::list(&entries)
    }

    /// The optimised module under its new names, in two parts.
    fn modules(&self, files: &[PathBuf]) -> Result<Modules> {
        progress::note("optimising the module");
        let raw = only(files, "_bg.wasm")?;
        let used = self.with_exports(&raw, "used.wasm", exports::is_used)?;
        // Names for the split, and no merging of functions before it: see `split`.
        let whole =
            self.optimised(&used, "whole.wasm", &["-g", "--skip-pass=duplicate-function-elimination"])?;
        let parts = split::split(&workspace::read_bytes(&whole)?).ok_or_else(|| misfit("cannot be split"))?;
        if parts.moved == 0 {
            return Err(misfit("has no later part: something outside `pages/later` calls into it"));
        }
        let later = self.raw.with_file_name("later.wasm");
        workspace::write(&later, &parts.later)?;
        let later = workspace::read_bytes(&self.optimised(&later, "later-optimised.wasm", &[])?)?;
        let shared = split::imports_from_first(&later)
            .ok_or_else(|| misfit("has a later part that imports from elsewhere than the first"))?;
        let first = self.raw.with_file_name("first.wasm");
        workspace::write(&first, &parts.first)?;
        let is_kept = |name: &str| !name.starts_with(split::SHARED) || shared.contains(name);
        let first = self.with_exports(&first, "first-used.wasm", is_kept)?;
        let first = workspace::read_bytes(&self.optimised(&first, "first-optimised.wasm", &[])?)?;
        let exported = exports::exports(&first).ok_or_else(|| misfit("has no exports"))?;
        if let Some(name) = shared.iter().find(|name| !exported.contains(&name.as_str())) {
            return Err(misfit(&format!(
                "has a later part that needs {name}, which the first does not export"
            )));
        }
        let glue = glue_of(files)?;
        let (first, shortened) = imports::shorten(&first, &workspace::read(&glue)?)
            .ok_or_else(|| misfit("and the glue of wasm-bindgen do not fit each other"))?;
        workspace::write(&glue, shortened)?;
        Ok(Modules {
            first: self.asset("portal", "wasm", &first)?,
            later: self.asset(LATER, "wasm", &later)?,
        })
    }

    /// The module without what only other exports than these keep alive.
    fn with_exports(&self, module: &Path, into: &str, is_kept: impl Fn(&str) -> bool) -> Result<PathBuf> {
        let graph = exports::graph(&workspace::read_bytes(module)?, is_kept)
            .ok_or_else(|| Error::Build(format!("{} is no WebAssembly module.", module.display())))?;
        let file = self.raw.with_file_name("exports.json");
        workspace::write(&file, graph.to_string())?;
        let kept = self.raw.with_file_name(into);
        self.node
            .wasm_metadce()
            .args(WASM_FEATURES)
            .arg("-g")
            .arg(module)
            .arg(format!("--graph-file={}", file.display()))
            .arg("-o")
            .arg(&kept)
            .limit(Duration::from_secs(600))
            .run_ok()?;
        Ok(kept)
    }

    fn optimised(&self, module: &Path, into: &str, options: &[&str]) -> Result<PathBuf> {
        let optimised = self.raw.with_file_name(into);
        self.node
            .wasm_opt()
            .arg("-Oz")
            .args(WASM_FEATURES)
            .args(options)
            .arg(module)
            .arg("-o")
            .arg(&optimised)
            .limit(Duration::from_secs(600))
            .run_ok()?;
        Ok(optimised)
    }

    /// Our loader and the glue in one minified script. The fetch carries the integrity, as the preload does: a browser
    /// uses a preloaded answer only if both say the same.
    fn loader(&self, files: &[PathBuf], modules: &Modules) -> Result<Asset> {
        let glue = glue_of(files)?;
        let name = glue.file_name().unwrap_or_default().to_string_lossy();
        let style = self.later_style()?;
        let source = include_str!("loader.js")
            .replace("GLUE", &format!("./{name}"))
            .replace("FIRST_NAME", split::FIRST)
            .replace("FIRST_ADDRESS", &modules.first.address())
            .replace("FIRST_INTEGRITY", &modules.first.integrity)
            .replace("LATER_ADDRESS", &modules.later.address())
            .replace("LATER_INTEGRITY", &modules.later.integrity)
            .replace("STYLE_ADDRESS", &style.address())
            .replace("STYLE_INTEGRITY", &style.integrity);
        let loader = glue.with_file_name("loader.js");
        workspace::write(&loader, source)?;
        let bundled = self.raw.with_file_name("bundled.js");
        self.esbuild("the loader", &["--bundle", "--format=esm", "--target=es2022"], &loader, &bundled)?;
        let _no_longer_needed = std::fs::remove_file(&loader);
        self.asset("portal", "js", &workspace::read_bytes(&bundled)?)
    }

    /// The style sheet of the later screens.
    fn later_style(&self) -> Result<Asset> {
        let minified = self.raw.with_file_name("later.min.css");
        self.esbuild("the style sheet of the later screens", &[], &self.raw.join(LATER_STYLE), &minified)?;
        self.asset(LATER, "css", &workspace::read_bytes(&minified)?)
    }

    /// A link or script of a local file that Trunk hashed: style sheets and scripts are minified, and all of them move to
    /// the other hashed files.
    fn local(&self, mut tag: Tag, attribute: &str, used: &mut Vec<String>) -> Result<Tag> {
        let Some(name) = tag.get(attribute).and_then(|href| href.strip_prefix('/')).map(str::to_string)
        else {
            return Ok(tag);
        };
        let file = self.raw.join(&name);
        if !file.is_file() || !digest::is_name_by_trunk(&name) {
            return Ok(tag);
        }
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "bin"));
        let stem = stem.rsplit_once('-').map_or(stem, |(stem, _)| stem);
        if ending == "css" && workspace::read(&file)?.contains("@import") {
            return Err(Error::Build(format!(
                "{stem}.{ending} has an @import, which would be one more request in a row.\n\
                 What to do: name the other file in index.html too."
            )));
        }
        let asset = if matches!(ending, "css" | "js") {
            let minified = self.raw.with_file_name(format!("minified.{ending}"));
            self.esbuild(&name, &[], &file, &minified)?;
            self.asset(stem, ending, &workspace::read_bytes(&minified)?)?
        } else {
            self.asset(stem, ending, &workspace::read_bytes(&file)?)?
        };
        tag.set(attribute, &asset.address());
        if attribute == "src" || tag.has_rel("stylesheet") || tag.has_rel("preload") {
            tag.set("integrity", &asset.integrity);
            tag.set("crossorigin", "anonymous");
        }
        used.push(name);
        Ok(tag)
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

    fn asset(&self, stem: &str, ending: &str, bytes: &[u8]) -> Result<Asset> {
        let name = digest::hashed_name(stem, ending, bytes);
        workspace::write(&self.out.join(ASSETS).join(&name), bytes)?;
        Ok(Asset { name, integrity: digest::integrity(bytes) })
    }

    /// Everything else that Trunk was asked to copy, under its own name.
    fn copy_the_rest(&self, files: &[PathBuf], used: &[String]) -> Result<()> {
        for file in files {
            let name = file.strip_prefix(self.raw).unwrap_or(file);
            let text = name.to_string_lossy().into_owned();
            let ours = text == "index.html"
                || text == LATER_STYLE
                || used.contains(&text)
                || text.ends_with("_bg.wasm")
                || text.starts_with("snippets");
            let glue = text.ends_with(".js") && text.starts_with("passcode-portal-");
            if ours || glue {
                continue;
            }
            workspace::copy(file, &self.out.join(name))?;
        }
        Ok(())
    }
}

/// The two parts of the module.
struct Modules {
    first: Asset,
    later: Asset,
}

fn misfit(what: &str) -> Error {
    Error::Build(format!("the module {what}.\nWhat to do: see xtask/src/dist/split.rs and docs/adr/0013."))
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

    /// The link that starts loading it early.
    fn preload(&self) -> Part {
        let address = self.address();
        let mut attributes = vec![("href", address.as_str())];
        if self.name.ends_with(".wasm") {
            attributes.extend([("rel", "preload"), ("as", "fetch"), ("type", "application/wasm")]);
        } else {
            attributes.push(("rel", "modulepreload"));
        }
        attributes.extend([("integrity", self.integrity.as_str()), ("crossorigin", "anonymous")]);
        Part::Link(Tag::new("link", &attributes))
    }

    /// The script element that runs it.
    fn element(&self) -> Part {
        let address = self.address();
        let attributes = [
            ("type", "module"),
            ("src", address.as_str()),
            ("integrity", &self.integrity),
            ("crossorigin", "anonymous"),
        ];
        Part::Script(Tag::new("script", &attributes), String::new())
    }
}

/// The one file with this ending.
/// The glue that wasm-bindgen wrote for the module.
fn glue_of(files: &[PathBuf]) -> Result<PathBuf> {
    let wasm = only(files, "_bg.wasm")?;
    let name = wasm.file_name().unwrap_or_default().to_string_lossy().replace("_bg.wasm", ".js");
    let glue = wasm.with_file_name(&name);
    if glue.is_file() {
        Ok(glue)
    } else {
        Err(Error::Build(format!("Trunk wrote no {name} beside the module.")))
    }
}

fn only(files: &[PathBuf], ending: &str) -> Result<PathBuf> {
    let mut found = files.iter().filter(|file| file.to_string_lossy().ends_with(ending));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ => Err(Error::Build(format!("Trunk should have written exactly one *{ending}."))),
    }
}

/// The files that are not the page itself: the example configuration, deep links, compressed forms.
fn finish(node: &Node, staged: &Path) -> Result<()> {
    workspace::copy(&staged.join("index.html"), &staged.join("404.html"))?;
    let example = include_str!("config.example.json");
    workspace::write(&staged.join("config.example.json"), example)?;
    let served: Vec<PathBuf> =
        workspace::files_under(staged, &|_| false)?.into_iter().filter(|file| compresses(file)).collect();
    let list: String = served.iter().map(|file| format!("{}\n", file.display())).collect();
    node.program("compressing")
        .args(["--input-type=module", "--eval", include_str!("compress.mjs")])
        .input(list.into_bytes())
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
        let bytes = workspace::read_bytes(file)?;
        if let Some(path) =
            paths.iter().find(|path| bytes.windows(path.len()).any(|part| part == path.as_bytes()))
        {
            return Err(Error::Build(format!(
                "{} contains the path {path} of this machine.\nWhat to do: see the --remap-path-prefix flags in xtask/src/dist/mod.rs.",
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
        && std::fs::read_dir(out).is_ok_and(|mut all| all.next().is_some())
    {
        return Err(Error::Build(format!(
            "{} is not empty and holds no page: it will not be overwritten.\nWhat to do: name another directory with --out.",
            out.display()
        )));
    }
    workspace::remove_dir(out)?;
    if let Some(parent) = out.parent() {
        workspace::create_dir(parent)?;
    }
    if std::fs::rename(staged, out).is_ok() {
        return Ok(());
    }
    // Another file system: copy.
    workspace::copy_all(staged, out).map(drop)
}
