-- Files. Their bytes are kept elsewhere: those of a file under
-- "files/<hash>", those of a chunk under "chunks/<upload>/<n>".

-- +goose Up

-- What is coming in, in chunks.
CREATE TABLE uploads (
    id          BIGSERIAL PRIMARY KEY, -- never used again: it is in the chunks' names
    user_id     BIGINT NOT NULL,
    client_id   TEXT NOT NULL,
    bytes       BIGINT NOT NULL, -- of its chunks
    hash        TEXT NOT NULL,   -- of the file it is being put together to; empty: of none yet
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX uploads_client ON uploads (user_id, client_id);
CREATE INDEX uploads_modified ON uploads (modified_ms);
CREATE INDEX uploads_hash ON uploads (hash) WHERE hash <> '';

CREATE TABLE chunks (
    upload_id BIGINT NOT NULL,
    n         BIGINT NOT NULL, -- from 0
    size      BIGINT NOT NULL,
    PRIMARY KEY (upload_id, n)
);

CREATE TABLE files (
    id          BIGINT PRIMARY KEY, -- drawn at random
    user_id     BIGINT NOT NULL,    -- who uploaded it
    client_id   TEXT,               -- NULL: the server made it
    name        TEXT NOT NULL,
    mime        TEXT NOT NULL,      -- as the client said
    shown       TEXT NOT NULL,      -- the type under which it is shown; empty: it is only downloaded
    type        TEXT NOT NULL,
    size        BIGINT NOT NULL,
    hash        TEXT NOT NULL,      -- SHA-256 in hex
    relation_id BIGINT NOT NULL,    -- the client's own; 0: none
    duration    BIGINT NOT NULL,
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL,
    thumb_id    BIGINT NOT NULL,    -- the picture the server made of it; 0: none
    created_ms  BIGINT NOT NULL
);
CREATE UNIQUE INDEX files_client ON files (user_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX files_user ON files (user_id, size);
CREATE INDEX files_hash ON files (hash);
CREATE INDEX files_thumb ON files (thumb_id) WHERE thumb_id <> 0;

-- Bytes that no file has any more. A row that is due can be taken to remove them.
CREATE TABLE dropped_blobs (
    hash   TEXT PRIMARY KEY,
    due_ms BIGINT NOT NULL
);

ALTER TABLE messages ADD COLUMN file_id BIGINT NOT NULL DEFAULT 0;  -- 0: none
ALTER TABLE messages ADD COLUMN thumb_id BIGINT NOT NULL DEFAULT 0; -- 0: none

-- Who refers to a file.
CREATE INDEX messages_file ON messages (file_id) WHERE file_id <> 0;
CREATE INDEX messages_thumb ON messages (thumb_id) WHERE thumb_id <> 0;
CREATE INDEX users_avatar ON users (avatar_id) WHERE avatar_id <> 0;
CREATE INDEX users_cover ON users (cover_id) WHERE cover_id <> 0;
CREATE INDEX rooms_avatar ON rooms (avatar_id) WHERE avatar_id <> 0;
