//! The questions of `init`: what no flag said is asked of whoever sits at a terminal, the mode that fits first. Elsewhere what is
//! missing is named.

use super::init::Answers;
use super::providers::{Fit, Mode, Provider};
use crate::config::{base_path_of, origin_of};
use clap::ValueEnum as _;
use std::io::{BufRead, Write};
use std::path::PathBuf;

/// Whom access tokens are for, where a provider lets one choose.
const AUDIENCE: &str = "urn:passcode-portal:api";
/// The word for a page that this server serves.
const NO_OTHER_HOST: &str = "none";
/// How `init` calls this client unless told otherwise.
const CLIENT_ID: &str = "passcode-portal";

/// What the flags of `init` say.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Flags {
    /// The identity provider; `other` unless asked at a terminal
    #[arg(long, value_enum)]
    pub provider: Option<Provider>,
    /// Its issuer, exactly as its discovery document says (or see --host and --tenant)
    #[arg(long)]
    pub issuer: Option<String>,
    /// The host of the issuer, where the provider's recipe has one
    #[arg(long)]
    pub host: Option<String>,
    /// The tenant, realm, application or project of the issuer, where the recipe has one
    #[arg(long)]
    pub tenant: Option<String>,
    /// How people sign in; `session` unless asked at a terminal
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// The address people open, like https://portal.example.com
    #[arg(long)]
    pub url: Option<String>,
    /// How the provider calls this client; `passcode-portal` unless asked at a terminal
    #[arg(long)]
    pub client_id: Option<String>,
    /// What the provider writes into `aud` of access tokens (token mode); `urn:passcode-portal:api`, or the client ID where the
    /// provider writes that
    #[arg(long)]
    pub audience: Option<String>,
    /// The address of this server where another host serves the page (token mode): then config.json is written for that host
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
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

/// Somebody who can be asked.
pub struct Terminal<'a> {
    /// What they type.
    pub input: &'a mut dyn BufRead,
    /// What they read.
    pub output: &'a mut dyn Write,
}

/// What is needed is not known.
#[derive(Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Nobody can be asked, and these are missing or make no sense.
    Missing(Vec<String>),
    /// Whoever was asked went away.
    Left,
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(what) => write!(
                formatter,
                "{}\nAt a terminal `init` asks for what is missing; --help lists the flags",
                what.join("\n")
            ),
            Self::Left => formatter.write_str("nothing was written: the questions were not answered"),
        }
    }
}

/// Completes what the flags say: by questions where there is a terminal, by the usual values elsewhere.
///
/// # Errors
/// [`Unanswered`].
pub fn complete(flags: Flags, terminal: Option<Terminal<'_>>) -> Result<Answers, Unanswered> {
    match terminal {
        Some(terminal) => asked(flags, terminal),
        None => usual(flags),
    }
}

fn usual(flags: Flags) -> Result<Answers, Unanswered> {
    let provider = flags.provider.unwrap_or(Provider::Other);
    let mode = flags.mode.unwrap_or(Mode::Session);
    let needs = Needs::of(provider, mode);
    let mut missing = Vec::new();
    if let Some(Err(reason)) = flags.api.as_deref().map(|text| api(text, mode)) {
        missing.push(format!("--api {reason}"));
    }
    let url = match flags.url.as_deref().map(origin) {
        Some(Ok(url)) => url,
        Some(Err(reason)) => {
            missing.push(format!("--url {reason}"));
            String::new()
        }
        None => {
            missing.push("--url is missing: the address people open".to_owned());
            String::new()
        }
    };
    let is_given = |value: &Option<String>| value.as_ref().is_some_and(|value| !value.is_empty());
    let issuer = provider.recipe().issuer;
    if !is_given(&flags.issuer) && needs.host && !is_given(&flags.host) {
        missing.push(format!("--issuer is missing, or --host for {issuer}"));
    }
    if !is_given(&flags.tenant) && (needs.tenant || (needs.tenant_in_issuer && !is_given(&flags.issuer))) {
        missing.push(format!("--tenant is missing: TENANT of {issuer} or of the recipe"));
    }
    if missing.is_empty() {
        Ok(answers(flags, provider, mode, url))
    } else {
        Err(Unanswered::Missing(missing))
    }
}

