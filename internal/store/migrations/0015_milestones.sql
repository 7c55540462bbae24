-- +goose Up

-- Messages are stored in the order of their times, in a room as everywhere. So a
-- moment is found without an index of times, for which every post pays: among all
-- messages by a search, and in a room from its milestones on, which are every 16th
-- message. Only what was changed since it was stored is out of that order.
CREATE TABLE milestones (
    room_id BIGINT NOT NULL,
    at_ms   BIGINT NOT NULL, -- when the message was stored
    n       BIGINT NOT NULL,
    PRIMARY KEY (room_id, at_ms, n)
);
INSERT INTO milestones (room_id, at_ms, n) SELECT room_id, created_ms, n FROM messages WHERE n % 16 = 0;

CREATE INDEX messages_edited ON messages (room_id, modified_ms) WHERE modified_ms > created_ms;
DROP INDEX messages_modified;
DROP INDEX messages_changed;
