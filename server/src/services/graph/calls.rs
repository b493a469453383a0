//! Calls to Microsoft Graph: bounded in number, time and size, never redirected, each with a name that Microsoft's support
//! finds it by.

use super::answers::{Answer, NoAnswer, pause};
use super::bound::{Bound, Weight};
use super::guid::Guid;
use super::settings::{Credential, GraphSettings};
use super::token::{Token, TokenFault, Tokens};
use crate::domain::action::{ActionKind, ActionSet};
use crate::domain::near::is_on_this_machine;
use crate::ports::{Clock, Randomness, ServiceError};
use portal_contract::UtcTime;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER,
};
use reqwest::{Method, Url};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::SemaphorePermit;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a question may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);
/// For how long an action that Graph forbade is not offered, in milliseconds.
const FORBIDDEN_FOR_MILLIS: u64 = 600_000;

/// A tenant's settings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError(pub String);

/// What is known of the tenant without asking.
#[derive(Default)]
struct Standing {
    /// Why it cannot be used.
    fault: Option<ServiceError>,
    /// Whether it was ever asked.
    was_asked: bool,
    /// What Graph forbade, and when.
    forbidden: HashMap<ActionKind, UtcTime>,
    /// What the newest token permits.
    permissions: Option<Arc<[String]>>,
    /// Why there was no token the last time.
    token_fault: Option<TokenFault>,
}

/// A turn for one command.
pub(super) struct Turn<'a> {
    _slot: SemaphorePermit<'a>,
    token: Token,
}

/// What a 403 means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// This server lacks a permission.
    IsAFault,
    /// This way is shut.
    IsAnAnswer,
}

/// A call.
struct Request {
    method: Method,
    url: Url,
    body: Option<String>,
    timeout: Duration,
}

/// Microsoft Graph as a place that answers.
pub(super) struct Graph {
    name: String,
    base: Url,
    client: reqwest::Client,
    tokens: Tokens,
    bound: Bound,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    standing: Mutex<Standing>,
}

