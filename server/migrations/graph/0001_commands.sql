-- What was asked of Microsoft Graph, a row for each command. Graph knows no identifier of ours, so this is how a command is found
-- again among the results of its device. Times are milliseconds since the Unix epoch, UTC. No passcode and no key is in here.

-- Since when this record has been kept: of a command from before nobody can say that it was never sent.
CREATE TABLE record (
    began INTEGER NOT NULL
) STRICT;

CREATE TABLE commands (
    -- In the order in which they were sent.
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id       TEXT    NOT NULL UNIQUE,
    device_id    TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    -- Whether Intune issues a passcode with it.
    has_passcode INTEGER NOT NULL CHECK (has_passcode IN (0, 1)),
    -- posting: about to be sent, or sent and nobody knows; accepted: Graph took it; refused: it did not; released: it left no
    -- trace and may be sent once more.
    state        TEXT    NOT NULL CHECK (state IN ('posting', 'accepted', 'refused', 'released')),
    refusal      TEXT,
    -- When the results began that there were before, as a JSON list of texts.
    baseline     TEXT    NOT NULL,
    -- Graph's time just before it was sent (its `Date`), and ours.
    service_time INTEGER NOT NULL,
    posted       INTEGER NOT NULL,
    posts        INTEGER NOT NULL,
    -- When its own result began, as soon as it was found.
    matched      TEXT,
    -- When it was first seen done without its passcode.
    done_seen    INTEGER,
    -- When its late end is looked for next, and until when; NULL: no more.
    next_look    INTEGER,
    last_look    INTEGER NOT NULL,
    -- How often a late end was told.
    told         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX commands_by_device ON commands (device_id, action, sequence);
CREATE INDEX commands_to_look_after ON commands (next_look) WHERE next_look IS NOT NULL;
