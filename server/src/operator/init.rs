//! `init`: writes a first configuration and says what to register at the provider. Nothing that is there is overwritten.

use super::providers::{Fit, Mode, Provider};
use super::{OperatorError, create_private, file};
use crate::config::origin_of;
use crate::ports::Randomness;
use base64ct::{Base64, Encoding as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What has to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The identity provider.
    pub provider: Provider,
    /// Its issuer; without it, that of the recipe.
    pub issuer: Option<String>,
    /// The host of the recipe's issuer.
    pub host: String,
    /// The tenant, realm, application or project of the recipe.
    pub tenant: String,
    /// How people sign in.
    pub mode: Mode,
    /// The origin people open.
    pub url: String,
    /// How the provider calls this client.
    pub client_id: String,
    /// `aud` of access tokens (token mode).
    pub audience: String,
    /// The address of this server, where another host serves the page (token mode).
    pub api: Option<String>,
    /// The connector's address; without it devices are simulated.
    pub connector: Option<String>,
    /// The folder of the built page.
    pub page_dir: PathBuf,
    /// The folder the files are written into.
    pub to: PathBuf,
}

/// The name of the configuration.
const CONFIGURATION: &str = "portal.toml";
/// The name of the page's configuration, where another host serves the page.
const PAGE: &str = "config.json";
/// The name of the key file.
const KEYS: &str = "passcode.keys";
/// The name of the file for the client's secret.
const SECRET: &str = "client.secret";

/// The recipe's lines of `[oidc]` that a mode needs: in session mode those about ID tokens.
pub(super) fn lines_of_oidc(provider: Provider, mode: Mode) -> impl Iterator<Item = &'static str> {
    let lines = provider.recipe().oidc.iter().copied();
    lines.filter(move |line| {
        mode == Mode::Token || line.starts_with("trusted_audiences") || line.starts_with("subject_claim")
    })
}

impl Answers {
    fn issuer(&self) -> String {
        let by_recipe = || self.filled(self.provider.recipe().issuer);
        self.issuer.clone().unwrap_or_else(by_recipe)
    }

    fn filled(&self, text: &str) -> String {
        text.replace("TENANT", &self.tenant).replace("HOST", &self.host).replace("AUDIENCE", &self.audience)
    }

    fn origin(&self) -> &str {
        self.url.trim_end_matches('/')
    }

    /// `portal.toml`.
    #[must_use]
    pub fn configuration(&self) -> String {
        let text = |value: &str| toml::Value::from(value).to_string();
        let mut lines =
            vec!["listen = \"127.0.0.1:8080\"".to_owned(), "database = \"portal.sqlite\"".to_owned()];
        lines.extend(match &self.api {
            None => [
                format!("public_base_url = {}", text(self.origin())),
                format!("page_dir = {}", text(&self.page_dir.to_string_lossy())),
            ],
            Some(api) => [
                format!("public_base_url = {}", text(api)),
                format!("page_origins = [{}]", text(&origin_of(self.origin()).unwrap_or_default())),
            ],
        });
        if self.connector.is_none() {
            lines.push("# A demonstration: a reset reaches no phone. Take it away with a [[device_services]] section.".to_owned());
            lines.push("allow_simulated = true".to_owned());
        }
        lines.extend(["".to_owned(), "[oidc]".to_owned(), format!("issuer = {}", text(&self.issuer()))]);
        let is_session = self.mode == Mode::Session;
        if !is_session {
            lines.push(format!("audience = {}", text(&self.audience)));
        }
        lines.extend(lines_of_oidc(self.provider, self.mode).map(|line| self.filled(line)));
        lines.extend(["".to_owned(), "[passcode]".to_owned(), format!("key_file = \"{KEYS}\"")]);
        if is_session {
            lines.extend([
                "".to_owned(),
                "[session]".to_owned(),
                format!("client_id = {}", text(&self.client_id)),
                format!("client_secret_file = \"{SECRET}\""),
            ]);
        }
        if self.api.is_none() {
            lines.extend(["".to_owned(), "[page.config]".to_owned()]);
            lines.extend(self.page().iter().map(|(name, value)| format!("{name} = {}", text(value))));
        }
        if let Some(connector) = &self.connector {
            lines.extend([
                "".to_owned(),
                "[[device_services]]".to_owned(),
                "name = \"devices\"".to_owned(),
                "kind = \"http\"".to_owned(),
                format!("url = {}", text(connector)),
                "token_file = \"connector.token\"".to_owned(),
            ]);
        }
        lines.join("\n") + "\n"
    }

