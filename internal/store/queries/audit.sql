-- name: AddAudit :exec
INSERT INTO audit (at_ms, actor_id, actor, action, target_id, details) VALUES ($1, $2, $3, $4, $5, $6);

-- name: AuditLog :many
SELECT * FROM audit ORDER BY id DESC LIMIT $1 OFFSET $2;

-- name: AuditCount :one
SELECT count(*) FROM audit;

-- name: CreateAdminToken :exec
INSERT INTO admin_tokens (hash, user_id, proof, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5);

-- name: AdminToken :one
SELECT * FROM admin_tokens WHERE hash = $1;

-- name: EndAdminTokens :exec
DELETE FROM admin_tokens WHERE user_id = $1;

-- name: DropAdminTokens :exec
DELETE FROM admin_tokens WHERE expires_ms < $1;
