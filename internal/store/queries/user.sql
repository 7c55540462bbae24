-- name: User :one
SELECT * FROM users WHERE id = $1;

-- name: UserByEmail :one
SELECT * FROM users WHERE email = $1;

-- name: People :many
SELECT * FROM users WHERE kind = 'person' AND verified AND NOT deleted ORDER BY sort_name, id;

-- name: PeopleCount :one
SELECT count(*) FROM users WHERE kind = 'person';

-- name: Contacts :many
SELECT u.* FROM users u
LEFT JOIN users f ON f.id = sqlc.arg(start)
WHERE u.verified AND NOT u.deleted AND u.id <> sqlc.arg(self) AND u.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'
  AND (CAST(sqlc.arg(start) AS BIGINT) = 0 OR u.sort_name > f.sort_name OR u.sort_name = f.sort_name AND u.id >= f.id)
ORDER BY u.sort_name, u.id LIMIT sqlc.arg(max_rows);

-- name: ContactCount :one
SELECT count(*) FROM users
WHERE verified AND NOT deleted AND id <> sqlc.arg(self) AND sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\';

-- name: UsersChanged :many
SELECT * FROM users WHERE verified AND modified_ms >= sqlc.arg(after_ms) AND (modified_ms > sqlc.arg(after_ms) OR id > sqlc.arg(after_id))
ORDER BY modified_ms, id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: UserByPhone :one
SELECT * FROM users WHERE phone = $1;

-- name: CreateUser :one
INSERT INTO users (kind, name, sort_name, email, phone, password, role, verified, avatar_id, created_ms, modified_ms, signed_in_ms, deleted,
  phone_hash, short_description, long_description, cover_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id;

-- name: UpdateUser :exec
UPDATE users SET name = $2, sort_name = $3, email = $4, phone = $5, password = $6, role = $7, verified = $8,
  avatar_id = $9, modified_ms = $10, signed_in_ms = $11, deleted = $12, phone_hash = $13, short_description = $14,
  long_description = $15, cover_id = $16 WHERE id = $1;

-- name: SessionByToken :one
SELECT sqlc.embed(d), sqlc.embed(u) FROM devices d JOIN users u ON u.id = d.user_id
WHERE d.token_hash = $1 AND NOT u.deleted;

-- name: Device :one
SELECT * FROM devices WHERE id = $1;

-- name: DeviceByClientID :one
SELECT * FROM devices WHERE client_id = $1;

-- name: BrowserDevice :one
SELECT * FROM devices WHERE user_id = $1 AND kind = 'browser' AND client_id IS NOT NULL ORDER BY id DESC LIMIT 1;

-- name: CreateDevice :one
INSERT INTO devices (user_id, client_id, token_hash, expires_ms, kind, name, os_name, os_version, app_version, push_token, start_seq, created_ms, modified_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id;

-- name: UpdateDevice :exec
UPDATE devices SET user_id = $2, token_hash = $3, expires_ms = $4, kind = $5, name = $6, os_name = $7, os_version = $8,
  app_version = $9, push_token = $10, modified_ms = $11 WHERE id = $1;

-- name: EndSessions :exec
UPDATE devices SET token_hash = NULL, push_token = '', modified_ms = sqlc.arg(modified_ms)
WHERE user_id = sqlc.arg(user_id) AND id <> sqlc.arg(except_device) AND token_hash IS NOT NULL;

-- name: EndMobileSessions :exec
UPDATE devices SET token_hash = NULL, push_token = '', modified_ms = sqlc.arg(modified_ms)
WHERE user_id = sqlc.arg(user_id) AND id <> sqlc.arg(except_device) AND token_hash IS NOT NULL
  AND kind NOT IN ('', 'browser', 'script');

-- name: DeleteDevices :exec
DELETE FROM devices WHERE user_id = $1;
