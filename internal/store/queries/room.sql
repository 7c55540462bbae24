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
UPDATE rooms SET type = sqlc.arg(type), name = sqlc.arg(name), sort_name = sqlc.arg(sort_name), avatar_id = sqlc.arg(avatar_id),
  people = sqlc.arg(people), modified_ms = sqlc.arg(modified_ms), deleted = sqlc.arg(deleted),
  pair = CASE WHEN CAST(sqlc.arg(type) AS TEXT) = 'private' AND NOT CAST(sqlc.arg(deleted) AS BOOLEAN) THEN pair END
WHERE id = sqlc.arg(id);

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
SELECT sqlc.embed(r), sqlc.embed(m),
  CAST(CASE WHEN m.left_n IS NOT NULL OR m.changed_ms > r.modified_ms THEN m.changed_ms ELSE r.modified_ms END AS BIGINT) AS moved_ms
FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND (
  m.left_n IS NULL AND (r.modified_ms >= sqlc.arg(after_ms) OR m.changed_ms >= sqlc.arg(after_ms))
    AND (r.modified_ms > sqlc.arg(after_ms) OR m.changed_ms > sqlc.arg(after_ms) OR r.id > sqlc.arg(after_id))
  OR m.left_n IS NOT NULL AND m.changed_ms >= sqlc.arg(after_ms) AND (m.changed_ms > sqlc.arg(after_ms) OR r.id > sqlc.arg(after_id))
    AND CAST(sqlc.arg(since) AS BIGINT) > 0 AND NOT EXISTS (
      SELECT 1 FROM members x WHERE x.room_id = m.room_id AND x.user_id = m.user_id AND x.join_seq > m.join_seq))
ORDER BY moved_ms, r.id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

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

-- name: UnreadCounts :many
SELECT r.id, CAST(r.last_n - m.seen_n - m.skip AS BIGINT) AS unread FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = $1 AND m.left_n IS NULL AND NOT r.deleted AND r.last_n - m.seen_n - m.skip > 0 ORDER BY r.id;

-- name: GroupsByName :many
SELECT sqlc.embed(r), sqlc.embed(m) FROM members m JOIN rooms r ON r.id = m.room_id LEFT JOIN rooms f ON f.id = sqlc.arg(start)
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL AND NOT r.deleted AND r.type = 'group'
  AND r.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'
  AND (CAST(sqlc.arg(start) AS BIGINT) = 0 OR r.sort_name > f.sort_name OR r.sort_name = f.sort_name AND r.id >= f.id)
ORDER BY r.sort_name, r.id LIMIT sqlc.arg(max_rows);

-- name: GroupCount :one
SELECT count(*) FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL AND NOT r.deleted AND r.type = 'group'
  AND r.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\';

-- name: RecentRooms :many
SELECT sqlc.embed(r), sqlc.embed(m) FROM members m JOIN rooms r ON r.id = m.room_id
WHERE m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL AND NOT r.deleted AND r.type = sqlc.arg(type) AND r.last_n > m.join_n
ORDER BY r.last_message DESC LIMIT sqlc.arg(max_rows);
