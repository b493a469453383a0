//! Puts the server together: adapters into the application, the application under the HTTP edge; starts and
//! stops it.

mod device_services;

pub use device_services::look_at as look_at_device_services;

use crate::application::{
    self, BrowserSessions, Portal, PortalParts, Queue, Rules, SessionParts, ShownBranding,
};
use crate::config::{DeviceServiceSettings, SessionSettings, Settings, origin_of};
use crate::domain::audit_chain::{Broken, End};
use crate::domain::secret_key::KeyId;
use crate::http::page::PageSite;
use crate::http::{
    EdgeSettings, EdgeState, ListenError, Listeners, ServeLimits, SessionEdge, SignInMode, WRITE_STALL,
    operation_router, router, serve,
};
use crate::metrics::{CountedService, Metrics};
use crate::oidc::{ConfidentialClient, OidcVerifier, ProviderError};
use crate::ports::{
    Clock, CrashPoints, DeviceService, EventInbox, NoCrash, PasscodeVault, Randomness, ReportSink,
    StoreError, TokenVerifier,
};
use crate::services::graph::{GraphError, GraphService, RecordError};
use crate::services::http::{HttpService, HttpServiceError};
use crate::services::simulated::{FleetError, SimulatedFleet};
use crate::services::{NamedService, ServiceRouter};
use crate::store_sqlite::{DatabaseLock, LockError, SqliteStore, StoreOptions};
use crate::system::{
    LocalLimits, LocalSignal, SystemClock, SystemRandomness, log_lines_lost, make_private, network_share,
    raise_file_limit,
};
use crate::vault_aead::{AeadTokenSeal, AeadVault};
use device_services::DeviceServices;
use portal_contract::UtcTime;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Connections to the address of the metrics.
const OPERATION_CONNECTIONS: usize = 16;
/// How often the counts of limits are written down: what a killed process forgets of them.
const RATES_WRITTEN_EVERY: Duration = Duration::from_secs(1);
/// How often lines of the audit record that wait are linked.
const LINKED_EVERY: Duration = Duration::from_secs(1);

/// How many files are open besides connections: databases, listeners, the page's files, calls to the provider.
const OTHER_FILES: usize = 128;

