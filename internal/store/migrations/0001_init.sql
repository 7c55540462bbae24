-- Written in PostgreSQL's words; dialect.go turns the few that SQLite spells
-- differently (BIGSERIAL, BIGINT PRIMARY KEY, BYTEA, COLLATE "C").
-- Times are Unix milliseconds.

-- +goose Up

-- Two processes that start together on SQLite cannot both make the same
-- migration: the slower one's is undone when it notes that it is made.
CREATE UNIQUE INDEX goose_db_version_once ON goose_db_version (version_id);

-- One row, locked first by every write: it numbers events and messages and
-- hands out the time, so that commit order, event order and time order agree.
CREATE TABLE clock (
    one        BIGINT PRIMARY KEY CHECK (one = 1),
    seq        BIGINT NOT NULL, -- newest event number
    ms         BIGINT NOT NULL, -- newest stamp
    message_id BIGINT NOT NULL, -- newest message id
    forgotten  BIGINT NOT NULL  -- events up to this number are not kept any more
);
INSERT INTO clock (one, seq, ms, message_id, forgotten) VALUES (1, 0, 0, 0, 0);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE users (
    id           BIGSERIAL PRIMARY KEY,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    sort_name    TEXT COLLATE "C" NOT NULL, -- lower case
    email        TEXT UNIQUE,
    phone        TEXT UNIQUE,
    password     TEXT NOT NULL,
    role         TEXT NOT NULL,
    verified     BOOLEAN NOT NULL,
    avatar_id    BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    modified_ms  BIGINT NOT NULL,
    signed_in_ms BIGINT NOT NULL,
    deleted      BOOLEAN NOT NULL
);
CREATE INDEX users_sort_name ON users (sort_name, id);
CREATE INDEX users_modified ON users (modified_ms);

CREATE TABLE devices (
    id          BIGSERIAL PRIMARY KEY,
    user_id     BIGINT NOT NULL REFERENCES users (id),
    client_id   TEXT UNIQUE,
    token_hash  BYTEA UNIQUE,
    expires_ms  BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    os_name     TEXT NOT NULL,
    os_version  TEXT NOT NULL,
    app_version TEXT NOT NULL,
    push_token  TEXT NOT NULL,
    start_seq   BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL
);
CREATE INDEX devices_user ON devices (user_id);

CREATE TABLE links (
    id         BIGSERIAL PRIMARY KEY,
    kind       TEXT NOT NULL,
    hash       BYTEA NOT NULL UNIQUE,
    user_id    BIGINT NOT NULL, -- 0: nobody's
    room_ids   TEXT NOT NULL,   -- comma-separated
    created_by BIGINT NOT NULL, -- 0: the server
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL, -- 0: never
    uses       BIGINT NOT NULL,
    closed     BOOLEAN NOT NULL
);

CREATE TABLE rooms (
    id           BIGSERIAL PRIMARY KEY,
    type         TEXT NOT NULL,
    name         TEXT NOT NULL,
    sort_name    TEXT COLLATE "C" NOT NULL, -- lower case
    pair         TEXT UNIQUE,               -- of a private room: its two people
    avatar_id    BIGINT NOT NULL,
    people       BIGINT NOT NULL,
    last_n       BIGINT NOT NULL,
    person_n     BIGINT NOT NULL,           -- number of the newest message that a person posted
    last_message BIGINT NOT NULL,
    last_ms      BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    modified_ms  BIGINT NOT NULL,
    deleted      BOOLEAN NOT NULL
);

-- One stay of a user in a room; coming back opens a new one.
CREATE TABLE members (
    room_id     BIGINT NOT NULL,
    user_id     BIGINT NOT NULL,
    join_seq    BIGINT NOT NULL,
    join_n      BIGINT NOT NULL, -- sees the messages numbered above
    left_seq    BIGINT,
    left_n      BIGINT,          -- and, once left, up to this one
    admin       BOOLEAN NOT NULL,
    person      BOOLEAN NOT NULL,
    delivered_n BIGINT NOT NULL,
    seen_n      BIGINT NOT NULL,
    skip        BIGINT NOT NULL, -- own and hidden messages above seen_n
    muted       BOOLEAN NOT NULL,
    pinned      BOOLEAN NOT NULL,
    changed_ms  BIGINT NOT NULL,
    joined_ms   BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id, join_seq)
);
CREATE UNIQUE INDEX members_current ON members (room_id, user_id) WHERE left_n IS NULL;
CREATE INDEX members_user ON members (user_id, room_id);

-- No foreign keys here and in members: checking them locks a room's and a user's
-- row for every post, and neither is ever removed.
CREATE TABLE messages (
    id           BIGINT PRIMARY KEY, -- from clock.message_id
    room_id      BIGINT NOT NULL,
    n            BIGINT NOT NULL,
    from_user    BIGINT NOT NULL,
    sender_name  TEXT NOT NULL,
    type         TEXT NOT NULL,
    body         TEXT NOT NULL,
    reply_to     BIGINT NOT NULL, -- 0: none
    client_id    TEXT,
    local_id     TEXT,
    local_is_int BOOLEAN NOT NULL,
    request_hash BYTEA,
    total        BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    modified_ms  BIGINT NOT NULL,
    deleted      BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX messages_place ON messages (room_id, n);
CREATE UNIQUE INDEX messages_client_id ON messages (from_user, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_modified ON messages (room_id, modified_ms);

-- Who received (kind 1) or saw (kind 2) the messages from_n..to_n, and when.
-- Ranges of one person and kind never overlap.
CREATE TABLE receipts (
    room_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    kind    BIGINT NOT NULL,
    from_n  BIGINT NOT NULL,
    to_n    BIGINT NOT NULL,
    at_ms   BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id, kind, to_n)
);

CREATE TABLE events (
    seq           BIGINT PRIMARY KEY,
    at_ms         BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    room_id       BIGINT NOT NULL, -- 0: none
    to_user       BIGINT NOT NULL, -- 0: not for one person
    user_id       BIGINT NOT NULL, -- 0: about nobody
    except_device BIGINT NOT NULL, -- 0: none
    message_id    BIGINT NOT NULL, -- 0: none
    data          TEXT NOT NULL
);

CREATE TABLE api_keys (
    id           BIGSERIAL PRIMARY KEY,
    room_id      BIGINT NOT NULL REFERENCES rooms (id),
    bot_id       BIGINT NOT NULL UNIQUE REFERENCES users (id),
    hash         BYTEA NOT NULL UNIQUE,
    sealed       BYTEA,
    last_used_ms BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    modified_ms  BIGINT NOT NULL
);
CREATE INDEX api_keys_room ON api_keys (room_id);
