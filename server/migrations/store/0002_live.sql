-- Live progress, history, events, signing out everywhere. Additive only: 0001 stays as it was run.

-- Whether the device said "not now" while the command was `active`.
ALTER TABLE commands ADD COLUMN not_now INTEGER NOT NULL DEFAULT 0;

-- What the browser said it was, in one word each; the User-Agent itself is never kept. NULL: not known, or no request.
ALTER TABLE audit ADD COLUMN client_browser TEXT;
ALTER TABLE audit ADD COLUMN client_system TEXT;
CREATE INDEX audit_of_person ON audit (person_id, sequence);

-- That something of a person's changed, never what it is now. Numbered for each person without gaps, so that a client
-- that comes back can be told whether it missed anything that is not here any more.
CREATE TABLE events (
    person_id  TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('device', 'notification')),
    subject_id TEXT    NOT NULL,
    PRIMARY KEY (person_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_at ON events (at);

-- The number of the person's newest event; outlives the events.
CREATE TABLE event_positions (
    person_id TEXT    PRIMARY KEY NOT NULL,
    last      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens of the person issued in or before this second are refused. Seconds since the Unix epoch: a token knows no more.
CREATE TABLE revoked_sessions (
    person_id TEXT    PRIMARY KEY NOT NULL,
    until     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
