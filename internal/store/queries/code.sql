-- name: SignInCode :one
SELECT * FROM codes WHERE client_id = $1;

-- name: PutSignInCode :exec
INSERT INTO codes (client_id, user_id, hash, tries, expires_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (client_id) DO UPDATE SET user_id = excluded.user_id, hash = excluded.hash, tries = excluded.tries, expires_ms = excluded.expires_ms;

-- name: DeleteSignInCode :exec
DELETE FROM codes WHERE client_id = $1;

-- name: DeleteSignInCodes :exec
DELETE FROM codes WHERE user_id = $1;

-- name: DropSignInCodes :exec
DELETE FROM codes WHERE expires_ms < $1;
