-- name: File :one
SELECT * FROM files WHERE id = $1;

-- name: FileByClientID :one
SELECT * FROM files WHERE user_id = $1 AND client_id = $2;

-- name: FileUsed :one
SELECT CAST(
  EXISTS (SELECT 1 FROM messages m WHERE m.file_id = sqlc.arg(id) AND m.file_id <> 0)
  OR EXISTS (SELECT 1 FROM messages m WHERE m.thumb_id = sqlc.arg(id) AND m.thumb_id <> 0)
  OR EXISTS (SELECT 1 FROM users u WHERE u.avatar_id = sqlc.arg(id) AND u.avatar_id <> 0)
  OR EXISTS (SELECT 1 FROM users u WHERE u.cover_id = sqlc.arg(id) AND u.cover_id <> 0)
  OR EXISTS (SELECT 1 FROM rooms r WHERE r.avatar_id = sqlc.arg(id) AND r.avatar_id <> 0)
  OR EXISTS (SELECT 1 FROM files f WHERE f.thumb_id = sqlc.arg(id) AND f.thumb_id <> 0)
AS BOOLEAN);

-- name: FileShownTo :one
SELECT CAST(EXISTS (
  SELECT 1 FROM messages m JOIN members mb ON mb.room_id = m.room_id
  WHERE m.file_id = sqlc.arg(id) AND m.file_id <> 0 AND mb.user_id = sqlc.arg(user_id) AND mb.left_n IS NULL AND m.n > mb.join_n
    AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = mb.user_id AND h.message_id = m.id)
) OR EXISTS (
  SELECT 1 FROM messages m JOIN members mb ON mb.room_id = m.room_id
  WHERE m.thumb_id = sqlc.arg(id) AND m.thumb_id <> 0 AND mb.user_id = sqlc.arg(user_id) AND mb.left_n IS NULL AND m.n > mb.join_n
    AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = mb.user_id AND h.message_id = m.id)
) AS BOOLEAN);

-- name: FileIsFace :one
SELECT CAST(
  EXISTS (SELECT 1 FROM users u WHERE u.avatar_id = sqlc.arg(id) AND u.avatar_id <> 0)
  OR EXISTS (SELECT 1 FROM users u WHERE u.cover_id = sqlc.arg(id) AND u.cover_id <> 0)
  OR EXISTS (SELECT 1 FROM rooms r WHERE r.avatar_id = sqlc.arg(id) AND r.avatar_id <> 0)
AS BOOLEAN);

-- name: UnusedFiles :many
SELECT f.* FROM files f WHERE f.created_ms < sqlc.arg(before_ms) AND f.id > sqlc.arg(after_id)
  AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.file_id = f.id AND m.file_id <> 0)
  AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.thumb_id = f.id AND m.thumb_id <> 0)
  AND NOT EXISTS (SELECT 1 FROM users u WHERE u.avatar_id = f.id AND u.avatar_id <> 0)
  AND NOT EXISTS (SELECT 1 FROM users u WHERE u.cover_id = f.id AND u.cover_id <> 0)
  AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.avatar_id = f.id AND r.avatar_id <> 0)
  AND NOT EXISTS (SELECT 1 FROM files o WHERE o.thumb_id = f.id AND o.thumb_id <> 0)
ORDER BY f.id LIMIT sqlc.arg(max_rows);

-- name: CreateFile :exec
INSERT INTO files (id, user_id, client_id, name, mime, shown, type, size, hash, relation_id, duration, width, height, thumb_id, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: SetThumb :exec
UPDATE files SET thumb_id = $2, width = $3, height = $4 WHERE id = $1;

-- name: DeleteFile :one
DELETE FROM files WHERE id = $1 RETURNING user_id, size;

-- name: StoredBytes :one
SELECT bytes FROM stored_bytes WHERE user_id = $1;

-- name: AddStoredBytes :exec
INSERT INTO stored_bytes (user_id, bytes) VALUES ($1, $2), (0, $2)
ON CONFLICT (user_id) DO UPDATE SET bytes = stored_bytes.bytes + excluded.bytes;

-- name: Upload :one
SELECT * FROM uploads WHERE user_id = $1 AND client_id = $2;

-- name: UploadCount :one
SELECT count(*) FROM uploads WHERE user_id = $1;

-- name: StaleUploads :many
SELECT * FROM uploads WHERE modified_ms < $1 ORDER BY modified_ms LIMIT $2;

-- name: CreateUpload :one
INSERT INTO uploads (user_id, client_id, bytes, hash, created_ms, modified_ms) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id;

-- name: UploadBytes :one
SELECT user_id, bytes FROM uploads WHERE id = $1;

-- name: UpdateUpload :exec
UPDATE uploads SET bytes = $2, hash = $3, modified_ms = $4 WHERE id = $1;

-- name: DeleteUpload :one
DELETE FROM uploads WHERE id = $1 RETURNING user_id, bytes;

-- name: Chunks :many
SELECT * FROM chunks WHERE upload_id = $1 ORDER BY n;

-- name: Chunk :one
SELECT * FROM chunks WHERE upload_id = $1 AND n = $2;

-- name: PutChunk :exec
INSERT INTO chunks (upload_id, n, size, copy) VALUES ($1, $2, $3, $4)
ON CONFLICT (upload_id, n) DO UPDATE SET size = excluded.size, copy = excluded.copy;

-- name: DeleteChunk :exec
DELETE FROM chunks WHERE upload_id = $1 AND n = $2;

-- name: DeleteChunks :many
DELETE FROM chunks WHERE upload_id = $1 RETURNING *;

-- name: HashUsed :one
SELECT CAST(EXISTS (SELECT 1 FROM files f WHERE f.hash = sqlc.arg(hash))
  OR EXISTS (SELECT 1 FROM uploads u WHERE u.hash = sqlc.arg(hash) AND u.hash <> '') AS BOOLEAN);

-- name: DroppedBlob :one
SELECT due_ms FROM dropped_blobs WHERE hash = $1;

-- name: DropBlob :exec
INSERT INTO dropped_blobs (hash, due_ms) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING;

-- name: LeaseDropped :many
UPDATE dropped_blobs SET due_ms = sqlc.arg(until_ms)
WHERE hash IN (SELECT d.hash FROM dropped_blobs d WHERE d.due_ms <= sqlc.arg(now_ms) ORDER BY d.due_ms LIMIT sqlc.arg(max_rows))
RETURNING hash;

-- name: ForgetDropped :exec
DELETE FROM dropped_blobs WHERE hash = $1;
