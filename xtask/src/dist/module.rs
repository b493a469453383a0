//! The WebAssembly of the page: compiled for size, what is loaded lazily split off (ADR 13), given its glue, optimised.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;

use super::{Asset, Page, cargo_home, compiled};
use crate::error::{Error, Result};
use crate::process::Program;
use crate::progress;
use crate::provision::{TARGET, WasmToolchain};
use crate::workspace::{self, Workspace};

/// The package and its program.
const NAME: &str = "passcode-portal";
/// The features are named one by one, because with all of them Chromium refuses the module.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What a first visit loads of it. What is loaded lazily is named in the script.
pub(super) struct Modules {
    pub(super) first: Asset,
    pub(super) script: Asset,
}

/// Compiles the page; the answer is where the module is, with the linker's relocations in it.
pub(super) fn compile(workspace: &Workspace, toolchain: &WasmToolchain) -> Result<PathBuf> {
    let target = compiled(workspace);
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
    // Only what becomes smaller by it is inlined: opt-level z alone allows a little more, which is 4 kB (ADR 13).
    flags.push("-Cllvm-args=-inline-threshold=0".to_string());
    // The split goes by them.
    flags.push("-Clink-arg=--emit-relocs".to_string());
    let mut program = toolchain
        .cargo("compiling the page", &[])
        .args(["build", "--locked", "--package", NAME, "--bin", NAME, "--features", "split"])
        .args(["--profile", "page", "--target", TARGET])
        .env("CARGO_TARGET_DIR", &target)
        // For the unstable flags; the compiler is the stable one.
        .env("RUSTC_BOOTSTRAP", "1")
        .dir(&workspace.root);
    if toolchain.has_std_source() {
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
        .run_ok()?;
    Ok(target.join(TARGET).join("page").join(format!("{NAME}.wasm")))
}

/// Splits what `src/pages/lazy.rs` marks off the module. wasm-bindgen comes after it, because it loses the relocations;
/// wasm-opt comes last, over each part by itself.
pub(super) fn split(page: &Page<'_>, bindgen: &Path, module: &Path) -> Result<Modules> {
    progress::note("splitting and optimising the module");
    let dir = page.work;
    workspace::remove_dir(dir)?;
    let (bytes, main) = (fs::read(module)?, dir.join("main.wasm"));
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = dir;
    options.main_out_path = &main;
    options.main_module = "./portal.js";
    options.link_name = "./split.js";
    let split = wasm_split_cli_support::transform(options)
        .map_err(|problem| Error::Build(format!("splitting the module failed: {problem:#}")))?;
    Program::new("wasm-bindgen", bindgen)
        .args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "portal"])
        .arg("--out-dir")
        .arg(dir)
        .arg(&main)
        .limit(Duration::from_secs(120))
        .run_ok()?;
    let mut numbers = BTreeMap::new();
    for file in ["portal.js", "portal_bg.wasm"] {
        let mut bytes = fs::read(dir.join(file))?;
        number_imports(&mut bytes, &mut numbers);
        fs::write(dir.join(file), bytes)?;
    }
    let mut link = fs::read_to_string(dir.join("split.js"))?;
    for part in &split.split_modules {
        let name = part.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.trim_start_matches("split_").trim_end_matches(".wasm");
        let asset = page.asset(stem, "wasm", &optimised(page, part)?)?;
        link = with_address(&link, &name, &asset)?;
    }
    fs::write(dir.join("split.js"), link)?;
    let first = page.asset("portal", "wasm", &optimised(page, &dir.join("portal_bg.wasm"))?)?;
    // The fetch carries the integrity, as the preload does: a browser uses a preloaded answer only if both say the same.
    let loader =
        include_str!("loader.js").replace("NAME", &first.name).replace("INTEGRITY", &first.integrity);
    fs::write(dir.join("loader.js"), loader)?;
    let bundled = dir.join("bundled.js");
    let bundle = ["--bundle", "--format=esm", "--target=es2022"];
    page.esbuild("the loader", &bundle, &dir.join("loader.js"), &bundled)?;
    let script = page.asset("portal", "js", &fs::read(&bundled)?)?;
    Ok(Modules { first, script })
}

/// wasm-bindgen tells imports of one name apart by hashes, which nothing compresses: 4 kB of a first visit. Here they are
/// numbered, the same in the glue and in the module; the names keep their length.
fn number_imports(bytes: &mut [u8], numbers: &mut BTreeMap<Vec<u8>, usize>) {
    for start in 0..bytes.len() {
        let rest = bytes.get_mut(start..).filter(|rest| rest.starts_with(b"__wbg_")).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let (name, known) = (rest.get_mut(..length).unwrap_or_default(), numbers.len());
        let key = name.to_vec();
        let Some((stem, hash)) = name.split_last_chunk_mut::<16>() else { continue };
        if stem.ends_with(b"_") && hash.iter().all(u8::is_ascii_hexdigit) {
            hash.copy_from_slice(format!("{:016}", numbers.entry(key).or_insert(known)).as_bytes());
        }
    }
}

fn optimised(page: &Page<'_>, module: &Path) -> Result<Vec<u8>> {
    let optimised = module.with_extension("optimised.wasm");
    // The JavaScript build of Binaryen: slow, but with the same passes.
    page.node
        .package("wasm-opt", ".bin/wasm-opt")
        .arg("-Oz")
        .args(WASM_FEATURES)
        .arg(module)
        .arg("-o")
        .arg(&optimised)
        .limit(Duration::from_secs(600))
        .run_ok()?;
    Ok(fs::read(&optimised)?)
}

/// What loads a part, with its address and integrity in the place of the name that the split gave it.
fn with_address(link: &str, name: &str, asset: &Asset) -> Result<String> {
    let given = format!("new URL(\"./{name}\", import.meta.url)");
    // Beside the script, wherever the portal lies on its host.
    let Asset { name: file, integrity } = asset;
    if link.matches(&given).count() != 1 {
        return Err(Error::Build(format!(
            "wasm_split_cli_support loads {name} in another way than expected.\n\
             What to do: compare its version with what xtask/src/dist/module.rs replaces."
        )));
    }
    Ok(link.replace(
        &given,
        &format!("new URL(\"./{file}\", import.meta.url), {{ integrity: \"{integrity}\" }}"),
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn imports_get_the_same_numbers_in_the_glue_and_in_the_module() {
        let mut glue =
            *b"__wbg_get_0123456789abcdef: f, __wbg_get_fedcba9876543210: g, __wbg_get_imports() __wbg_ptr";
        let mut module = *b"\x1a__wbg_get_fedcba9876543210\0\x05";
        let mut numbers = super::BTreeMap::new();
        super::number_imports(&mut glue, &mut numbers);
        super::number_imports(&mut module, &mut numbers);
        let expected =
            "__wbg_get_0000000000000000: f, __wbg_get_0000000000000001: g, __wbg_get_imports() __wbg_ptr";
        assert_eq!(String::from_utf8_lossy(&glue), expected);
        assert_eq!(&module, b"\x1a__wbg_get_0000000000000001\0\x05");
    }
}
