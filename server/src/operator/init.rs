//! `init`: writes a first configuration and says what to register at the provider. Nothing that is there is overwritten.

use super::providers::{Fit, Mode, Provider};
use super::{OperatorError, create_private, file};
use crate::ports::Randomness;
use base64ct::{Base64, Encoding as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What has to be known. Whatever is missing on the command line is asked for where somebody can answer.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Answers {
    /// The identity provider
    #[arg(long, value_enum, default_value = "other")]
    pub provider: Provider,
    /// Its issuer, exactly as its discovery document says (or see --host and --tenant)
    #[arg(long)]
    pub issuer: Option<String>,
    /// The host of the issuer, where the provider's recipe has one
    #[arg(long, default_value = "")]
    pub host: String,
    /// The tenant, realm, application or project of the issuer, where the recipe has one
    #[arg(long, default_value = "")]
    pub tenant: String,
    /// How people sign in
    #[arg(long, value_enum, default_value = "session")]
    pub mode: Mode,
    /// The address people open, like https://portal.example.com
    #[arg(long)]
    pub url: String,
    /// How the provider calls this client
    #[arg(long, default_value = "passcode-portal")]
    pub client_id: String,
    /// What the provider writes into `aud` of access tokens (token mode)
    #[arg(long, default_value = "urn:passcode-portal:api")]
    pub audience: String,
    /// The address of your device management's connector, ending in /v1; without it devices are simulated
    #[arg(long)]
    pub connector: Option<String>,
    /// The folder of the built page
    #[arg(long, default_value = "dist")]
    pub page_dir: PathBuf,
    /// The folder the files are written into
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub to: PathBuf,
}

/// The name of the configuration.
const CONFIGURATION: &str = "portal.toml";
/// The name of the key file.
const KEYS: &str = "passcode.keys";
/// The name of the file for the client's secret.
const SECRET: &str = "client.secret";

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
        let recipe = self.provider.recipe();
        let text = |value: &str| toml::Value::from(value).to_string();
        let mut lines = vec![
            "listen = \"127.0.0.1:8080\"".to_owned(),
            "database = \"portal.sqlite\"".to_owned(),
            format!("public_base_url = {}", text(self.origin())),
            format!("page_dir = {}", text(&self.page_dir.to_string_lossy())),
        ];
        if self.connector.is_none() {
            lines.push("# A demonstration: a reset reaches no phone. Take it away with a [[device_services]] section.".to_owned());
            lines.push("allow_simulated = true".to_owned());
        }
        lines.extend(["".to_owned(), "[oidc]".to_owned(), format!("issuer = {}", text(&self.issuer()))]);
        let is_session = self.mode == Mode::Session;
        if is_session {
            let only = recipe
                .oidc
                .iter()
                .filter(|line| line.starts_with("trusted_audiences") || line.starts_with("subject_claim"));
            lines.extend(only.map(|line| self.filled(line)));
        } else {
            lines.push(format!("audience = {}", text(&self.audience)));
            lines.extend(recipe.oidc.iter().map(|line| self.filled(line)));
        }
        lines.extend(["".to_owned(), "[passcode]".to_owned(), format!("key_file = \"{KEYS}\"")]);
        if is_session {
            lines.extend([
                "".to_owned(),
                "[session]".to_owned(),
                format!("client_id = {}", text(&self.client_id)),
                format!("client_secret_file = \"{SECRET}\""),
            ]);
        }
        lines.extend(["".to_owned(), "[page.config]".to_owned(), "apiBase = \"/api/v1.0\"".to_owned()]);
        if !is_session {
            lines.push(format!("authority = {}", text(&self.issuer())));
            lines.push(format!("clientId = {}", text(&self.client_id)));
            if !recipe.page_entries.iter().any(|(name, _)| *name == "scopes") {
                lines.push("scopes = \"openid profile email devices\"".to_owned());
            }
            let entries = recipe.page_entries.iter();
            lines.extend(entries.map(|(name, value)| format!("{name} = {}", text(&self.filled(value)))));
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
            steps.push(format!("  web origin (CORS): {origin}"));
            steps.push(format!("  an API with the audience {} and the scope devices", self.audience));
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