    /// The entries of the page's configuration.
    fn page(&self) -> Vec<(&'static str, String)> {
        let api = self.api.as_deref().unwrap_or_default();
        let mut entries = vec![("apiBase", format!("{api}/api/v1.0"))];
        if self.mode == Mode::Token {
            let own = self.provider.recipe().page_entries;
            entries.extend([("authority", self.issuer()), ("clientId", self.client_id.clone())]);
            if !own.iter().any(|(name, _)| *name == "scopes") {
                entries.push(("scopes", "openid profile email devices".to_owned()));
            }
            entries.extend(own.iter().map(|(name, value)| (*name, self.filled(value))));
        }
        entries
    }

    /// `config.json`, where another host serves the page.
    fn page_file(&self) -> String {
        let entries = self.page().into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        format!("{:#}\n", serde_json::Value::Object(entries.collect()))
    }

    /// What to do at the provider, and next.
    #[must_use]
    pub fn steps(&self) -> Vec<String> {
        let (recipe, origin) = (self.provider.recipe(), self.origin());
        let mut steps =
            vec![format!("{}: docs/providers/{} has every click. Register there:", recipe.name, recipe.page)];
        if self.mode == Mode::Session {
            steps.push(
                "  a confidential client (with a secret), authorization code flow, PKCE S256".to_owned(),
            );
            steps.push(format!("  redirect address: {origin}{}", portal_contract::session::CALLBACK));
            steps.push(format!(
                "  post-logout addresses: {origin}{} and {origin}{}",
                portal_contract::session::SIGNED_OUT,
                portal_contract::session::SIGNED_OUT_SCREEN
            ));
            steps.push(format!("Write its secret into {SECRET}."));
        } else {
            steps.push("  a public client (no secret), authorization code flow, PKCE S256".to_owned());
            steps.push(format!("  redirect address: {origin}/callback"));
            steps.push(format!("  post-logout address: {origin}/signed-out"));
            steps.push(format!("  web origin (CORS): {}", origin_of(origin).unwrap_or_default()));
            let scope = self.provider.scope();
            let api = format!("  an API with the audience {}", self.audience);
            match (self.audience == self.client_id, scope.is_empty()) {
                // The audience is the API's own: there is no scope to register.
                (true, true) => {}
                (true, false) => steps.push(format!("  the scope {scope} for this client")),
                (false, true) => steps.push(api),
                (false, false) => steps.push(format!("{api} and the scope {scope}")),
            }
        }
        match self.provider.fit(self.mode) {
            Fit::Works => {}
            Fit::Setting => steps.push("This provider needs the settings of its recipe.".to_owned()),
            Fit::UseSession => steps.push(format!(
                "In this mode {} does not work: run init again with --mode session.",
                recipe.name
            )),
            Fit::NoFreshSignIn => steps.push(format!(
                "{} cannot prove a fresh sign-in: everything works but the reset of a passcode.",
                recipe.name
            )),
        }
        if self.api.is_some() {
            steps.push(format!("Put {PAGE} beside index.html on the host of the page (docs/hosting.md)."));
        }
        steps.push(format!("Then: portal-server --config {CONFIGURATION} check --online"));
        steps
    }
}

/// Writes the files and says what is next.
///
/// # Errors
/// [`OperatorError::Exists`] when one of them is there, or [`OperatorError::File`].
pub fn init(answers: &Answers, randomness: &dyn Randomness) -> Result<Vec<String>, OperatorError> {
    let mut key = zeroize::Zeroizing::new([0_u8; 32]);
    let drawn = randomness.fill(key.as_mut());
    drawn
        .map_err(|_| OperatorError::File(answers.to.join(KEYS), std::io::Error::other("no random bytes")))?;
    let mut files = vec![
        (CONFIGURATION, zeroize::Zeroizing::new(answers.configuration())),
        (KEYS, zeroize::Zeroizing::new(Base64::encode_string(key.as_ref()))),
    ];
    if answers.mode == Mode::Session {
        files.push((SECRET, zeroize::Zeroizing::default()));
    }
    if answers.api.is_some() {
        files.push((PAGE, zeroize::Zeroizing::new(answers.page_file())));
    }
    // All or nothing: half a configuration would look like one.
    if let Some((there, _)) = files.iter().find(|(name, _)| answers.to.join(name).exists()) {
        return Err(OperatorError::Exists(answers.to.join(there)));
    }
    let mut said = Vec::new();
    for (name, content) in files {
        let path = answers.to.join(name);
        write(&path, &content)?;
        said.push(format!("wrote {}", path.display()));
    }
    said.extend(answers.steps());
    Ok(said)
}

fn write(path: &Path, content: &str) -> Result<(), OperatorError> {
    let mut out = create_private(path)?;
    out.write_all(content.as_bytes()).map_err(file(path))
}
