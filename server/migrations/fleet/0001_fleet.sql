-- What the simulated devices have received, and when each acts. Times are milliseconds since the Unix epoch, UTC.
-- The passcode itself is not here: a simulated device has no lock screen, and no copy is the safest copy.
CREATE TABLE received (
    command_id TEXT    PRIMARY KEY NOT NULL,
    device_id  TEXT    NOT NULL,
    received   INTEGER NOT NULL,
    -- When the command reaches the device; NULL: never.
    delivered  INTEGER,
    -- When it ends; NULL: never.
    finished   INTEGER,
    -- How it ends: done, failed:<code>, superseded, canceled.
    ending     TEXT    NOT NULL
) STRICT;
CREATE INDEX received_by_device ON received (device_id);