/// Why the server did not start. Each says what to do.
#[derive(Debug)]
pub enum StartError {
    /// The database cannot be used.
    Database(PathBuf, StoreError),
    /// The database would lie on a network share of this kind.
    NetworkShare(PathBuf, &'static str),
    /// Another server uses the database, or its lock cannot be used.
    Lock(PathBuf, LockError),
    /// The audit record is not what the server wrote, or nobody answers for it yet.
    Audit(PathBuf, Broken),
    /// The audit record is sealed with this key, and none is configured: going on without would look like a forgery.
    AuditKey(PathBuf, KeyId),
    /// The simulated fleet's database cannot be used.
    Fleet(PathBuf, FleetError),
    /// There can be no client for a device service.
    DeviceService(String, HttpServiceError),
    /// There can be no client for Microsoft Graph.
    Graph(String, GraphError),
    /// The record of commands to Microsoft Graph cannot be used.
    CommandRecord(PathBuf, RecordError),
    /// The page's folder cannot be used.
    Page(PathBuf, io::Error),
    /// Sockets.
    Listen(ListenError),
    /// The HTTP client for the provider.
    Provider(ProviderError),
    /// The configuration cannot be turned into what is served.
    Branding,
}

impl std::fmt::Display for StartError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const WHAT_TO_DO: &str = "check that the folder exists, may be written and has space left";
        match self {
            Self::Database(path, StoreError::Unavailable(reason)) => {
                write!(formatter, "the database {} cannot be used ({reason}): {WHAT_TO_DO}", path.display())
            }
            Self::Database(path, StoreError::Corrupt(reason)) => {
                write!(formatter, "the database {} cannot be used: {reason}", path.display())
            }
            Self::Audit(path, broken @ (Broken::NotSealed(_) | Broken::NotCurrentKey(_))) => {
                write!(formatter, "the audit record in {}: {broken}", path.display())
            }
            Self::Audit(path, broken) => write!(
                formatter,
                "the audit record in {} is broken: {broken}. Keep the file (`audit export` writes it down as \
                 evidence) and restore a backup, see docs/keys-and-audit.md",
                path.display()
            ),
            Self::AuditKey(path, sealed) => write!(
                formatter,
                "the audit record in {} is sealed with key {sealed}, but [audit] names no key: set audit.key_file",
                path.display()
            ),
            Self::NetworkShare(path, kind) => write!(
                formatter,
                "the database {} lies on a network share ({kind}): SQLite's locks do not hold there, so it would break, and two \
                 servers could send the same resets. Name a file on a disk of this machine or on a block volume (key `database`)",
                path.display()
            ),
            Self::Lock(path, LockError::Taken) => write!(
                formatter,
                "another server runs over the database {}: stop it first, two would send the same resets",
                path.display()
            ),
            Self::Lock(path, LockError::Io(error)) => {
                write!(formatter, "the database {} cannot be locked ({error}): {WHAT_TO_DO}", path.display())
            }
            Self::Fleet(path, FleetError(reason)) => {
                write!(
                    formatter,
                    "the fleet's database {} cannot be used ({reason}): {WHAT_TO_DO}",
                    path.display()
                )
            }
            Self::DeviceService(name, HttpServiceError(reason)) => {
                write!(formatter, "no HTTP client for the device service {name}: {reason}")
            }
            Self::Graph(name, GraphError(reason)) => {
                write!(formatter, "no HTTP client for the device service {name}: {reason}")
            }
            Self::CommandRecord(path, RecordError(reason)) => write!(
                formatter,
                "the record of commands to Microsoft Graph, {}, cannot be used ({reason}): {WHAT_TO_DO}",
                path.display()
            ),
            Self::Page(path, error) => {
                write!(formatter, "the page in {} cannot be served ({error}): build it again", path.display())
            }
            Self::Listen(error) => error.fmt(formatter),
            Self::Provider(error) => write!(formatter, "no HTTP client for the identity provider: {error}"),
            Self::Branding => {
                formatter.write_str("the section [branding] or [page.config] cannot be written as JSON")
            }
        }
    }
}

/// What a test may want to replace.
#[derive(Clone)]
pub struct Environment {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Where the queue stops.
    pub crash_points: Arc<dyn CrashPoints>,
    /// How long another program that holds the database is waited for; the usual time if `None`. It passes in SQLite, which
    /// asks no clock.
    pub patience: Option<Duration>,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            crash_points: Arc::new(NoCrash),
            patience: None,
        }
    }
}

/// The server, ready to serve.
pub struct Server {
    /// The use cases.
    pub portal: Arc<Portal>,
    /// The queue.
    pub queue: Queue,
    /// The HTTP service.
    pub router: axum::Router,
    /// The HTTP service for those who operate it.
    pub operation: axum::Router,
    /// The bounds of serving.
    pub limits: ServeLimits,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The simulated devices, where there are any.
    pub fleet: Option<Arc<SimulatedFleet>>,
    /// The connectors to device management elsewhere.
    pub connectors: Vec<Arc<HttpService>>,
    /// The tenants of Microsoft Intune.
    pub tenants: Vec<Arc<GraphService>>,
    /// The organisation as people are shown it.
    pub branding: Arc<ShownBranding>,
    store: SqliteStore,
    vault: Arc<dyn PasscodeVault>,
    tokens: Arc<dyn TokenVerifier>,
    drain_time: Duration,
}

/// A database lies on a disk. `kind` says on which kind of share a file is.
fn on_a_disk(
    path: &Path,
    kind: impl FnOnce(&Path) -> io::Result<Option<&'static str>>,
) -> Result<(), StartError> {
    match kind(path) {
        Ok(Some(kind)) => Err(StartError::NetworkShare(path.to_owned(), kind)),
        // Why a folder cannot be looked at is said when the file in it is opened.
        Ok(None) | Err(_) => Ok(()),
    }
}

