-- Key rotation, the audit record as a chain, and what a restore leaves behind. Additive only.

-- Which key a passcode is sealed with. NULL: sealed before keys had names, when there was one (vault_aead/mod.rs).
ALTER TABLE passcodes ADD COLUMN key_id TEXT;

-- The hash of each line of the audit record (domain/audit_chain.rs). A table of its own, so that the lines themselves are
-- never touched, not even to be chained: the triggers on them stay as they are.
CREATE TABLE audit_chain (
    sequence INTEGER PRIMARY KEY NOT NULL,
    -- The key of the HMAC; NULL: plain SHA-256.
    key_id   TEXT,
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_chain_is_never_changed BEFORE UPDATE ON audit_chain
BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;

CREATE TRIGGER audit_chain_is_never_deleted BEFORE DELETE ON audit_chain
BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;

-- How many lines there were when the chain began. SQL knows no SHA-256, so the server chains them when it opens the file
-- after this migration, and says so in the record; a change made before that cannot be found.
CREATE TABLE audit_chain_start (
    existing   INTEGER NOT NULL,
    is_chained INTEGER NOT NULL DEFAULT 0,
    is_told    INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO audit_chain_start (existing) SELECT COUNT(*) FROM audit;

-- When this database was put in place of another. Tokens issued before are refused: a sign-out everywhere that happened
-- after the backup is not known any more.
CREATE TABLE restores (
    at        INTEGER NOT NULL,
    -- When the backup was taken.
    backup_at INTEGER NOT NULL
) STRICT;

-- When a copy was taken, in the copy only.
CREATE TABLE backup_origin (
    at INTEGER NOT NULL
) STRICT;
