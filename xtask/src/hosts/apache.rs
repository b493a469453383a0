//! Apache with `.htaccess`.

use super::packages::Found;
use super::{Installed, Prepared, Setup, write_configuration};
use crate::error::{Error, Result};

/// The modules that the file says it needs, and what any Apache has.
const MODULES: &[&str] = &["mpm_event", "authz_core", "dir", "headers", "mime", "rewrite"];

/// Apache's program and modules; the package with the service is another one.
pub(super) const APACHE: Installed =
    Installed { name: "Apache", program: "apache2", packages: &["apache2-bin"], prepare };

fn prepare(found: &Found, setup: &Setup<'_>) -> Result<Prepared> {
    let (own, site, port) = (setup.own.display(), setup.site.display(), setup.port);
    let mut text = String::new();
    for name in MODULES {
        let module = found.module(&format!("usr/lib/apache2/modules/mod_{name}.so")).ok_or_else(|| {
            Error::Missing {
                what: format!("Apache is here without mod_{name}."),
                remedy: "install it as your system's packages do.".into(),
            }
        })?;
        text.push_str(&format!("LoadModule {name}_module {}\n", module.display()));
    }
    // As root it insists on giving root up; the number is that of `nobody`, whom every system has.
    text.push_str(&format!(
        "ServerRoot {own}\nServerName localhost\nListen 127.0.0.1:{port}\nUser #65534\nGroup #65534
PidFile {own}/pid\nDefaultRuntimeDir {own}\nMutex pthread\nErrorLog /dev/stderr\nTypesConfig /dev/null
DocumentRoot {site}\n<Directory {site}>\n    Require all granted
    AllowOverride FileInfo Indexes Options=Indexes,MultiViews\n</Directory>\n"
    ));
    let file = write_configuration(setup, &text)?;
    let program = found.run("Apache").arg("-f").arg(file).arg("-DFOREGROUND");
    Ok(Prepared { program, promises: super::EVERY_PROMISE })
}