fn private_database(path: &Path) -> Result<(), StartError> {
    make_private(path)
        .map_err(|error| StartError::Database(path.to_owned(), StoreError::Unavailable(error.to_string())))
}

/// Checks the audit record before anything is added to it: the server would otherwise go on, with its key, where somebody
/// without the key rewrote what is before.
async fn begin_record(store: &SqliteStore, settings: &Settings, now: UtcTime) -> Result<(), StartError> {
    let path = &settings.database;
    let database = |error| StartError::Database(path.clone(), error);
    if settings.audit_keys.is_none()
        && let Some(sealed) = store.newest_audit_key().await.map_err(database)?
    {
        return Err(StartError::AuditKey(path.clone(), sealed));
    }
    let verified = store.verify_audit(None, End::OfTheRecord).await.map_err(database)?;
    verified.map_err(|broken| StartError::Audit(path.clone(), broken))?;
    store.record_chain_start(now).await.map_err(database)
}

/// The fleet's database stands beside the portal's.
#[must_use]
pub fn fleet_database(database: &Path) -> PathBuf {
    database.with_extension("fleet.sqlite")
}

/// The file in which commands to Microsoft Graph are recorded, beside the server's own. It is in no backup: it goes on where the
/// world goes on, and a restored command whose row is missing is never sent again.
#[must_use]
pub fn graph_database(database: &Path) -> PathBuf {
    database.with_extension("graph.sqlite")
}

