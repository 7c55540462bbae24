-- +goose Up

-- Tells how far back the newest changes of all rooms reach.
CREATE INDEX messages_changed ON messages (modified_ms);
