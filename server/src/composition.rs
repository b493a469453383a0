//! Puts the server together: adapters into the application, the application under the HTTP edge; starts and
//! stops it.

use crate::application::{BrowserSessions, Portal, PortalParts, Queue, Rules, SessionParts};
use crate::backend_simulated::{FleetError, SimulatedFleet};
use crate::config::{SessionSettings, Settings};
use crate::http::page::PageSite;
use crate::http::{
    EdgeSettings, EdgeState, ListenError, Listeners, ServeLimits, SessionEdge, SignInMode, router, serve,
};
use crate::oidc::{ConfidentialClient, OidcVerifier, ProviderError};
use crate::ports::{Clock, CrashPoints, NoCrash, PasscodeVault, Randomness, StoreError};
use crate::store_sqlite::{SqliteStore, StoreOptions};
use crate::system::{SystemClock, SystemRandomness};
use crate::vault_aead::{AeadTokenSeal, AeadVault};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// Why the server did not start. Each says what to do.
#[derive(Debug)]
pub enum StartError {
    /// The database cannot be used.
    Database(PathBuf, StoreError),
    /// The simulated fleet's database cannot be used.
    Fleet(PathBuf, FleetError),
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
            Self::Database(path, StoreError::Unavailable(reason) | StoreError::Corrupt(reason)) => {
                write!(formatter, "the database {} cannot be used ({reason}): {WHAT_TO_DO}", path.display())
            }
            Self::Fleet(path, FleetError(reason)) => {
                write!(
                    formatter,
                    "the fleet's database {} cannot be used ({reason}): {WHAT_TO_DO}",
                    path.display()
                )
            }
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
pub struct Replaceable {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Where the queue stops.
    pub crash_points: Arc<dyn CrashPoints>,
}

impl Default for Replaceable {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            crash_points: Arc::new(NoCrash),
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
    store: SqliteStore,
    limits: ServeLimits,
}

/// The fleet's database stands beside the portal's.
#[must_use]
pub fn fleet_database(database: &Path) -> PathBuf {
    database.with_extension("fleet.sqlite")
}

impl Server {
    /// Opens databases and puts everything together.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(settings: &Settings, replaceable: Replaceable) -> Result<Self, StartError> {
        let Replaceable { clock, randomness, crash_points } = replaceable;
        let options = StoreOptions { max_pages: settings.database_pages };
        let store = SqliteStore::open(&settings.database, options)
            .await
            .map_err(|error| StartError::Database(settings.database.clone(), error))?;
        let fleet_path = fleet_database(&settings.database);
        let fleet = SimulatedFleet::open(&fleet_path, settings.fleet, Arc::clone(&clock))
            .await
            .map_err(|error| StartError::Fleet(fleet_path, error))?;
        let vault: Arc<dyn PasscodeVault> =
            Arc::new(AeadVault::new(&settings.passcode_key.0, Arc::clone(&randomness)));
        let parts = PortalParts {
            store: Arc::new(store.clone()),
            back_end: Arc::new(fleet),
            clock: Arc::clone(&clock),
            randomness: Arc::clone(&randomness),
            vault,
        };
        let rules = Rules {
            limits: settings.limits,
            passcode_lifetime_days: settings.passcode_lifetime_days,
            streams: settings.streams,
        };
        let portal = Arc::new(Portal::new(parts, rules));
        let queue = Queue::new(Arc::clone(&portal), crash_points);
        let tokens = OidcVerifier::new(settings.tokens.clone(), Arc::clone(&clock));
        let tokens = Arc::new(tokens.map_err(StartError::Provider)?);
        let mode = match &settings.session {
            None => SignInMode::Token,
            Some(session) => session_mode(session, &portal, &tokens, clock, Arc::clone(&randomness))?,
        };
        let state = EdgeState {
            portal: Arc::clone(&portal),
            mode,
            tokens,
            randomness,
            settings: Arc::new(edge_settings(settings)?),
            page: page(settings)?.map(Arc::new),
        };
        let limits = ServeLimits { connections: settings.connections };
        Ok(Self { portal, queue, router: router(state), store, limits })
    }

    /// Serves until told to stop: running requests finish, then the queue's step, then the database closes.
    pub async fn run(self, listeners: Listeners, stop: watch::Receiver<bool>) {
        let queue = tokio::spawn(self.queue.run(stop.clone()));
        tokio::spawn(close_streams(Arc::clone(&self.portal), stop.clone()));
        serve(listeners, self.router, self.limits, stop).await;
        if queue.await.is_err() {
            tracing::error!("the queue ended unexpectedly");
        }
        self.store.close().await;
        tracing::info!("stopped");
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
    Ok(SignInMode::Session(Arc::new(SessionEdge { sessions, origin: settings.client.origin.clone() })))
}

/// A stream would keep the stop waiting until its time is up.
async fn close_streams(portal: Arc<Portal>, mut stop: watch::Receiver<bool>) {
    // An error means that whoever could ask is gone: that is a stop as well.
    let _ = stop.wait_for(|is_asked| *is_asked).await;
    portal.close_streams();
}

fn edge_settings(settings: &Settings) -> Result<EdgeSettings, StartError> {
    let text = serde_json::to_string(&settings.branding).map_err(|_| StartError::Branding)?;
    Ok(EdgeSettings {
        branding: settings.branding.clone(),
        branding_version: crate::application::version_of(text.as_bytes()),
        required_scope: settings.tokens.required_scope.clone(),
        page_origins: settings.page_origins.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        body_bytes: settings.body_bytes,
        request_timeout: settings.request_timeout,
        public_base_url: settings.public_base_url.clone(),
    })
}

fn page(settings: &Settings) -> Result<Option<PageSite>, StartError> {
    let Some(page) = &settings.page else { return Ok(None) };
    let config =
        page.config.as_ref().map(serde_json::to_vec_pretty).transpose().map_err(|_| StartError::Branding)?;
    let site = PageSite::open(&page.folder, config, &page.connect)
        .map_err(|error| StartError::Page(page.folder.clone(), error))?;
    let is_https = settings.public_base_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    Ok(Some(if is_https { site.over_https() } else { site }))
}

/// Starts with these settings and serves until the process is asked to end.
///
/// # Errors
/// [`StartError`]; nothing is left running then.
pub async fn run(settings: &Settings) -> Result<(), StartError> {
    let server = Server::build(settings, Replaceable::default()).await?;
    let listeners = Listeners::open(&settings.listen).await.map_err(StartError::Listen)?;
    for address in listeners.addresses() {
        tracing::info!(%address, "listening");
    }
    let (sender, stop) = watch::channel(false);
    tokio::spawn(async move {
        asked_to_end().await;
        tracing::info!("stopping: running requests may finish");
        // Nobody listens any more only if the server has ended already.
        let _ = sender.send(true);
    });
    server.run(listeners, stop).await;
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
