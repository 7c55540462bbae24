-- +goose Up

-- What a room's messages brought is counted, too: all that takes is in the
-- indexes.
DROP INDEX messages_media;
CREATE INDEX messages_media ON messages (room_id, type, n, deleted) WHERE type <> 'text';
DROP INDEX messages_links;
CREATE INDEX messages_links ON messages (room_id, has_link, n, deleted) WHERE has_link = TRUE;
