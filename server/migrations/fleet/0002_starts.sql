-- Every time a device was handed a command, one row, in the same transaction as `received`: a log that is only appended
-- to. `received` cannot show that a command came twice, because it knows a command by its identifier; this can.
CREATE TABLE starts (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    command_id TEXT    NOT NULL,
    device_id  TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX starts_by_command ON starts (command_id);
INSERT INTO starts (command_id, device_id, at) SELECT command_id, device_id, received FROM received ORDER BY received;
