-- name: Webhook :one
SELECT * FROM webhooks WHERE id = $1;

-- name: Webhooks :many
SELECT * FROM webhooks WHERE room_id = $1 ORDER BY id LIMIT $2;

-- name: WebhookCount :one
SELECT count(*) FROM webhooks WHERE room_id = $1;

-- name: CreateWebhook :one
INSERT INTO webhooks (room_id, url, sealed, created_ms, modified_ms) VALUES ($1, $2, $3, $4, $5) RETURNING id;

-- name: UpdateWebhook :exec
UPDATE webhooks SET url = $2, sealed = $3, modified_ms = $4 WHERE id = $1;

-- name: DeleteWebhook :exec
DELETE FROM webhooks WHERE id = $1;
