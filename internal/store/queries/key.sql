-- name: Key :one
SELECT sqlc.embed(k), u.name FROM api_keys k JOIN users u ON u.id = k.bot_id WHERE k.id = $1;

-- name: KeyByHash :one
SELECT sqlc.embed(k), u.name FROM api_keys k JOIN users u ON u.id = k.bot_id WHERE k.hash = $1;

-- name: Keys :many
SELECT sqlc.embed(k), u.name FROM api_keys k JOIN users u ON u.id = k.bot_id WHERE k.room_id = $1 ORDER BY k.id;

-- name: CreateKey :one
INSERT INTO api_keys (room_id, bot_id, hash, sealed, last_used_ms, created_ms, modified_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id;

-- name: UpdateKey :exec
UPDATE api_keys SET modified_ms = $2 WHERE id = $1;

-- name: DeleteKey :exec
DELETE FROM api_keys WHERE id = $1;

-- name: TouchKey :exec
UPDATE api_keys SET last_used_ms = $2 WHERE id = $1 AND last_used_ms < $2;
