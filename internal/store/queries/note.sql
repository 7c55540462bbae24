-- name: Note :one
SELECT * FROM notes WHERE id = $1;

-- name: Notes :many
SELECT * FROM notes WHERE room_id = $1 ORDER BY id LIMIT $2;

-- name: NoteCount :one
SELECT count(*) FROM notes WHERE room_id = $1;

-- name: CreateNote :one
INSERT INTO notes (room_id, title, content, created_ms, modified_ms) VALUES ($1, $2, $3, $4, $5) RETURNING id;

-- name: UpdateNote :exec
UPDATE notes SET title = $2, content = $3, modified_ms = $4 WHERE id = $1;

-- name: DeleteNote :exec
DELETE FROM notes WHERE id = $1;
