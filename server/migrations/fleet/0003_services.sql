-- Which action a device received; the default is for the rows of before.
ALTER TABLE received ADD COLUMN action TEXT NOT NULL DEFAULT 'resetPasscode';

-- The service with the manners of Microsoft Graph knows no identifier of ours, so its connector keeps what it needs to find a
-- run again: which results there were before it asked.
CREATE TABLE cloud_posts (
    run_id    TEXT    PRIMARY KEY NOT NULL,
    device_id TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('posting', 'accepted')),
    posted    INTEGER NOT NULL,
    -- When the results that were there began, in milliseconds, as a JSON list.
    baseline  TEXT    NOT NULL
) STRICT;

-- The service with the manners of NanoMDM answers no question: what its devices pushed is kept here, and nothing is released
-- before the device shows up, because nothing can be taken back afterwards.
CREATE TABLE push_runs (
    run_id    TEXT    PRIMARY KEY NOT NULL,
    device_id TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('held', 'released', 'answered', 'silent')),
    received  INTEGER NOT NULL,
    -- When the device shows up, and when it is done; NULL: never.
    connects  INTEGER,
    finishes  INTEGER,
    -- How it will end there: done, failed:<code>, superseded, canceled.
    ending    TEXT    NOT NULL
) STRICT;
CREATE INDEX push_runs_open ON push_runs (state) WHERE state IN ('held', 'released');