impl Graph {
    pub(super) fn new(
        settings: &GraphSettings,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, GraphError> {
        let base = Url::parse(&settings.graph_url).map_err(|error| GraphError(error.to_string()))?;
        let is_identity = matches!(settings.credential, Credential::ManagedIdentity(_));
        let is_near = is_on_this_machine;
        let unusable = |error: reqwest::Error| GraphError(error.to_string());
        let certificates = settings.certificates.as_deref();
        let client = client(is_near(&settings.graph_url), certificates).map_err(unusable)?;
        let token_client =
            client_for_tokens(is_identity || is_near(&settings.login_url), certificates).map_err(unusable)?;
        Ok(Self {
            name: settings.name.clone(),
            base,
            client,
            tokens: Tokens::new(settings, token_client, Arc::clone(&clock), Arc::clone(&randomness)),
            bound: Bound::new(),
            clock,
            randomness,
            standing: Mutex::default(),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A path under the address of Graph.
    pub(super) fn address(&self, path: &str) -> Result<Url, NoAnswer> {
        self.base.join(path).map_err(|_| NoAnswer::Cut)
    }

    /// The next page of a list, which has to be where the list is.
    pub(super) fn next_page(&self, body: &Value) -> Result<Option<Url>, NoAnswer> {
        let Some(link) = body.get("@odata.nextLink").and_then(Value::as_str) else { return Ok(None) };
        let url = Url::parse(link).map_err(|_| NoAnswer::Cut)?;
        if url.origin() == self.base.origin() {
            return Ok(Some(url));
        }
        tracing::error!(service = self.name, "a list goes on at another address than Graph's: not followed");
        Err(NoAnswer::Cut)
    }

    /// Asks. The standing follows the answer.
    pub(super) async fn get(&self, url: Url) -> Result<Answer, NoAnswer> {
        self.ask(url, Refusal::IsAFault).await
    }

    /// The same where there is another way if it is refused.
    pub(super) async fn try_get(&self, url: Url) -> Result<Answer, NoAnswer> {
        self.ask(url, Refusal::IsAnAnswer).await
    }

    async fn ask(&self, url: Url, refusal: Refusal) -> Result<Answer, NoAnswer> {
        let turn = self.turn(Weight::Read).await;
        let answer = match turn {
            Ok(turn) => {
                self.call(&Request { method: Method::GET, url, body: None, timeout: TIMEOUT }, turn).await
            }
            Err(error) => Err(error),
        };
        match &answer {
            Err(error) => self.note(Some(error_of(*error)), why(*error)),
            Ok(answer) if answer.status == 403 && refusal == Refusal::IsAnAnswer => {}
            Ok(answer) if matches!(answer.status, 401 | 403) => {
                let busy = ServiceError::Busy { retry_after_millis: None };
                self.note(Some(busy), "it refuses this server: look at its permissions");
            }
            Ok(answer) if answer.status >= 500 => {
                self.note(Some(ServiceError::NoAnswer), "it answers with an error of its own");
            }
            Ok(_) => self.note(None, ""),
        }
        answer
    }

    /// A turn for a command. Everything that may fail before something is sent fails here.
    pub(super) async fn write_turn(&self) -> Result<Turn<'_>, NoAnswer> {
        self.turn(Weight::Write).await
    }

    /// Sends a command, once. `Ok` is every answer.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<String>,
        turn: Turn<'_>,
        timeout: Duration,
    ) -> Result<Answer, NoAnswer> {
        self.call(&Request { method, url, body, timeout }, turn).await
    }

    async fn turn(&self, weight: Weight) -> Result<Turn<'_>, NoAnswer> {
        let slot = self.bound.enter(weight).await.map_err(|_| NoAnswer::NoTurn)?;
        let token = self.token().await.map_err(|_| NoAnswer::NoToken)?;
        Ok(Turn { _slot: slot, token })
    }

    /// A token, or why there is none. One line in the log for each new reason, not one for each call.
    pub(super) async fn token(&self) -> Result<Token, TokenFault> {
        let answer = self.tokens.token().await;
        let mut standing = self.standing();
        match &answer {
            Ok(token) => {
                standing.permissions.clone_from(&token.permissions);
                standing.token_fault = None;
            }
            Err(fault) => {
                let TokenFault { why, code, correlation } = fault;
                let known = standing.token_fault.as_ref();
                if known.is_none_or(|known| (known.why, &known.code) != (*why, code)) {
                    let service = self.name.as_str();
                    tracing::error!(service, why, ?code, ?correlation, "no token for Microsoft Graph");
                }
                standing.token_fault = Some(fault.clone());
            }
        }
        answer
    }

    /// One call; where the token is refused, one more with another: nothing was done then.
    async fn call(&self, request: &Request, turn: Turn<'_>) -> Result<Answer, NoAnswer> {
        let answer = self.try_call(request, &turn.token).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.tokens.forget(&turn.token).await;
        let token = self.token().await.map_err(|_| NoAnswer::NoToken)?;
        self.try_call(request, &token).await
    }

    async fn try_call(&self, request: &Request, token: &Token) -> Result<Answer, NoAnswer> {
        let Request { method, url, body, timeout } = request;
        let mut bytes = [0; 16];
        self.randomness.fill(&mut bytes).map_err(|_| NoAnswer::NoTurn)?;
        let id = Guid::random(bytes);
        let mut call = self
            .client
            .request(method.clone(), url.clone())
            .timeout(*timeout)
            .header(AUTHORIZATION, token.value.clone())
            .header(ACCEPT, "application/json")
            .header("Prefer", "include-unknown-enum-members")
            .header("client-request-id", id.as_str())
            .header("return-client-request-id", "true");
        if let Some(body) = body {
            call = call.header(CONTENT_TYPE, "application/json").body(body.clone());
        } else if *method == Method::POST {
            call = call.header(CONTENT_LENGTH, 0);
        }
        // An error's own words name the address, and a person with it.
        let sent = call.send().await;
        let mut response = sent.map_err(|error| {
            let error = if error.is_connect() {
                NoAnswer::NotConnected
            } else if error.is_timeout() {
                NoAnswer::TimedOut
            } else {
                NoAnswer::Cut
            };
            tracing::debug!(service = self.name, %method, client_request_id = %id, ?error, "no answer");
            error
        })?;
        let answer = read(&mut response).await;
        let request_id = header(response.headers(), "request-id").and_then(Guid::parse);
        tracing::debug!(
            service = self.name,
            %method,
            status = answer.status,
            client_request_id = %id,
            request_id = request_id.as_ref().map(Guid::as_str),
            "a call to Microsoft Graph"
        );
        // A question without its whole answer has none; of a command the status says enough.
        if *method == Method::GET && answer.status == 200 && answer.body.is_none() {
            return Err(NoAnswer::Cut);
        }
        Ok(answer)
    }

    fn standing(&self) -> std::sync::MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how it is. One line in the log for each change, not one for each call.
    fn note(&self, fault: Option<ServiceError>, why: &str) {
        let mut standing = self.standing();
        let was = standing.fault;
        standing.fault = fault;
        standing.was_asked = true;
        match (was, fault) {
            (None, Some(_)) => tracing::warn!(service = self.name, why, "Microsoft Graph cannot be used"),
            (Some(_), None) => tracing::info!(service = self.name, "Microsoft Graph can be used again"),
            (None, None) | (Some(_), Some(_)) => {}
        }
    }

    /// Graph forbade an action to this server, or has just taken one.
    pub(super) fn note_forbidden(&self, kind: ActionKind, is_forbidden: bool) {
        let now = self.clock.now();
        let mut standing = self.standing();
        if !is_forbidden {
            standing.forbidden.remove(&kind);
        } else if standing.forbidden.insert(kind, now).is_none() {
            let action = kind.name().as_str();
            tracing::error!(
                service = self.name,
                action,
                "Microsoft Graph forbids this action: grant {}",
                permission_for(kind)
            );
        }
    }

    fn is_forbidden(standing: &Standing, kind: ActionKind, now: UtcTime) -> bool {
        let since = standing.forbidden.get(&kind).map(|at| now.unix_millis().abs_diff(at.unix_millis()));
        since.is_some_and(|since| since < FORBIDDEN_FOR_MILLIS)
    }

    /// Of these actions, those that Graph lets this server do, as far as that is known.
    pub(super) fn permitted(&self, wanted: ActionSet) -> ActionSet {
        let now = self.clock.now();
        let standing = self.standing();
        let may = |kind| standing.permissions.as_ref().is_none_or(|known| permits(known, kind));
        ActionKind::ALL.into_iter().fold(wanted, |set, kind| {
            if may(kind) && !Self::is_forbidden(&standing, kind, now) { set } else { set.without(kind) }
        })
    }

    /// What is known without asking.
    pub(super) fn ready(&self) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let standing = self.standing();
        if let Some(error) = standing.fault {
            return Err(error);
        }
        // What only shows a secret is asked for by one person: its refusal is no fault of the whole service.
        let is_forbidden =
            |kind: ActionKind| kind.shows().is_none() && Self::is_forbidden(&standing, kind, now);
        if ActionKind::ALL.into_iter().any(is_forbidden) {
            return Err(ServiceError::Busy { retry_after_millis: None });
        }
        Ok(())
    }

