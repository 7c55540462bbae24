-- name: Message :one
SELECT * FROM messages WHERE id = $1;

-- name: MessageByClientID :one
SELECT * FROM messages WHERE from_user = $1 AND client_id = $2;

-- name: Messages :many
SELECT * FROM messages WHERE room_id = sqlc.arg(room_id) AND n >= sqlc.arg(from_n) AND n <= sqlc.arg(to_n)
ORDER BY n DESC LIMIT sqlc.arg(max_rows);

-- name: MessagesChanged :many
SELECT msg.* FROM members mb JOIN messages msg ON msg.room_id = mb.room_id
WHERE mb.user_id = sqlc.arg(user_id) AND msg.modified_ms > sqlc.arg(since)
  AND msg.n > mb.join_n AND (mb.left_n IS NULL OR msg.n <= mb.left_n)
ORDER BY msg.modified_ms, msg.id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: OwnAfter :one
SELECT count(*) FROM messages WHERE room_id = sqlc.arg(room_id) AND n > sqlc.arg(after_n) AND from_user = sqlc.arg(user_id);

-- name: PeoplePosting :many
SELECT DISTINCT m.from_user FROM messages m JOIN users u ON u.id = m.from_user
WHERE m.room_id = sqlc.arg(room_id) AND m.n >= sqlc.arg(from_n) AND m.n <= sqlc.arg(to_n) AND u.kind = 'person';
