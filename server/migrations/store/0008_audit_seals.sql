-- A line of the audit record stands by itself before it is linked to the one before it: whoever holds the chain links lines
-- after they were saved, so that no write waits for another's. Until then the seal says that the server wrote the line.
CREATE TABLE audit_seals (
    sequence INTEGER PRIMARY KEY NOT NULL,
    -- Random; also the name of the line in its person's history.
    nonce    BLOB    NOT NULL CHECK (length(nonce) = 16),
    -- The key of the HMAC; NULL: plain SHA-256.
    key_id   TEXT,
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_seals_are_never_changed BEFORE UPDATE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;

CREATE TRIGGER audit_seals_are_never_deleted BEFORE DELETE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;

-- Work that one server at a time does: its name, who does it, and until when nobody else may.
CREATE TABLE leases (
    name   TEXT    PRIMARY KEY NOT NULL,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
