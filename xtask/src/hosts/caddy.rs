//! Caddy with `portal-caddy.conf`.

use super::packages::Found;
use super::{Installed, Prepared, Setup, write_configuration};
use crate::error::Result;

/// Caddy, one program without modules.
pub(super) const CADDY: Installed =
    Installed { name: "Caddy", program: "caddy", packages: &["caddy"], prepare };

fn prepare(found: &Found, setup: &Setup<'_>) -> Result<Prepared> {
    let (own, site, port) = (setup.own.display(), setup.site.display(), setup.port);
    let text = format!(
        "{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {own}/storage\n}}\n\
         http://127.0.0.1:{port} {{\n\tbind 127.0.0.1\n\troot * {site}\n\timport {site}/portal-caddy.conf\n}}\n"
    );
    let file = write_configuration(setup, &text)?;
    // It keeps its last configuration at home, which is the directory of this run.
    let program = found
        .run("Caddy")
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(file)
        .env("HOME", setup.own)
        .env("XDG_DATA_HOME", setup.own)
        .env("XDG_CONFIG_HOME", setup.own);
    Ok(Prepared { program, promises: super::EVERY_PROMISE })
}
