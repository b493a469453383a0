-- Session mode: the browser holds a random cookie, the server what it stands for. Nothing in here opens anything: of every
-- secret only its SHA-256 is kept, and the ID token is encrypted with a key that only the cookie gives.

-- One row for each browser that is signed in. `ended` rows wait for the provider's sign-out, which needs their token once.
CREATE TABLE browser_sessions (
    id           BLOB    PRIMARY KEY NOT NULL CHECK (length(id) = 32),
    person_id    TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    user_name    TEXT    NOT NULL,
    standing     TEXT    NOT NULL CHECK (standing IN ('active', 'steppingUp', 'ended')),
    auth_time    INTEGER,
    created      INTEGER NOT NULL,
    last_used    INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    id_token     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX browser_sessions_of_person ON browser_sessions (person_id, last_used);
CREATE INDEX browser_sessions_expiry ON browser_sessions (expires);

-- One row for each sign-in on its way to the provider and back; used once, bound to the browser that began it.
CREATE TABLE pending_sign_ins (
    state           BLOB    PRIMARY KEY NOT NULL CHECK (length(state) = 32),
    browser         BLOB    NOT NULL CHECK (length(browser) = 32),
    purpose         TEXT    NOT NULL,
    return_state    TEXT    NOT NULL,
    expected_person TEXT,
    login_hint      TEXT,
    replaces        BLOB,
    created         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_sign_ins_of_browser ON pending_sign_ins (browser, created);
CREATE INDEX pending_sign_ins_created ON pending_sign_ins (created);