impl Server {
    /// Opens databases and puts everything together.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(settings: &Settings, replaceable: Environment) -> Result<Self, StartError> {
        let Environment { clock, randomness, crash_points, patience } = replaceable;
        let options = StoreOptions { patience, ..store_options(settings) };
        on_a_disk(&settings.database, network_share)?;
        private_database(&settings.database)?;
        let store = SqliteStore::open(&settings.database, options)
            .await
            .map_err(|error| StartError::Database(settings.database.clone(), error))?;
        begin_record(&store, settings, clock.now()).await?;
        let DeviceServices { named, fleet, connectors, tenants, webhooks } =
            device_services::open(settings, &clock, &randomness).await?;
        let vault: Arc<dyn PasscodeVault> =
            Arc::new(AeadVault::with_keys(settings.passcode_keys.clone(), Arc::clone(&randomness)));
        let metrics = Arc::new(Metrics::new(log_lines_lost));
        let counted = |named: NamedService| {
            let counted = CountedService::new(named.service, &named.name, Arc::clone(&metrics));
            NamedService { service: Arc::new(counted), name: named.name }
        };
        let all = ServiceRouter::new(named.into_iter().map(counted).collect());
        let services: Arc<dyn DeviceService> = Arc::new(all.without(settings.switched_off.clone()));
        let parts = PortalParts {
            store: Arc::new(store.clone()),
            services: Arc::clone(&services),
            clock: Arc::clone(&clock),
            randomness: Arc::clone(&randomness),
            vault: Arc::clone(&vault),
            signal: Arc::new(LocalSignal::default()),
            rate_limits: Arc::new(LocalLimits::new(settings.limits.quotas, Arc::new(store.clone()))),
        };
        let rules = Rules {
            limits: settings.limits,
            passcode_lifetime_days: settings.passcode_lifetime_days,
            streams: settings.serving.streams,
            skip_second_sign_in: settings.skip_second_sign_in,
        };
        let portal = Arc::new(Portal::new(parts, rules));
        let sink: Arc<dyn ReportSink> = Arc::clone(&portal) as Arc<dyn ReportSink>;
        services.report_to(Arc::downgrade(&sink));
        if portal.read_rates().await.is_err() {
            let reason = "the limits that were written down cannot be read".to_owned();
            return Err(StartError::Database(settings.database.clone(), StoreError::Unavailable(reason)));
        }
        let queue = Queue::new(Arc::clone(&portal), crash_points);
        let tokens =
            OidcVerifier::new(settings.tokens.clone(), settings.provider.clone(), Arc::clone(&clock));
        let tokens = Arc::new(tokens.map_err(StartError::Provider)?);
        if settings.session.is_none() && settings.tokens.required_scope.is_empty() {
            let audience = &settings.tokens.audience;
            tracing::warn!(audience, "no scope is needed: every access token for this audience is accepted");
        }
        let mode = match &settings.session {
            None => SignInMode::Token,
            Some(session) => session_mode(session, &portal, &tokens, clock, Arc::clone(&randomness))?,
        };
        let branding = Arc::new(ShownBranding::new(settings.branding.clone()));
        let state = EdgeState {
            portal: Arc::clone(&portal),
            mode,
            tokens: tokens.clone(),
            randomness,
            settings: Arc::new(edge_settings(settings, &branding)),
            metrics: Arc::clone(&metrics),
            page: page(settings)?.map(Arc::new),
            inbox: webhooks.is_used().then(|| Arc::new(webhooks) as Arc<dyn EventInbox>),
            proxy_notice: Arc::default(),
        };
        let limits = ServeLimits {
            connections: settings.serving.connections,
            connections_per_network: settings.serving.connections_per_network,
            trusted_proxies: settings.trusted_proxies.clone(),
            header_timeout: settings.serving.header_timeout,
            patience: settings.serving.request_timeout + WRITE_STALL,
        };
        let operation = operation_router(state.clone());
        let drain_time = settings.drain_time;
        Ok(Self {
            portal,
            queue,
            router: router(state),
            operation,
            store,
            vault,
            tokens,
            limits,
            metrics,
            fleet,
            branding,
            connectors,
            tenants,
            drain_time,
        })
    }

    /// Seals passcodes with the current key that are sealed with an older one. Those that do not open stay as they are and
    /// are named in the log: the server can do everything else without them.
    pub async fn reseal_passcodes(&self) {
        match application::reseal(&self.store, self.vault.as_ref(), self.portal.now()).await {
            Ok(done) => {
                if done.resealed > 0 {
                    tracing::info!(number = done.resealed, "passcodes were sealed with the current key");
                }
                for (result, error) in done.left {
                    tracing::error!(%result, %error, "a passcode does not open");
                }
            }
            Err(refusal) => tracing::error!(?refusal, "passcodes could not be sealed with the current key"),
        }
    }

    /// Takes no more connections than there are files for, and says so: a server out of files cannot even open its
    /// database.
    fn fit_into(&mut self, files: Option<u64>) {
        let Some(files) = files.and_then(|files| usize::try_from(files).ok()) else { return };
        let room = files.saturating_sub(OTHER_FILES).max(1);
        if self.limits.connections > room {
            tracing::warn!(
                files,
                connections = room,
                "fewer connections than configured: the limit on open files is low"
            );
            self.limits.connections = room;
        }
    }

    /// Serves until told to stop: running requests finish, then the queue's step, then the database closes.
    pub async fn run(self, listeners: Listeners, stop: watch::Receiver<bool>) {
        self.run_with(listeners, None, stop).await;
    }

    /// The same, with metrics on sockets of their own.
    pub async fn run_with(
        self,
        listeners: Listeners,
        operation: Option<Listeners>,
        stop: watch::Receiver<bool>,
    ) {
        let queue = tokio::spawn(self.queue.run(stop.clone()));
        tokio::spawn(close_streams(Arc::clone(&self.portal), stop.clone()));
        let portal = Arc::clone(&self.portal);
        let rates =
            tokio::spawn(every(RATES_WRITTEN_EVERY, stop.clone(), move || write_rates(Arc::clone(&portal))));
        let portal = Arc::clone(&self.portal);
        let record = tokio::spawn(every(LINKED_EVERY, stop.clone(), move || link_audit(Arc::clone(&portal))));
        if let Some(fleet) = self.fleet {
            tokio::spawn(device_services::let_devices_act(fleet, stop.clone()));
        }
        for connector in self.connectors {
            tokio::spawn(device_services::look_after(connector, stop.clone()));
        }
        for tenant in &self.tenants {
            tokio::spawn(device_services::look_after_tenant(
                Arc::clone(tenant),
                Arc::clone(&self.branding),
                stop.clone(),
            ));
        }
        if let Some(operation) = operation {
            let limits = ServeLimits { connections: OPERATION_CONNECTIONS, ..self.limits.clone() };
            let metrics = Arc::new(Metrics::new(log_lines_lost));
            tokio::spawn(serve(operation, self.operation, limits, metrics, stop.clone()));
        }
        serve(listeners, self.router, self.limits, self.metrics, stop).await;
        if queue.await.is_err() {
            tracing::error!("the queue ended unexpectedly");
        }
        for tenant in self.tenants {
            tenant.close().await;
        }
        // Requests that ran until now have counted as well.
        if record.await.is_err() || self.portal.link_audit().await.is_err() {
            tracing::warn!("the latest lines of the audit record are not linked; they are at the next start");
        }
        if rates.await.is_err() || self.portal.write_rates().await.is_err() {
            tracing::warn!("the latest counts of limits could not be written down");
        }
        self.store.close().await;
        tracing::info!("stopped");
    }
}

