//! Words of operation: why a server is not ready, what it says about itself, how it writes its log.

use portal_contract::UtcTime;

/// Why the server should get no requests now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// The database cannot be written.
    DatabaseNotWritable,
    /// The device back end does not answer.
    FleetUnreachable,
    /// The identity provider's keys are not known: no token can be checked.
    ProviderKeysMissing,
    /// A line of the audit record was not written by this server: nothing after it is linked.
    AuditRecordBroken,
    /// The server is about to stop.
    Stopping,
}

impl NotReady {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::DatabaseNotWritable,
        Self::FleetUnreachable,
        Self::ProviderKeysMissing,
        Self::AuditRecordBroken,
        Self::Stopping,
    ];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DatabaseNotWritable => "databaseNotWritable",
            Self::FleetUnreachable => "fleetUnreachable",
            Self::ProviderKeysMissing => "providerKeysMissing",
            Self::AuditRecordBroken => "auditRecordBroken",
            Self::Stopping => "stopping",
        }
    }
}

/// Figures of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Runs of actions: which action, the state in the queue, the state the person sees, how many.
    pub runs: Vec<(String, String, String, i64)>,
    /// Runs whose next step is due.
    pub due: i64,
    /// Since when the oldest of them has been due.
    pub oldest_due: Option<UtcTime>,
    /// Entries of the audit record.
    pub audit_rows: i64,
    /// Size of the database, in bytes.
    pub database_bytes: i64,
    /// Open event streams.
    pub streams: u32,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
