-- name: Events :many
SELECT * FROM events WHERE seq > sqlc.arg(after_seq) AND seq <= sqlc.arg(up_to) ORDER BY seq LIMIT sqlc.arg(max_rows);

-- name: EventsFor :many
SELECT e.* FROM events e
WHERE e.seq > sqlc.arg(after_seq) AND e.seq <= sqlc.arg(up_to) AND (
  e.to_user = sqlc.arg(user_id)
  OR e.to_user = 0 AND e.room_id = 0
  OR e.to_user = 0 AND EXISTS (
    SELECT 1 FROM members m WHERE m.room_id = e.room_id AND m.user_id = sqlc.arg(user_id)
      AND m.join_seq <= e.seq AND (m.left_seq IS NULL OR m.left_seq > e.seq)))
ORDER BY e.seq LIMIT sqlc.arg(max_rows);

-- name: OldestEvents :many
SELECT seq, at_ms FROM events ORDER BY seq LIMIT $1;

-- name: DropEvents :exec
DELETE FROM events WHERE seq <= $1;