fn asked(mut flags: Flags, mut terminal: Terminal<'_>) -> Result<Answers, Unanswered> {
    terminal.say("Enter takes what stands in brackets. Nothing is written before the last answer.")?;
    let given = flags.url.take().map(|url| origin(&url));
    let url = match given {
        Some(Ok(url)) => url,
        given => {
            if let Some(Err(reason)) = given {
                terminal.say(&format!("--url {reason}"))?;
            }
            terminal.ask("The address people open, like https://portal.example.com", None, origin)?
        }
    };
    let provider = match flags.provider {
        Some(provider) => provider,
        None => which_provider(&mut terminal)?,
    };
    let (mode, was_asked) = match flags.mode {
        Some(mode) => (mode, false),
        None => (which_mode(&mut terminal, provider)?, true),
    };
    let needs = Needs::of(provider, mode);
    let recipe = provider.recipe();
    if flags.issuer.is_none() && provider == Provider::Other {
        let question = "Its issuer, exactly as its discovery document says";
        flags.issuer = Some(terminal.ask(question, None, address)?);
    }
    if flags.issuer.is_none() && needs.host && flags.host.is_none() {
        let given = terminal.ask(&format!("HOST of {}", recipe.issuer), None, present)?;
        // Whoever has the whole need not take it apart.
        if given.contains("://") { flags.issuer = Some(given) } else { flags.host = Some(given) }
    }
    if flags.tenant.is_none() && (needs.tenant || (needs.tenant_in_issuer && flags.issuer.is_none())) {
        let place = if needs.tenant_in_issuer { recipe.issuer } else { recipe.page };
        flags.tenant = Some(terminal.ask(&format!("TENANT of {place}"), None, present)?);
    }
    let is_unfit = match flags.api.as_deref().map(|text| api(text, mode)) {
        Some(Err(reason)) => {
            terminal.say(&format!("--api {reason}"))?;
            flags.api = None;
            true
        }
        Some(Ok(_)) | None => false,
    };
    if flags.api.is_none() && (was_asked || is_unfit) && mode == Mode::Token {
        let question = "The address of this server, if another host serves the page";
        let typed = terminal.ask(question, Some(NO_OTHER_HOST), |text| {
            if text == NO_OTHER_HOST { Ok(None) } else { api(text, mode).map(Some) }
        })?;
        flags.api = typed;
    }
    if flags.client_id.is_none() {
        let question = "How the provider calls this client (its client ID)";
        flags.client_id = Some(terminal.ask(question, Some(CLIENT_ID), present)?);
    }
    Ok(answers(flags, provider, mode, url))
}

fn answers(flags: Flags, provider: Provider, mode: Mode, url: String) -> Answers {
    let of_issuer = || flags.issuer.as_deref().and_then(origin_of);
    let client_id = flags.client_id.unwrap_or_else(|| CLIENT_ID.to_owned());
    let usual = || if provider.recipe().audience_is_client { client_id.clone() } else { AUDIENCE.to_owned() };
    let audience = flags.audience.unwrap_or_else(usual);
    let host = flags.host.clone().or_else(|| Some(of_issuer()?.split_once("://")?.1.to_owned()));
    Answers {
        provider,
        host: host.unwrap_or_default(),
        issuer: flags.issuer,
        tenant: flags.tenant.unwrap_or_default(),
        mode,
        url,
        client_id,
        audience,
        api: flags.api.map(|api| api.trim_end_matches('/').to_owned()),
        connector: flags.connector,
        page_dir: flags.page_dir,
        to: flags.to,
    }
}

