-- name: PushPlace :one
SELECT seq, user_id FROM push_place;

-- name: SetPushPlace :exec
INSERT INTO push_place (one, seq, user_id) VALUES (1, $1, $2) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, user_id = excluded.user_id;

-- name: AnyPushAddress :one
SELECT CAST(EXISTS (SELECT 1 FROM devices WHERE push_token <> '') OR EXISTS (SELECT 1 FROM subscriptions) AS BOOLEAN);

-- name: PushPage :one
SELECT CAST(coalesce(max(p.user_id), 0) AS BIGINT) AS last_user, count(*) AS people FROM (
  SELECT m.user_id FROM members m
  WHERE m.room_id = sqlc.arg(room_id) AND m.user_id > sqlc.arg(after_user) AND m.left_n IS NULL
  ORDER BY m.user_id LIMIT sqlc.arg(max_people)) p;

-- name: PushTargets :many
SELECT m.user_id, m.muted, d.id, d.os_name, d.expires_ms,
  CAST(d.push_token <> '' AS BOOLEAN) AS app, CAST(s.device_id IS NOT NULL AS BOOLEAN) AS web
FROM members m
JOIN devices d ON d.user_id = m.user_id AND d.token_hash IS NOT NULL
LEFT JOIN subscriptions s ON s.device_id = d.id AND s.user_id = d.user_id
WHERE m.room_id = sqlc.arg(room_id) AND m.user_id > sqlc.arg(after_user) AND m.user_id <= sqlc.arg(up_to_user)
  AND m.left_n IS NULL AND m.person AND m.join_n < sqlc.arg(n) AND (d.push_token <> '' OR s.device_id IS NOT NULL)
ORDER BY m.user_id, d.id;

-- name: Subscription :one
SELECT * FROM subscriptions WHERE device_id = $1;

-- name: SetSubscription :exec
INSERT INTO subscriptions (device_id, user_id, endpoint, key, secret, created_ms) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (device_id) DO UPDATE SET user_id = excluded.user_id, endpoint = excluded.endpoint,
  key = excluded.key, secret = excluded.secret, created_ms = excluded.created_ms;

-- name: DropEndpoint :exec
DELETE FROM subscriptions WHERE endpoint = $1 AND device_id <> $2;

-- name: DropSubscription :exec
DELETE FROM subscriptions WHERE device_id = $1;

-- name: DropSubscriptions :exec
DELETE FROM subscriptions;

-- name: DropStaleSubscriptions :exec
DELETE FROM subscriptions WHERE device_id IN (
  SELECT s.device_id FROM subscriptions s JOIN devices d ON d.id = s.device_id
  WHERE d.token_hash IS NULL OR d.user_id <> s.user_id);

-- name: NextDelivery :one
SELECT due_ms FROM deliveries WHERE kind = $1 ORDER BY due_ms LIMIT 1;

-- name: LeaseDeliveries :many
UPDATE deliveries SET attempt = attempt + 1, due_ms = sqlc.arg(until_ms) WHERE id IN (
  SELECT d.id FROM deliveries d WHERE d.kind = sqlc.arg(kind) AND d.due_ms <= sqlc.arg(now_ms)
  ORDER BY d.due_ms, d.id LIMIT sqlc.arg(max_rows))
RETURNING *;

-- name: PutOffDelivery :exec
UPDATE deliveries SET due_ms = sqlc.arg(due_ms) WHERE id = sqlc.arg(id) AND attempt = sqlc.arg(attempt);

-- name: DropDelivery :exec
DELETE FROM deliveries WHERE id = $1;

-- name: DropDeliveriesTo :exec
DELETE FROM deliveries WHERE device_id = $1 AND kind = $2;

-- name: DropOldDeliveries :execrows
DELETE FROM deliveries WHERE id IN (SELECT d.id FROM deliveries d WHERE d.created_ms < $1 ORDER BY d.id LIMIT $2);