    /// Whether it has to be asked to know how it is.
    pub(super) fn wants_a_look(&self) -> bool {
        let standing = self.standing();
        standing.fault.is_some() || !standing.was_asked
    }
}

/// The permission for commands to devices.
pub(super) const ACT: &str = "DeviceManagementManagedDevices.PrivilegedOperations.All";
/// The permission to change what Intune keeps of a device.
pub(super) const READ_WRITE: &str = "DeviceManagementManagedDevices.ReadWrite.All";

/// The permission to read BitLocker's recovery keys.
pub(super) const RECOVERY_KEYS: &str = "BitlockerKey.Read.All";
/// The permission to read the passwords of local administrators.
pub(super) const LOCAL_PASSWORDS: &str = "DeviceLocalCredential.Read.All";

/// The permission to read what IT hid in the Company Portal.
pub(super) const APPS: &str = "DeviceManagementApps.Read.All";

/// The permission that an action needs.
pub(super) const fn permission_for(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::SetCategory => READ_WRITE,
        ActionKind::ShowRecoveryKey => RECOVERY_KEYS,
        ActionKind::ShowLocalAdministratorPassword => LOCAL_PASSWORDS,
        ActionKind::ResetPasscode
        | ActionKind::RemoteLock
        | ActionKind::SyncDevice
        | ActionKind::Rename
        | ActionKind::Retire
        | ActionKind::Wipe
        | ActionKind::RebootNow => ACT,
    }
}

