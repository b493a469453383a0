-- Sessions carry a seal over what they say (domain/session_seal.rs). Those from before have none: everybody signs in again.
DELETE FROM browser_sessions;
ALTER TABLE browser_sessions ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
