-- +goose Up

-- Since when a member has muted or pinned the room; 0: they have not.
ALTER TABLE members ADD COLUMN muted_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN pinned_ms BIGINT NOT NULL DEFAULT 0;

CREATE TABLE notes (
    id          BIGSERIAL PRIMARY KEY,
    room_id     BIGINT NOT NULL REFERENCES rooms (id),
    title       TEXT NOT NULL,
    content     TEXT NOT NULL,
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL
);
CREATE INDEX notes_room ON notes (room_id, id);

CREATE TABLE webhooks (
    id          BIGSERIAL PRIMARY KEY,
    room_id     BIGINT NOT NULL REFERENCES rooms (id),
    url         TEXT NOT NULL,
    sealed      BYTEA,          -- what its receiver knows it by
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL
);
CREATE INDEX webhooks_room ON webhooks (room_id, id);
