-- +goose Up

-- The first milestone of a room is its first message: so a room that began after a
-- moment is known from its milestones alone.
DELETE FROM milestones;
INSERT INTO milestones (room_id, at_ms, n) SELECT room_id, created_ms, n FROM messages WHERE n % 16 = 1;
