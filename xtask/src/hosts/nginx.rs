//! nginx with `portal-nginx.conf`.

use super::expectations::Promise;
use super::packages::Found;
use super::{Installed, Prepared, Setup, write_configuration};
use crate::error::Result;

/// Where Debian keeps the brotli module.
const BROTLI: &str = "usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

/// nginx and its brotli module.
pub(super) const NGINX: Installed = Installed {
    name: "nginx",
    program: "nginx",
    packages: &["nginx", "libnginx-mod-http-brotli-static"],
    prepare,
};

fn prepare(found: &Found, setup: &Setup<'_>) -> Result<Prepared> {
    let (own, site, port) = (setup.own.display(), setup.site.display(), setup.port);
    let (load, brotli, promises): (String, &str, &[Promise]) = match found.module(BROTLI) {
        Some(module) => {
            (format!("load_module {};\n", module.display()), "brotli_static on;", super::EVERY_PROMISE)
        }
        None => (String::new(), "", super::EVERY_PROMISE_BUT_BROTLI),
    };
    // One process: as root, workers would run as a user who may not read everything.
    let text = format!(
        "{load}daemon off;\nmaster_process off;\npid {own}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{
    access_log off;
    client_body_temp_path {own}/body;\n    proxy_temp_path {own}/proxy;\n    fastcgi_temp_path {own}/fastcgi;
    uwsgi_temp_path {own}/uwsgi;\n    scgi_temp_path {own}/scgi;
    server {{\n        listen 127.0.0.1:{port};\n        root {site};
        include {site}/portal-nginx.conf;\n        {brotli}\n    }}\n}}\n"
    );
    let file = write_configuration(setup, &text)?;
    let program = found.run("nginx").arg("-p").arg(setup.own).args(["-e", "stderr", "-c"]).arg(file);
    Ok(Prepared { program, promises })
}
