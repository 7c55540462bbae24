-- name: Clock :one
SELECT * FROM clock;

-- name: SetClock :exec
UPDATE clock SET seq = $1, ms = $2, message_id = $3 WHERE one = 1;

-- name: SetForgotten :exec
UPDATE clock SET forgotten = $1 WHERE one = 1;

-- name: Setting :one
SELECT value FROM settings WHERE name = $1;

-- name: SetSetting :exec
INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