/// Does something after each pause, until the server stops.
async fn every<Step: Future<Output = ()>>(
    pause: Duration,
    mut stop: watch::Receiver<bool>,
    step: impl Fn() -> Step,
) {
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // Whoever could ask is gone: that is a stop as well.
            asked = stop.changed() => if asked.is_err() { return },
        }
        step().await;
    }
}

/// Writes down what the limits have counted.
async fn write_rates(portal: Arc<Portal>) {
    if let Err(refusal) = portal.write_rates().await {
        tracing::warn!(?refusal, "the counts of limits could not be written down; trying again");
    }
}

/// Links what was added to the audit record.
async fn link_audit(portal: Arc<Portal>) {
    if let Err(refusal) = portal.link_audit().await {
        tracing::debug!(?refusal, "the audit record could not be linked; trying again");
    }
}

fn session_mode(
    settings: &SessionSettings,
    portal: &Arc<Portal>,
    tokens: &Arc<OidcVerifier>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
) -> Result<SignInMode, StartError> {
    let client = ConfidentialClient::new(settings.client.clone(), Arc::clone(tokens), clock);
    let parts = SessionParts {
        client: Arc::new(client.map_err(StartError::Provider)?),
        seal: Arc::new(AeadTokenSeal::new(randomness)),
        rules: settings.rules,
    };
    let sessions = BrowserSessions::new(Arc::clone(portal), parts);
    Ok(SignInMode::Session(Arc::new(SessionEdge {
        sessions,
        origin: origin_of(&settings.client.home).unwrap_or_default(),
    })))
}

/// A stream would keep the stop waiting until its time is up.
async fn close_streams(portal: Arc<Portal>, mut stop: watch::Receiver<bool>) {
    // An error means that whoever could ask is gone: that is a stop as well.
    let _ = stop.wait_for(|is_asked| *is_asked).await;
    portal.begin_stop();
    portal.close_streams();
}

/// How the database of these settings is opened.
#[must_use]
pub fn store_options(settings: &Settings) -> StoreOptions {
    StoreOptions {
        max_pages: settings.serving.database_pages,
        audit_keys: settings.audit_keys.clone().map(Arc::new),
        session_keys: Some(Arc::new(settings.passcode_keys.clone())),
        patience: None,
    }
}

