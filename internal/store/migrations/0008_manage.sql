-- What tools for operators ask for.

-- +goose Up

-- How much was posted when.
CREATE INDEX messages_created ON messages (created_ms);

-- Of a room that was destroyed, the row is all that stays: it tells apps that
-- were away.
ALTER TABLE rooms ADD COLUMN purged BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX rooms_purged ON rooms (id) WHERE purged;