/// What a recipe leaves open.
struct Needs {
    host: bool,
    tenant_in_issuer: bool,
    /// Also where the whole issuer is given.
    tenant: bool,
}

impl Needs {
    fn of(provider: Provider, mode: Mode) -> Self {
        let recipe = provider.recipe();
        let page = recipe.page_entries.iter().any(|(_, value)| value.contains("TENANT"));
        Self {
            host: recipe.issuer.contains("HOST"),
            tenant_in_issuer: recipe.issuer.contains("TENANT"),
            tenant: super::init::lines_of_oidc(provider, mode).any(|line| line.contains("TENANT"))
                || (mode == Mode::Token && page),
        }
    }
}

fn which_provider(terminal: &mut Terminal<'_>) -> Result<Provider, Unanswered> {
    terminal.say("The identity provider:")?;
    for (number, provider) in Provider::ALL.into_iter().enumerate() {
        let line = format!("  {:>2}  {:<10} {}", number + 1, word(&provider), provider.recipe().name);
        terminal.say(&line)?;
    }
    terminal.ask("Number or word", Some("other"), |text| {
        let by_number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let by_number = by_number.and_then(|place| Provider::ALL.get(place)).copied();
        let by_word = || Provider::from_str(text, true).ok();
        by_number.or_else(by_word).ok_or("is none of the list")
    })
}

/// Leads to the mode that fits: the table of the README.
fn which_mode(terminal: &mut Terminal<'_>, provider: Provider) -> Result<Mode, Unanswered> {
    let recipe = provider.recipe();
    for line in [
        "How people sign in:".to_owned(),
        format!(
            "  session  this server serves the page and signs people in; the browser holds a cookie. {}: {}",
            recipe.name,
            recipe.session.as_str()
        ),
        format!(
            "  token    the page lies on a static host and holds tokens. {}: {}",
            recipe.name,
            recipe.token.as_str()
        ),
    ] {
        terminal.say(&line)?;
    }
    let mode = terminal.ask("Mode", Some("session"), |text| {
        let mode = Mode::from_str(text, true).map_err(|_| "is neither session nor token")?;
        match provider.fit(mode) {
            Fit::UseSession => Err("does not work with this provider: take session"),
            Fit::Works | Fit::Setting | Fit::NoFreshSignIn => Ok(mode),
        }
    })?;
    if provider.fit(mode) == Fit::NoFreshSignIn {
        terminal.say(
            "This provider cannot prove a fresh sign-in: everything works but the reset of a passcode.",
        )?;
    }
    Ok(mode)
}

fn word(provider: &Provider) -> String {
    provider.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

impl Terminal<'_> {
    fn say(&mut self, line: &str) -> Result<(), Unanswered> {
        writeln!(self.output, "{line}").map_err(|_| Unanswered::Left)
    }

    /// Asks until there is an answer that makes sense.
    fn ask<T>(
        &mut self,
        question: &str,
        usual: Option<&str>,
        read: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Result<T, Unanswered> {
        loop {
            let shown = usual.map(|usual| format!(" [{usual}]")).unwrap_or_default();
            write!(self.output, "{question}{shown}: ").map_err(|_| Unanswered::Left)?;
            self.output.flush().map_err(|_| Unanswered::Left)?;
            let mut line = String::new();
            match self.input.read_line(&mut line) {
                Ok(0) | Err(_) => return Err(Unanswered::Left),
                Ok(_) => {}
            }
            let typed = line.trim();
            let answer = if typed.is_empty() { usual.unwrap_or_default() } else { typed };
            match read(answer) {
                Ok(value) => return Ok(value),
                Err(reason) => self.say(&format!("{answer:?} {reason}"))?,
            }
        }
    }
}

/// Where the portal is to be: an origin, with or without a path, without a slash at its end.
fn origin(text: &str) -> Result<String, &'static str> {
    let bare = text.trim_end_matches('/');
    match base_path_of(bare) {
        Some(_) => Ok(bare.to_owned()),
        None => Err(
            "must be scheme and host, like https://portal.example.com, with a path of plain names if the portal has one",
        ),
    }
}

