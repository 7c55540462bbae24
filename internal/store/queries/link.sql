-- name: LinkByHash :one
SELECT * FROM links WHERE hash = $1;

-- name: Invites :many
SELECT * FROM links WHERE kind = 'invite' AND NOT closed ORDER BY id DESC;

-- name: CreateLink :one
INSERT INTO links (kind, hash, user_id, room_ids, created_by, created_ms, expires_ms, uses, closed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id;

-- name: UpdateLink :exec
UPDATE links SET uses = $2, closed = $3 WHERE id = $1;

-- name: CloseLinks :exec
UPDATE links SET closed = TRUE WHERE kind = $1 AND user_id = $2 AND NOT closed;

-- name: CloseLinksBy :exec
UPDATE links SET closed = TRUE WHERE created_by = $1 AND NOT closed;
