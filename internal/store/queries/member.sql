-- name: Member :one
SELECT * FROM members WHERE room_id = $1 AND user_id = $2 ORDER BY join_seq DESC LIMIT 1;

-- name: RoomMembers :many
SELECT m.admin, m.joined_ms, sqlc.embed(u) FROM members m JOIN users u ON u.id = m.user_id
WHERE m.room_id = $1 AND m.left_n IS NULL ORDER BY m.join_seq, m.user_id;

-- name: JoinedRooms :many
SELECT room_id AS id, join_seq FROM members WHERE user_id = $1 AND left_n IS NULL;

-- name: JoinedPeople :many
SELECT user_id AS id, join_seq FROM members WHERE room_id = $1 AND left_n IS NULL AND person = TRUE;

-- name: AddMember :exec
INSERT INTO members (room_id, user_id, join_seq, join_n, admin, person, delivered_n, seen_n, skip, muted, pinned, muted_ms, pinned_ms, changed_ms, joined_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: UpdateMember :exec
UPDATE members SET left_seq = $4, left_n = $5, admin = $6, delivered_n = $7, seen_n = $8, skip = $9, muted = $10, pinned = $11,
  muted_ms = $12, pinned_ms = $13, changed_ms = $14
WHERE room_id = $1 AND user_id = $2 AND join_seq = $3;

-- name: SkipNewest :exec
UPDATE members SET skip = skip + 1 WHERE room_id = $1 AND left_n IS NULL AND person;

-- name: MarkedStays :many
SELECT * FROM members WHERE user_id = $1 AND left_n IS NULL AND (muted OR pinned) ORDER BY room_id;

-- name: Positions :many
SELECT user_id, join_n, delivered_n, seen_n FROM members
WHERE room_id = sqlc.arg(room_id) AND person AND delivered_n >= sqlc.arg(from_n);

-- name: ReceiptsOf :many
SELECT r.user_id, r.at_ms FROM members mb
JOIN receipts r ON r.room_id = mb.room_id AND r.user_id = mb.user_id AND r.kind = sqlc.arg(kind) AND r.to_n = (
  SELECT min(x.to_n) FROM receipts x
  WHERE x.room_id = mb.room_id AND x.user_id = mb.user_id AND x.kind = sqlc.arg(kind) AND x.to_n >= sqlc.arg(n))
WHERE mb.room_id = sqlc.arg(room_id) AND mb.person AND mb.join_n < sqlc.arg(n) AND mb.delivered_n >= sqlc.arg(n)
  AND mb.user_id <> sqlc.arg(sender) AND r.from_n <= sqlc.arg(n)
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = mb.user_id AND h.message_id = sqlc.arg(message_id) AND h.kind = 2)
ORDER BY r.at_ms, r.user_id;

-- name: AddReceipts :exec
INSERT INTO receipts (room_id, user_id, kind, from_n, to_n, at_ms) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Peer :one
SELECT user_id FROM members WHERE room_id = sqlc.arg(room_id) AND user_id <> sqlc.arg(user_id) AND person AND left_n IS NULL
ORDER BY join_seq LIMIT 1;

-- name: ReceiptOf :one
SELECT from_n, at_ms FROM receipts WHERE room_id = sqlc.arg(room_id) AND user_id = sqlc.arg(user_id) AND kind = sqlc.arg(kind) AND to_n >= sqlc.arg(n)
ORDER BY to_n LIMIT 1;

-- name: SharedRooms :one
SELECT count(*) FROM members mine JOIN members theirs ON theirs.room_id = mine.room_id
WHERE mine.user_id = sqlc.arg(user_id) AND theirs.user_id = sqlc.arg(other_id)
  AND mine.left_n IS NULL AND theirs.left_n IS NULL;
