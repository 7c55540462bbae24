-- name: UsersListed :many
SELECT * FROM users
WHERE NOT deleted AND (verified OR NOT CAST(sqlc.arg(only_verified) AS BOOLEAN))
  AND (sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\' OR email LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'
    OR phone LIKE CAST(sqlc.arg(phone_pattern) AS TEXT) ESCAPE '\')
ORDER BY id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: CountUsers :one
SELECT count(*) FROM users WHERE NOT deleted;

-- name: DevicesListed :many
SELECT * FROM devices
WHERE (user_id = sqlc.arg(user_id) OR CAST(sqlc.arg(user_id) AS BIGINT) = 0)
  AND (lower(coalesce(client_id, '')) LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'
    OR lower(name) LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\' OR lower(os_name) LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\')
ORDER BY id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: CountDevices :one
SELECT count(*) FROM devices;

-- name: DeleteDevice :exec
DELETE FROM devices WHERE id = $1;

-- name: RoomsListed :many
SELECT r.* FROM rooms r
WHERE NOT r.purged AND r.deleted = sqlc.arg(deleted) AND (r.type = sqlc.arg(type) OR CAST(sqlc.arg(type) AS TEXT) = '')
  AND r.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'
  AND (CAST(sqlc.arg(user_id) AS BIGINT) = 0 OR EXISTS (
    SELECT 1 FROM members m WHERE m.room_id = r.id AND m.user_id = sqlc.arg(user_id) AND m.left_n IS NULL))
ORDER BY r.id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: CountOpenRooms :one
SELECT count(*) FROM rooms WHERE NOT deleted;

-- name: PostedPerHour :many
SELECT CAST(created_ms / 3600000 AS BIGINT) AS hour, count(*) AS posted FROM messages
WHERE id > sqlc.arg(after_id) AND id <= sqlc.arg(last_id) GROUP BY 1 ORDER BY 1;

-- name: PurgeRoom :exec
UPDATE rooms SET name = '', sort_name = '', pair = NULL, avatar_id = 0, people = 0, last_message = 0, deleted = TRUE, purged = TRUE,
  modified_ms = $2 WHERE id = $1;

-- name: EndStays :exec
UPDATE members SET left_n = sqlc.arg(last_n), left_seq = sqlc.arg(left_seq), changed_ms = sqlc.arg(changed_ms)
WHERE room_id = sqlc.arg(room_id) AND left_n IS NULL;

-- name: BlindStays :exec
UPDATE members SET join_n = sqlc.arg(last_n), admin = FALSE, muted = FALSE, pinned = FALSE WHERE room_id = sqlc.arg(room_id);

-- name: PurgeKeys :exec
DELETE FROM api_keys WHERE room_id = $1;

-- name: PurgeNotes :exec
DELETE FROM notes WHERE room_id = $1;

-- name: PurgeWebhooks :exec
DELETE FROM webhooks WHERE room_id = $1;

-- name: PurgeDeliveries :exec
DELETE FROM deliveries WHERE room_id = $1;

-- name: RoomsToPurge :many
SELECT r.id FROM rooms r WHERE r.purged AND (
  EXISTS (SELECT 1 FROM messages m WHERE m.room_id = r.id) OR EXISTS (SELECT 1 FROM receipts x WHERE x.room_id = r.id))
ORDER BY r.id;

-- name: NextToPurge :one
SELECT CAST(coalesce(min(n), 0) AS BIGINT) FROM messages WHERE room_id = $1;

-- name: FilesToPurge :many
SELECT n, file_id, thumb_id FROM messages WHERE room_id = $1 AND n <= $2 AND (file_id <> 0 OR thumb_id <> 0) ORDER BY n LIMIT $3;

-- name: PurgeReactions :exec
DELETE FROM reactions WHERE message_id IN (SELECT m.id FROM messages m WHERE m.room_id = $1 AND m.n <= $2);

-- name: PurgeHidden :exec
DELETE FROM hidden WHERE message_id IN (SELECT m.id FROM messages m WHERE m.room_id = $1 AND m.n <= $2);

-- name: PurgeMilestones :exec
DELETE FROM milestones WHERE room_id = $1 AND n <= $2;

-- name: PurgeMessages :exec
DELETE FROM messages WHERE room_id = $1 AND n <= $2;

-- name: ReceiptHolder :one
SELECT CAST(coalesce(min(user_id), 0) AS BIGINT) FROM receipts WHERE room_id = $1;

-- name: PurgeReceipts :exec
DELETE FROM receipts WHERE room_id = $1 AND user_id = $2;
