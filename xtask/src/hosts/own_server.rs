//! portal-server with `headers.json`: it serves the page itself where there is one origin.

use std::path::Path;
use std::time::Duration;

use super::answer::{self, Answer, Question};
use super::expectations::Promise;
use super::site::{Directory, Site};
use super::{EVERY_PROMISE, Host};
use crate::error::Result;
use crate::process::{Program, Service};
use crate::{http, server, workspace};

/// Its provider, which nobody asks here. The policy names it where the build for other hosts says `https:`.
const PROVIDER: &str = "http://127.0.0.1:9";

/// The server, serving; dropping it ends it.
pub(super) struct Serving {
    port: u16,
    _service: Service,
    _own: Directory,
}

impl Serving {
    /// Starts it over the page, as a server that people reach over HTTPS.
    pub(super) fn start(binary: &Path, site: &Site) -> Result<Self> {
        let own = Directory::new("server")?;
        let port = http::free_port()?;
        let quoted = |path: &Path| serde_json::Value::from(path.to_string_lossy()).to_string();
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\ndatabase = {}\npage_dir = {}\n\
             public_base_url = \"https://portal.example\"\n\
             [oidc]\nissuer = \"{PROVIDER}\"\naudience = \"urn:passcode-portal:api\"\nrequired_scope = \"devices\"\n",
            quoted(&own.path().join("portal.sqlite")),
            quoted(site.path())
        );
        let file = own.path().join("portal.toml");
        workspace::write(&file, text)?;
        let mut service = Program::new("portal-server", binary)
            .arg("--config")
            .arg(&file)
            .env("PORTAL__PASSCODE__KEY", server::passcode_key(own.path())?)
            .dir(own.path())
            .serve(&own.path().join("log"))?;
        http::wait_until_ready(&mut service, port, "/", Duration::from_secs(20))?;
        Ok(Self { port, _service: service, _own: own })
    }
}

impl Host for Serving {
    fn promises(&self) -> &'static [Promise] {
        EVERY_PROMISE
    }

    fn ask(&self, question: &Question<'_>) -> Result<Answer> {
        let mut answer = answer::over_http(self.port, question)?;
        for (name, value) in &mut answer.headers {
            if name == "content-security-policy" {
                *value = value.replace(PROVIDER, "https:");
            }
        }
        Ok(answer)
    }
}
