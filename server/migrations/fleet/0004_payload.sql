-- What a service has to remember of an action to have done it: the category that was chosen.
ALTER TABLE received ADD COLUMN payload TEXT NOT NULL DEFAULT '';
ALTER TABLE push_runs ADD COLUMN payload TEXT NOT NULL DEFAULT '';