/// Where this server is to be, apart from the page.
fn api(text: &str, mode: Mode) -> Result<String, &'static str> {
    if mode == Mode::Session {
        return Err("goes with token mode only: in session mode this server serves the page");
    }
    origin(text)
}

fn address(text: &str) -> Result<String, &'static str> {
    let is_one = origin_of(text).is_some();
    if is_one { Ok(text.to_owned()) } else { Err("must be an address, like https://id.example.com") }
}

fn present(text: &str) -> Result<String, &'static str> {
    let is_there = !text.is_empty() && !text.contains(char::is_whitespace);
    if is_there { Ok(text.to_owned()) } else { Err("is no answer") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::{Command, parse};
    use std::ffi::OsString;

    fn flags(text: &str) -> Flags {
        let arguments = std::iter::once("init").chain(text.split_whitespace()).map(OsString::from);
        match parse(arguments) {
            Ok((_, Command::Init(flags))) => flags,
            other => panic!("{other:?}"),
        }
    }

    /// What comes of the flags and of these lines typed, and what was shown.
    fn typing(given: &str, lines: &[&str]) -> (Result<Answers, Unanswered>, String) {
        let mut output = Vec::new();
        let typed = lines.join("\n") + if lines.is_empty() { "" } else { "\n" };
        let terminal = Terminal { input: &mut typed.as_bytes(), output: &mut output };
        let answers = complete(flags(given), Some(terminal));
        (answers, String::from_utf8(output).unwrap())
    }

    fn without_terminal(given: &str) -> Result<Answers, Unanswered> {
        complete(flags(given), None)
    }

    #[test]
    fn what_is_typed_comes_to_the_same_as_flags() {
        let lines = ["https://portal.example/", "keycloak", "", "id.example", "staff", ""];
        let (typed, shown) = typing("", &lines);
        let said = "--provider keycloak --host id.example --tenant staff --url https://portal.example";
        assert_eq!(typed, without_terminal(said));
        for part in
            ["Keycloak: works", "Keycloak: setting", "Mode [session]", "HOST of https://HOST/realms/TENANT"]
        {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        let answers = typed.unwrap();
        assert_eq!((answers.mode, answers.client_id.as_str()), (Mode::Session, "passcode-portal"));
    }

    #[test]
    fn what_a_flag_says_is_not_asked() {
        let given =
            "--provider keycloak --host h --tenant t --url https://p.example --mode token --client-id c";
        let (answers, shown) = typing(given, &[]);
        assert_eq!(answers, without_terminal(given));
        assert!(!shown.contains(": "), "no question: {shown}");
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_asked_again() {
        let lines = [
            "portal",
            "https://portal.example/a?b",
            "https://portal.example",
            "11",
            "nobody",
            "8",
            "tokens",
            "token",
            "session",
            "id",
        ];
        let (answers, shown) = typing("", &lines);
        let answers = answers.unwrap();
        assert_eq!((answers.provider, answers.mode), (Provider::Google, Mode::Session));
        assert_eq!(answers.client_id, "id");
        for part in [
            "\"https://portal.example/a?b\" must be scheme and host",
            "\"nobody\" is none of the list",
            "\"token\" does not work with this provider: take session",
            "cannot prove a fresh sign-in",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    }

    #[test]
    fn every_provider_is_asked_for_all_that_its_files_need() {
        for (number, provider) in Provider::ALL.into_iter().enumerate() {
            for mode in [Mode::Session, Mode::Token] {
                if provider.fit(mode) == Fit::UseSession {
                    continue;
                }
                let number = (number + 1).to_string();
                let mode = mode.to_possible_value().unwrap();
                let lines = ["https://p.example", &number, mode.get_name()];
                let more = ["https://id.example/x", "tenant", "none", "none"];
                let (answers, shown) = typing("", &[&lines[..], &more].concat());
                let text =
                    answers.unwrap_or_else(|why| panic!("{provider:?} {why:?} {shown}")).configuration();
                let open = ["TENANT", "HOST", "= \"https://\""].into_iter().find(|part| text.contains(part));
                assert_eq!(open, None, "{provider:?} {mode:?}: {text}");
            }
        }
    }

    #[test]
    fn a_page_on_another_host_gets_a_file_of_its_own_and_the_server_lets_it_in() {
        let folder = tempfile::tempdir().unwrap();
        let given = "--provider keycloak --host h --tenant t --url https://p.example/portal --to";
        let given = format!("{given} {} --api https://api.example/", folder.path().display());
        let typed = ["token", "id"];
        let asked = typing(&given, &typed).0.unwrap();
        assert_eq!(asked.api.as_deref(), Some("https://api.example"));
        let without = without_terminal(&format!("{given} --mode token --client-id id")).unwrap();
        assert_eq!(asked, without);
        let said = crate::operator::init(&without, &crate::system::SystemRandomness).unwrap();
        assert!(said.iter().any(|line| line.starts_with("Put config.json beside index.html")), "{said:?}");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let page: serde_json::Value = serde_json::from_str(&read("config.json")).unwrap();
        assert_eq!(page["apiBase"], "https://api.example/api/v1.0");
        assert_eq!(page["authority"], "https://h/realms/t");
        let server = read("portal.toml");
        let has = |line: &str| server.lines().any(|one| one == line);
        assert!(has("page_origins = [\"https://p.example\"]") && !server.contains("page_dir"), "{server}");
        assert!(has("public_base_url = \"https://api.example\"") && !server.contains("[page"), "{server}");
        let Err(Unanswered::Missing(missing)) = without_terminal(&given) else { panic!("session mode") };
        assert!(missing[0].starts_with("--api goes with token mode"), "{missing:?}");
    }

    #[test]
    fn access_tokens_are_for_the_client_where_the_provider_has_it_so_and_nobody_needs_to_know() {
        let given = "--mode token --host h --tenant t --client-id c --url https://p.example --provider";
        for (provider, audience, step) in [
            ("entra", "c", "  the scope devices for this client"),
            ("cognito", "c", "  the scope portal/devices for this client"),
            (
                "keycloak",
                AUDIENCE,
                "  an API with the audience urn:passcode-portal:api and the scope devices",
            ),
        ] {
            let answers = without_terminal(&format!("{given} {provider}")).unwrap();
            assert_eq!(answers.audience, audience, "{provider}");
            assert!(answers.steps().iter().any(|line| line == step), "{:?}", answers.steps());
        }
        assert_eq!(without_terminal(&format!("{given} entra --audience a")).unwrap().audience, "a");
    }

    #[test]
    fn whoever_has_the_whole_issuer_need_not_take_it_apart() {
        let lines = ["https://id.example/realms/staff", ""];
        let (answers, shown) = typing("--url https://p.example --provider keycloak --mode session", &lines);
        assert!(answers.unwrap().configuration().contains("issuer = \"https://id.example/realms/staff\""));
        assert!(!shown.contains("TENANT of"), "{shown}");
    }

    #[test]
    fn without_a_terminal_everything_that_is_missing_is_named_at_once() {
        let Err(Unanswered::Missing(missing)) = without_terminal("--provider keycloak") else {
            panic!("asked")
        };
        let named = |flag: &str| missing.iter().any(|line| line.starts_with(flag));
        assert!(named("--url") && named("--issuer") && named("--tenant"), "{missing:?}");
        let Err(Unanswered::Missing(missing)) = without_terminal("--issuer https://id.example --url portal")
        else {
            panic!("accepted")
        };
        assert_eq!(missing.len(), 1, "{missing:?}");
    }

    #[test]
    fn whoever_goes_away_leaves_nothing_behind() {
        assert_eq!(typing("", &["https://portal.example"]).0, Err(Unanswered::Left));
    }
}
