-- name: Hide :exec
INSERT INTO hidden (user_id, message_id, room_id, n, kind, at_ms) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (user_id, message_id) DO NOTHING;

-- name: WithheldCount :one
SELECT count(*) FROM hidden WHERE user_id = sqlc.arg(user_id) AND room_id = sqlc.arg(room_id) AND n > sqlc.arg(after_n) AND kind = 2;
