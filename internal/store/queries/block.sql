-- name: Block :one
SELECT * FROM blocks WHERE user_id = $1 AND blocked_id = $2;

-- name: Blocks :many
SELECT * FROM blocks WHERE user_id = $1 ORDER BY id LIMIT $2;

-- name: BlockCount :one
SELECT count(*) FROM blocks WHERE user_id = $1;

-- name: CreateBlock :one
INSERT INTO blocks (user_id, blocked_id, created_ms) VALUES ($1, $2, $3) RETURNING id;

-- name: DeleteBlock :exec
DELETE FROM blocks WHERE user_id = $1 AND id = $2;

-- name: DeleteBlockOf :exec
DELETE FROM blocks WHERE user_id = $1 AND blocked_id = $2;

-- name: DeleteBlocksAbout :exec
DELETE FROM blocks WHERE user_id = sqlc.arg(about) OR blocked_id = sqlc.arg(about);