/// Whether a token with these permissions lets this server do an action.
pub(super) fn permits(permissions: &[String], kind: ActionKind) -> bool {
    permissions.iter().any(|name| name == permission_for(kind))
}

/// What no answer to a question means for whoever asked.
pub(super) const fn error_of(error: NoAnswer) -> ServiceError {
    match error {
        NoAnswer::NoToken | NoAnswer::NoTurn | NoAnswer::NotConnected => {
            ServiceError::Busy { retry_after_millis: None }
        }
        NoAnswer::TimedOut | NoAnswer::Cut => ServiceError::NoAnswer,
    }
}

const fn why(error: NoAnswer) -> &'static str {
    match error {
        NoAnswer::NoToken => "there is no token to ask with",
        NoAnswer::NoTurn => "more is asked than this server asks of it",
        NoAnswer::NotConnected => "no connection to it",
        NoAnswer::TimedOut => "it did not answer in time",
        NoAnswer::Cut => "the connection broke, or its answer is none",
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

async fn read(response: &mut reqwest::Response) -> Answer {
    let headers = response.headers();
    let date = header(headers, DATE.as_str()).and_then(|text| httpdate::parse_http_date(text).ok());
    let millis = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_millis());
    let mut answer = Answer {
        status: response.status().as_u16(),
        body: None,
        date: millis.and_then(|millis| i64::try_from(millis).ok()).map(UtcTime::from_unix_millis),
        pause: header(headers, RETRY_AFTER.as_str()).and_then(pause),
        names_approval: headers.keys().any(|name| name.as_str().starts_with("x-msft-approval")),
    };
    let body = bounded(response, MAX_ANSWER).await;
    answer.body = body.and_then(|body| serde_json::from_slice(&body).ok());
    answer
}

/// A whole body; `None` when it is cut or larger than an answer may be.
pub(super) async fn bounded(response: &mut reqwest::Response, most: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > most {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// A header that no log shows.
pub(super) fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// `is_near`: on this machine, or at the machine's own identity endpoint. Nothing goes by a proxy then.
fn client(is_near: bool, certificates: Option<&[u8]>) -> Result<reqwest::Client, reqwest::Error> {
    // Already installed is as good as installed now.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        // Graph's endpoints for keys refuse who has none.
        .user_agent(concat!("passcode-portal/", env!("CARGO_PKG_VERSION")))
        // An idle connection would keep its last answer in memory, and a passcode may be in it.
        .pool_max_idle_per_host(0);
    built(builder, is_near, certificates)
}

fn client_for_tokens(is_near: bool, certificates: Option<&[u8]>) -> Result<reqwest::Client, reqwest::Error> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(Duration::from_secs(10))
        .user_agent(concat!("passcode-portal/", env!("CARGO_PKG_VERSION")))
        .pool_max_idle_per_host(0);
    built(builder, is_near, certificates)
}

fn built(
    mut builder: reqwest::ClientBuilder,
    is_near: bool,
    certificates: Option<&[u8]>,
) -> Result<reqwest::Client, reqwest::Error> {
    if is_near {
        builder = builder.no_proxy();
    }
    if let Some(pem) = certificates {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
    }
    builder.build()
}
