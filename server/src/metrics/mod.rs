//! What the server tells those who operate it: counters and gauges in the text format of Prometheus (OpenMetrics 1.0).
//!
//! Labels come from lists in this program (routes, limits, states), never from what people or devices send: a label that
//! strangers can choose grows without end, and one that names a person is personal data in a monitoring system.

mod fleet_calls;

pub use fleet_calls::CountedService;

use crate::domain::operation::{Figures, NotReady};
use crate::domain::rate::RateLimit;
use crate::ports::ServiceError;
use portal_contract::UtcTime;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper ends of the buckets of answering times, in seconds.
const BUCKETS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Why the server closed, or never opened, a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionClosed {
    /// It was idle, and a new one needed its place.
    ForAnother,
    /// There was no place, and nobody idle.
    NoRoom,
    /// What came was no HTTP request, or one with more headers than are read.
    Unreadable,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Limit {
    limit: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FleetCall {
    service: String,
    call: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunState {
    action: String,
    queue: String,
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Version {
    version: &'static str,
}

type Seconds = Gauge<f64, AtomicU64>;
type Timings = Family<Route, Histogram, fn() -> Histogram>;

/// The counters and gauges of one server.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    timings: Timings,
    rate_refusals: Family<Limit, Counter>,
    connections: Gauge,
    connections_closed: Family<Reason, Counter>,
    fleet_calls: Family<FleetCall, Counter>,
    action_runs: Family<RunState, Gauge>,
    queue_due: Gauge,
    queue_oldest_due: Seconds,
    audit_rows: Gauge,
    database: Gauge,
    streams: Gauge,
    keys_age: Seconds,
    not_ready: Family<Reason, Gauge>,
    log_lines_lost: Counter,
    lost_until_now: fn() -> u64,
}

impl Metrics {
    /// All of them, at zero. `log_lines_lost` says how many lines of the log were lost until now.
    #[must_use]
    pub fn new(log_lines_lost: fn() -> u64) -> Self {
        let mut registry = Registry::with_prefix("portal");
        let build = Info::new(Version { version: env!("CARGO_PKG_VERSION") });
        registry.register("build", "The version that runs", build);
        let timings: Timings = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let metrics = Self {
            registry,
            requests: Family::default(),
            timings,
            rate_refusals: Family::default(),
            connections: Gauge::default(),
            connections_closed: Family::default(),
            fleet_calls: Family::default(),
            action_runs: Family::default(),
            queue_due: Gauge::default(),
            queue_oldest_due: Seconds::default(),
            audit_rows: Gauge::default(),
            database: Gauge::default(),
            streams: Gauge::default(),
            keys_age: Seconds::default(),
            not_ready: Family::default(),
            log_lines_lost: Counter::default(),
            lost_until_now: log_lines_lost,
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("http_requests", "Answers by method, route and status", self.requests.clone());
        let help = "How long answers took, until their headers were known";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, self.timings.clone());
        let help = "Requests that were refused because a limit was reached";
        registry.register("rate_refusals", help, self.rate_refusals.clone());
        registry.register("http_connections", "Open connections", self.connections.clone());
        let help = "Connections that were closed for others, found no room, or sent no readable request";
        registry.register("http_connections_closed", help, self.connections_closed.clone());
        registry.register("fleet_calls", "Calls to device services", self.fleet_calls.clone());
        let help = "Runs of actions by their state in the queue and as the person sees it";
        registry.register("action_runs", help, self.action_runs.clone());
        registry.register("queue_due", "Runs whose next step is due", self.queue_due.clone());
        let help = "For how long the oldest of them has been due";
        registry.register_with_unit("queue_oldest_due", help, Unit::Seconds, self.queue_oldest_due.clone());
        registry.register("audit_rows", "Entries of the audit record", self.audit_rows.clone());
        let help = "Size of the database without its write-ahead log";
        registry.register_with_unit("database_size", help, Unit::Bytes, self.database.clone());
        registry.register("event_streams", "Open event streams", self.streams.clone());
        let help = "Age of the identity provider's keys; NaN while there are none";
        registry.register_with_unit("provider_keys_age", help, Unit::Seconds, self.keys_age.clone());
        registry.register("not_ready", "1 for each reason the server is not ready", self.not_ready.clone());
        let help = "Lines of the log that nobody read in time";
        registry.register("log_lines_lost", help, self.log_lines_lost.clone());
        self
    }

    /// Counts an answer. `route` must be one of ours, with parameters and not their values.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.timings.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { method: known(method), route, status }).inc();
    }

    /// Counts a refusal by a limit.
    pub fn refused(&self, limit: RateLimit) {
        self.rate_refusals.get_or_create(&Limit { limit: limit.as_str() }).inc();
    }

    /// Says how many connections are open.
    pub fn connections(&self, open: usize) {
        self.connections.set(whole(open));
    }

    /// Counts a connection that was closed.
    pub fn connection_closed(&self, reason: ConnectionClosed) {
        let reason = match reason {
            ConnectionClosed::ForAnother => "forAnother",
            ConnectionClosed::NoRoom => "noRoom",
            ConnectionClosed::Unreadable => "unreadable",
        };
        self.connections_closed.get_or_create(&Reason { reason }).inc();
    }

    /// Counts a call to the back end.
    fn called(&self, service: &str, call: &'static str, error: Option<ServiceError>) {
        let outcome = match error {
            None => "ok",
            Some(ServiceError::Busy { .. }) => "busy",
            Some(ServiceError::NoAnswer) => "noAnswer",
        };
        self.fleet_calls.get_or_create(&FleetCall { service: service.to_owned(), call, outcome }).inc();
    }

    /// Everything as text: what was counted, and these figures of this moment.
    #[must_use]
    pub fn text(
        &self,
        figures: &Figures,
        keys_fetched: Option<UtcTime>,
        not_ready: &[NotReady],
        now: UtcTime,
    ) -> String {
        self.action_runs.clear();
        for (action, queue, state, number) in &figures.runs {
            let state = RunState { action: action.clone(), queue: queue.clone(), state: state.clone() };
            self.action_runs.get_or_create(&state).set(*number);
        }
        self.queue_due.set(figures.due);
        self.queue_oldest_due.set(figures.oldest_due.map_or(0.0, |due| seconds_between(due, now)));
        self.audit_rows.set(figures.audit_rows);
        self.database.set(figures.database_bytes);
        self.streams.set(i64::from(figures.streams));
        self.keys_age.set(keys_fetched.map_or(f64::NAN, |fetched| seconds_between(fetched, now)));
        for reason in NotReady::ALL {
            let is_so = i64::from(not_ready.contains(&reason));
            self.not_ready.get_or_create(&Reason { reason: reason.as_str() }).set(is_so);
        }
        let lost = (self.lost_until_now)();
        self.log_lines_lost.inc_by(lost.saturating_sub(self.log_lines_lost.get()));
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            tracing::error!("the metrics could not be written");
        }
        text
    }
}

/// A method out of a list: others are made up by strangers.
fn known(method: &str) -> &'static str {
    ["GET", "POST", "HEAD", "OPTIONS"].into_iter().find(|known| *known == method).unwrap_or("other")
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn seconds_between(earlier: UtcTime, later: UtcTime) -> f64 {
    let millis = later.unix_millis().saturating_sub(earlier.unix_millis()).max(0);
    Duration::from_millis(millis.unsigned_abs()).as_secs_f64()
}
