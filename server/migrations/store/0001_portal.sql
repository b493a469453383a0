-- The portal's own memory. Times are milliseconds since the Unix epoch, UTC.

-- One reset on its way to a device (domain/command.rs has the states).
CREATE TABLE commands (
    id              TEXT    PRIMARY KEY NOT NULL,
    device_id       TEXT    NOT NULL,
    device_name     TEXT    NOT NULL,
    person_id       TEXT    NOT NULL,
    reset           TEXT    NOT NULL,
    queue_state     TEXT    NOT NULL CHECK (queue_state IN ('recorded', 'sending', 'sent', 'ended')),
    action_state    TEXT    NOT NULL,
    error_code      TEXT,
    started         INTEGER NOT NULL,
    updated         INTEGER NOT NULL,
    expires         INTEGER NOT NULL,
    due             INTEGER NOT NULL,
    cancel_request  INTEGER NOT NULL DEFAULT 0,
    failed_attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

-- At most one open reset of a device: the rule is the index, whatever the code does.
CREATE UNIQUE INDEX one_open_command_per_device ON commands (device_id) WHERE queue_state <> 'ended';
CREATE INDEX commands_due ON commands (due) WHERE queue_state <> 'ended';
CREATE INDEX commands_of_person ON commands (person_id, device_id, started);
CREATE INDEX commands_by_device ON commands (device_id, started);

-- The same key gives the same answer for 24 hours.
CREATE TABLE idempotency_keys (
    person_id   TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    result_id   TEXT    NOT NULL REFERENCES commands (id),
    created     INTEGER NOT NULL,
    PRIMARY KEY (person_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_created ON idempotency_keys (created);

-- Temporary passcodes, encrypted, bound to their reset. Rows are deleted (secure_delete overwrites them) when they expire.
CREATE TABLE passcodes (
    result_id     TEXT    PRIMARY KEY NOT NULL REFERENCES commands (id),
    person_id     TEXT    NOT NULL,
    device_id     TEXT    NOT NULL,
    nonce         BLOB    NOT NULL,
    ciphertext    BLOB    NOT NULL,
    character_set TEXT    NOT NULL,
    released      INTEGER NOT NULL DEFAULT 0,
    expires       INTEGER NOT NULL
) STRICT;
CREATE INDEX passcodes_to_show ON passcodes (person_id, device_id) WHERE released = 1;
CREATE INDEX passcodes_expiry ON passcodes (expires) WHERE released = 1;

CREATE TABLE notifications (
    id           TEXT    PRIMARY KEY NOT NULL,
    person_id    TEXT    NOT NULL,
    device_id    TEXT    NOT NULL,
    device_name  TEXT    NOT NULL,
    result_id    TEXT    NOT NULL UNIQUE REFERENCES commands (id),
    action_state TEXT    NOT NULL,
    error_code   TEXT,
    created      INTEGER NOT NULL,
    is_read      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX notifications_of_person ON notifications (person_id, created);

-- The audit record: only ever appended to, which the triggers enforce.
CREATE TABLE audit (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    person_id  TEXT,
    device_id  TEXT,
    result_id  TEXT,
    address    TEXT,
    request_id TEXT,
    result     TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_events ON audit (event, at);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;
