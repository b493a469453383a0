-- Every action of every device in one ledger. The resets of before are its first runs; tables that refer to them follow the
-- new name by themselves.
ALTER TABLE commands RENAME TO action_runs;
-- What the action is told: for a reset its outcome, for a new name the name, otherwise nothing.
ALTER TABLE action_runs RENAME COLUMN reset TO payload;
-- The contract's name. The default is for the rows of before.
ALTER TABLE action_runs ADD COLUMN action TEXT NOT NULL DEFAULT 'resetPasscode';
-- What the device service calls the run, where it has a name of its own for it.
ALTER TABLE action_runs ADD COLUMN external_ref TEXT;
-- Who works on it, and until when nobody else may.
ALTER TABLE action_runs ADD COLUMN claimed_by TEXT;
ALTER TABLE action_runs ADD COLUMN claimed_until INTEGER;

DROP INDEX one_open_command_per_device;
DROP INDEX commands_due;
DROP INDEX commands_of_person;
DROP INDEX commands_by_device;
DROP INDEX commands_by_state;
-- At most one open run of an action on a device: the rule is the index, whatever the code does.
CREATE UNIQUE INDEX one_open_run_per_device_and_action ON action_runs (device_id, action) WHERE queue_state <> 'ended';
CREATE INDEX action_runs_due ON action_runs (due) WHERE queue_state <> 'ended';
CREATE INDEX action_runs_of_person ON action_runs (person_id, device_id, started);
CREATE INDEX action_runs_by_device ON action_runs (device_id, started);
CREATE INDEX action_runs_by_state ON action_runs (action, queue_state, action_state);

ALTER TABLE notifications ADD COLUMN action TEXT NOT NULL DEFAULT 'resetPasscode';

-- Whether the device said that it has this passcode. 0: it was sent and nothing is known, so the device has it or an older one.
ALTER TABLE passcodes ADD COLUMN is_confirmed INTEGER NOT NULL DEFAULT 1;

-- The name a person gave a device in the portal. The device keeps its own.
CREATE TABLE device_names (
    person_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (person_id, device_id)
) STRICT, WITHOUT ROWID;
