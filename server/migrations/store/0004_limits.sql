-- Limits that survive a restart, opaque places in a history. Additive only: the ones before stay as they were run.

-- How full the bucket of a limit is (domain/quota.rs): the moment at which it is empty again, in microseconds since the
-- Unix epoch. A row is worth nothing after that; the number of rows is bounded.
CREATE TABLE rate_buckets (
    limit_name TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    empty_at   INTEGER NOT NULL,
    PRIMARY KEY (limit_name, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX rate_buckets_empty_at ON rate_buckets (empty_at);

-- Hides the places of entries in the audit record from the people they are shown to: its numbers would tell how much
-- happens here. No secret beyond that: whoever reads this reads the record itself.
CREATE TABLE place_key (
    id  INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    key BLOB    NOT NULL CHECK (length(key) = 16)
) STRICT;
INSERT INTO place_key (id, key) VALUES (1, randomblob(16));

-- Written by the readiness check, to know that it can be.
CREATE TABLE readiness (
    id   INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    room BLOB    NOT NULL
) STRICT;

-- Counting commands by their states without reading them.
CREATE INDEX commands_by_state ON commands (queue_state, action_state);
