-- name: Walk :one
SELECT * FROM walks WHERE device_id = $1 AND kind = $2 AND user_id = $3;

-- name: SetWalk :exec
INSERT INTO walks (device_id, kind, user_id, since_ms, page, from_ms, from_room, from_user, from_rank, from_id,
  next_ms, next_room, next_user, next_rank, next_id, stepped_ms)
SELECT d.id, CAST(sqlc.arg(kind) AS TEXT), d.user_id, CAST(sqlc.arg(since_ms) AS BIGINT), CAST(sqlc.arg(page) AS BIGINT),
  CAST(sqlc.arg(from_ms) AS BIGINT), CAST(sqlc.arg(from_room) AS BIGINT), CAST(sqlc.arg(from_user) AS BIGINT),
  CAST(sqlc.arg(from_rank) AS BIGINT), CAST(sqlc.arg(from_id) AS BIGINT),
  CAST(sqlc.arg(next_ms) AS BIGINT), CAST(sqlc.arg(next_room) AS BIGINT), CAST(sqlc.arg(next_user) AS BIGINT),
  CAST(sqlc.arg(next_rank) AS BIGINT), CAST(sqlc.arg(next_id) AS BIGINT), CAST(sqlc.arg(stepped_ms) AS BIGINT)
FROM devices d WHERE d.id = sqlc.arg(device_id) AND d.user_id = sqlc.arg(user_id)
ON CONFLICT (device_id, kind) DO UPDATE SET user_id = excluded.user_id, since_ms = excluded.since_ms, page = excluded.page,
  from_ms = excluded.from_ms, from_room = excluded.from_room, from_user = excluded.from_user, from_rank = excluded.from_rank,
  from_id = excluded.from_id, next_ms = excluded.next_ms, next_room = excluded.next_room, next_user = excluded.next_user,
  next_rank = excluded.next_rank, next_id = excluded.next_id, stepped_ms = excluded.stepped_ms;

-- name: DropWalks :exec
DELETE FROM walks WHERE stepped_ms < $1;
