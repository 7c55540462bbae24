-- Messages that are changed, deleted, hidden, reacted to and forwarded.

-- +goose Up

ALTER TABLE messages ADD COLUMN forwarded BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE messages ADD COLUMN has_link BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE messages SET has_link = TRUE WHERE body LIKE '%http://%' OR body LIKE '%https://%';

-- Partial, so that a plain text message is in neither.
CREATE INDEX messages_media ON messages (room_id, type, n) WHERE type <> 'text';
CREATE INDEX messages_links ON messages (room_id, has_link, n) WHERE has_link = TRUE;

-- Messages that one user does not see as others do: kind 1 was deleted by the
-- user for themselves, kind 2 was withheld because the user blocked its sender.
CREATE TABLE hidden (
    user_id    BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    room_id    BIGINT NOT NULL,
    n          BIGINT NOT NULL, -- the message's number
    kind       BIGINT NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (user_id, message_id)
);
CREATE INDEX hidden_message ON hidden (message_id);
CREATE INDEX hidden_room ON hidden (user_id, room_id, n);

-- One reaction of a user to a message; it stays, marked as deleted, once taken back.
CREATE TABLE reactions (
    message_id  BIGINT NOT NULL,
    user_id     BIGINT NOT NULL,
    room_id     BIGINT NOT NULL,
    emoji       TEXT NOT NULL,
    deleted     BOOLEAN NOT NULL,
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    PRIMARY KEY (message_id, user_id)
);
CREATE INDEX reactions_room ON reactions (room_id, modified_ms);

CREATE INDEX receipts_time ON receipts (room_id, at_ms);
