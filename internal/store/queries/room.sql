-- name: Room :one
SELECT * FROM rooms WHERE id = $1;

-- name: RoomByPair :one
SELECT * FROM rooms WHERE pair = $1;

-- name: FirstRoom :one
SELECT * FROM rooms WHERE type = 'group' AND NOT deleted ORDER BY id LIMIT 1;

-- name: CreateRoom :one
INSERT INTO rooms (type, name, sort_name, pair, avatar_id, people, last_n, person_n, last_message, last_ms, created_ms, modified_ms, deleted)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id;

-- name: UpdateRoom :exec
UPDATE rooms SET name = $2, sort_name = $3, avatar_id = $4, people = $5, modified_ms = $6, deleted = $7 WHERE id = $1;

-- name: MoveRoom :exec
UPDATE rooms SET last_n = $2, person_n = $3, last_message = $4, last_ms = $5 WHERE id = $1;

-- name: RoomsOf :many
SELECT sqlc.embed(r), sqlc.embed(m) FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL AND NOT r.deleted AND r.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'
ORDER BY r.created_ms, r.id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: RoomCount :one
SELECT count(*) FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL AND NOT r.deleted AND r.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\';

-- name: RoomsChanged :many
SELECT sqlc.embed(r), sqlc.embed(m) FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL
  AND (r.modified_ms > sqlc.arg(since) OR m.changed_ms > sqlc.arg(since))
ORDER BY r.modified_ms, r.id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: History :many
SELECT sqlc.embed(r), sqlc.embed(m) FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL AND NOT r.deleted AND r.last_n > m.join_n
  AND (r.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\' OR r.type = 'private' AND EXISTS (
    SELECT 1 FROM members o JOIN users u ON u.id = o.user_id
    WHERE o.room_id = r.id AND o.user_id <> m.user_id AND o.left_n IS NULL AND u.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'))
ORDER BY r.last_message DESC LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: HistoryCount :one
SELECT count(*) FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL AND NOT r.deleted AND r.last_n > m.join_n
  AND (r.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\' OR r.type = 'private' AND EXISTS (
    SELECT 1 FROM members o JOIN users u ON u.id = o.user_id
    WHERE o.room_id = r.id AND o.user_id <> m.user_id AND o.left_n IS NULL AND u.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'));