fn edge_settings(settings: &Settings, branding: &Arc<ShownBranding>) -> EdgeSettings {
    EdgeSettings {
        branding: Arc::clone(branding),
        required_scope: settings.tokens.required_scope.clone(),
        page_origins: settings.page_origins.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        body_bytes: settings.serving.body_bytes,
        request_timeout: settings.serving.request_timeout,
        public_base_url: settings.public_base_url.clone(),
        has_simulated_devices: settings.device_services.iter().any(DeviceServiceSettings::is_simulated),
        base_path: settings.base_path.clone(),
    }
}

fn page(settings: &Settings) -> Result<Option<PageSite>, StartError> {
    let Some(page) = &settings.page else { return Ok(None) };
    let config =
        page.config.as_ref().map(serde_json::to_vec_pretty).transpose().map_err(|_| StartError::Branding)?;
    let site = PageSite::open(&page.folder, config, &page.connect)
        .map_err(|error| StartError::Page(page.folder.clone(), error))?;
    let site = site.under(settings.base_path.clone());
    let is_https = settings.public_base_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    Ok(Some(if is_https { site.over_https() } else { site }))
}

/// Starts with these settings and serves until the process is asked to end.
///
/// # Errors
/// [`StartError`]; nothing is left running then.
pub async fn run(settings: &Settings) -> Result<(), StartError> {
    // Before the lock, which may seem to hold there.
    on_a_disk(&settings.database, network_share)?;
    // Held until the server has ended.
    let _lock = DatabaseLock::take(&settings.database)
        .map_err(|error| StartError::Lock(settings.database.clone(), error))?;
    let mut server = Server::build(settings, Environment::default()).await?;
    server.fit_into(raise_file_limit());
    server.reseal_passcodes().await;
    let listeners = Listeners::open(&settings.listen).await.map_err(StartError::Listen)?;
    if settings.page.is_some() && settings.session.is_none() {
        // The first visitor's policy already names where the provider is asked. Nobody waits for it.
        let tokens = Arc::clone(&server.tokens);
        tokio::spawn(async move { tokens.is_ready().await });
    }
    if let Ok(head) = server.store.audit_head().await {
        // Where the log is kept elsewhere, this is an anchor (`audit verify --anchor`).
        tracing::info!(%head, "the audit record");
    }
    for address in listeners.addresses() {
        tracing::info!(%address, "listening");
    }
    let operation = match &settings.metrics_listen {
        None => None,
        Some(address) => Some(Listeners::open(address).await.map_err(StartError::Listen)?),
    };
    for address in operation.iter().flat_map(Listeners::addresses) {
        tracing::info!(%address, "listening for metrics");
    }
    let (sender, stop) = watch::channel(false);
    let (portal, drain_time) = (Arc::clone(&server.portal), server.drain_time);
    tokio::spawn(async move {
        asked_to_end().await;
        portal.begin_stop();
        if !drain_time.is_zero() {
            tracing::info!(seconds = drain_time.as_secs(), "not ready any more; stopping soon");
            // Whoever asks again is in a hurry.
            let _ = tokio::time::timeout(drain_time, asked_to_end()).await;
        }
        tracing::info!("stopping: running requests may finish");
        // Nobody listens any more only if the server has ended already.
        let _ = sender.send(true);
    });
    server.run_with(listeners, operation, stop).await;
    Ok(())
}

/// Waits for Ctrl-C or, where there are signals, SIGTERM.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_on_a_network_share_is_refused_with_what_to_do() {
        let path = Path::new("/mnt/share/portal.sqlite");
        let refused = on_a_disk(path, |_| Ok(Some("NFS"))).unwrap_err().to_string();
        for part in
            ["/mnt/share/portal.sqlite", "network share (NFS)", "on a disk of this machine", "`database`"]
        {
            assert!(refused.contains(part), "{refused}");
        }
        assert!(on_a_disk(path, |_| Ok(None)).is_ok());
        assert!(on_a_disk(path, |_| Err(io::ErrorKind::NotFound.into())).is_ok(), "said when it is opened");
    }
}
