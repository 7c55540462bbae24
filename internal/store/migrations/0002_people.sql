-- What people know of each other, and signing in by phone.

-- +goose Up

-- phone_hash is the SHA-256 of the phone number in lower-case hex, by which
-- address books are matched.
ALTER TABLE users ADD COLUMN phone_hash TEXT;
ALTER TABLE users ADD COLUMN short_description TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN long_description TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN cover_id BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX users_phone_hash ON users (phone_hash);

-- Who does not want to hear from whom in their private room.
CREATE TABLE blocks (
    id         BIGSERIAL PRIMARY KEY,
    user_id    BIGINT NOT NULL, -- who blocks
    blocked_id BIGINT NOT NULL, -- whom
    created_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX blocks_pair ON blocks (user_id, blocked_id);

-- Whom a user knows from their phone's address book.
CREATE TABLE contacts (
    user_id      BIGINT NOT NULL,
    contact_id   BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    confirmed_ms BIGINT NOT NULL, -- when the address book last had them
    PRIMARY KEY (user_id, contact_id)
);
CREATE INDEX contacts_of ON contacts (contact_id, user_id);

-- The newest one-time code of each device that wants to sign in.
CREATE TABLE codes (
    client_id  TEXT PRIMARY KEY, -- of the device
    user_id    BIGINT NOT NULL,  -- who it signs in
    hash       BYTEA NOT NULL,
    tries      BIGINT NOT NULL,  -- wrong ones given for it
    expires_ms BIGINT NOT NULL
);
CREATE INDEX codes_expires ON codes (expires_ms);
CREATE INDEX codes_user ON codes (user_id);
