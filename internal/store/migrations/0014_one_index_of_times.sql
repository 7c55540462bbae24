-- +goose Up

-- Every post pays for each index: how much was posted when is told by the index of
-- changes now.
DROP INDEX messages_created;
DROP INDEX messages_changed;
CREATE INDEX messages_changed ON messages (modified_ms, created_ms);
