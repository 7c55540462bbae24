-- name: Message :one
SELECT * FROM messages WHERE id = $1;

-- name: MessageByClientID :one
SELECT * FROM messages WHERE from_user = $1 AND client_id = $2;

-- name: Messages :many
SELECT * FROM messages WHERE room_id = sqlc.arg(room_id) AND n >= sqlc.arg(from_n) AND n <= sqlc.arg(to_n)
ORDER BY n DESC LIMIT sqlc.arg(max_rows);

-- name: MessagesFor :many
SELECT * FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.n >= sqlc.arg(from_n) AND m.n <= sqlc.arg(to_n)
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.message_id = m.id AND h.kind = 2)
ORDER BY m.n DESC LIMIT sqlc.arg(max_rows);

-- name: MessagesUpFor :many
SELECT * FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.n >= sqlc.arg(from_n) AND m.n <= sqlc.arg(to_n)
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.message_id = m.id AND h.kind = 2)
ORDER BY m.n LIMIT sqlc.arg(max_rows);

-- name: MediaFor :many
SELECT * FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.n IN (
  SELECT x.n FROM messages x WHERE x.room_id = sqlc.arg(room_id) AND x.type = sqlc.arg(type) AND x.type <> 'text' AND NOT x.deleted
    AND x.n >= sqlc.arg(from_n) AND x.n <= sqlc.arg(to_n)
    AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.room_id = x.room_id AND h.n = x.n)
  ORDER BY x.n DESC LIMIT sqlc.arg(max_rows))
ORDER BY m.n DESC;

-- name: MediaUpFor :many
SELECT * FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.n IN (
  SELECT x.n FROM messages x WHERE x.room_id = sqlc.arg(room_id) AND x.type = sqlc.arg(type) AND x.type <> 'text' AND NOT x.deleted
    AND x.n >= sqlc.arg(from_n) AND x.n <= sqlc.arg(to_n)
    AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.room_id = x.room_id AND h.n = x.n)
  ORDER BY x.n LIMIT sqlc.arg(max_rows))
ORDER BY m.n;

-- name: CountMedia :one
SELECT count(*) FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.type = sqlc.arg(type) AND m.type <> 'text' AND NOT m.deleted
  AND m.n >= sqlc.arg(from_n) AND m.n <= sqlc.arg(to_n)
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.room_id = m.room_id AND h.n = m.n);

-- name: CountLinks :one
SELECT count(*) FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.has_link = TRUE AND NOT m.deleted
  AND m.n >= sqlc.arg(from_n) AND m.n <= sqlc.arg(to_n)
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.room_id = m.room_id AND h.n = m.n);

-- name: LinksFor :many
SELECT * FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.n IN (
  SELECT x.n FROM messages x WHERE x.room_id = sqlc.arg(room_id) AND x.has_link = TRUE AND NOT x.deleted
    AND x.n >= sqlc.arg(from_n) AND x.n <= sqlc.arg(to_n)
    AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.room_id = x.room_id AND h.n = x.n)
  ORDER BY x.n DESC LIMIT sqlc.arg(max_rows))
ORDER BY m.n DESC;

-- Times of storing rise with the ids, so that no index is needed to find a moment:
-- of steps each half as wide as the one before (from 2^40 on), those are taken that
-- do not pass it. The place is that of the last message up to the moment, 0: there is
-- none.
-- name: StoredUntil :one
WITH RECURSIVE search(id, step) AS (
  SELECT CAST(0 AS BIGINT), CAST(1099511627776 AS BIGINT)
  UNION ALL
  SELECT s.id + CASE WHEN (SELECT m.created_ms FROM messages m WHERE m.id >= s.id + s.step ORDER BY m.id LIMIT 1) <= sqlc.arg(until) THEN s.step ELSE 0 END, s.step / 2
  FROM search s WHERE s.step > 0
)
SELECT id FROM search WHERE step = 0;

-- The oldest message among so many newest ids.
-- name: NewestFrom :one
SELECT m.id, m.created_ms FROM messages m WHERE m.id > (SELECT c.message_id FROM clock c) - CAST(sqlc.arg(newest) AS BIGINT) ORDER BY m.id LIMIT 1;

-- name: StoredAfter :one
SELECT id, created_ms FROM messages WHERE id > $1 ORDER BY id LIMIT 1;

-- How many rooms somebody is or was in, counted up to a number.
-- name: StaysUpTo :one
SELECT count(*) FROM (SELECT 1 FROM members WHERE user_id = $1 LIMIT $2) stays;

-- What was stored and not changed since, then what was changed, then what was hidden;
-- by time and id, up to a place in that order. What was stored is looked for (1) among
-- everybody's messages or (2) in each room, where the spans of numbers are found first:
-- PostgreSQL would find them again for each message. What a plus stands before is only
-- checked: no index must be searched by it; SQLite takes a CROSS JOIN from left to right.
-- An ended stay shows nothing that was stored later.
-- name: MessagesChanged :many
WITH spans AS MATERIALIZED (
  SELECT mb.room_id, mb.user_id, mb.join_n, mb.left_n, mb.changed_ms,
    COALESCE((SELECT st.n FROM milestones st
      WHERE st.room_id = mb.room_id AND st.at_ms < sqlc.arg(after_ms) ORDER BY st.at_ms DESC, st.n DESC LIMIT 1), 0) AS low,
    COALESCE((SELECT st.n FROM milestones st
      WHERE st.room_id = mb.room_id AND st.at_ms > sqlc.arg(until) ORDER BY st.at_ms, st.n LIMIT 1), r.last_n + 1) AS high
  FROM members mb JOIN rooms r ON r.id = mb.room_id
  WHERE CAST(sqlc.arg(stored) AS BIGINT) = 2 AND mb.user_id = sqlc.arg(user_id) AND r.last_ms >= sqlc.arg(after_ms)
    AND (mb.left_n IS NULL OR mb.changed_ms >= sqlc.arg(after_ms))
)
SELECT msg.id, msg.created_ms AS changed_ms FROM messages msg CROSS JOIN members mb
WHERE CAST(sqlc.arg(stored) AS BIGINT) = 1 AND msg.id > sqlc.arg(from_id) AND msg.id <= sqlc.arg(until_id)
  AND mb.user_id = sqlc.arg(user_id) AND mb.room_id = msg.room_id
  AND msg.modified_ms = msg.created_ms AND msg.created_ms >= sqlc.arg(after_ms)
  AND (msg.created_ms > sqlc.arg(after_ms) OR msg.id > sqlc.arg(after_id)) AND msg.created_ms >= sqlc.arg(born)
  AND +msg.n > mb.join_n AND (mb.left_n IS NULL OR msg.n <= mb.left_n AND (msg.modified_ms <= mb.changed_ms OR msg.deleted = TRUE))
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = mb.user_id AND h.message_id = msg.id)
UNION ALL
SELECT msg.id, msg.created_ms AS changed_ms FROM spans mb CROSS JOIN messages msg
WHERE msg.room_id = mb.room_id AND msg.n > mb.low AND msg.n < mb.high AND +msg.id <= sqlc.arg(until_id)
  AND msg.modified_ms = msg.created_ms AND msg.created_ms >= sqlc.arg(after_ms)
  AND (msg.created_ms > sqlc.arg(after_ms) OR msg.id > sqlc.arg(after_id)) AND msg.created_ms >= sqlc.arg(born)
  AND +msg.n > mb.join_n AND (mb.left_n IS NULL OR msg.n <= mb.left_n AND (msg.modified_ms <= mb.changed_ms OR msg.deleted = TRUE))
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = mb.user_id AND h.message_id = msg.id)
UNION ALL
SELECT msg.id, msg.modified_ms AS changed_ms FROM members mb JOIN messages msg ON msg.room_id = mb.room_id
WHERE mb.user_id = sqlc.arg(user_id) AND msg.modified_ms > msg.created_ms AND msg.modified_ms >= sqlc.arg(after_ms) AND msg.modified_ms <= sqlc.arg(until)
  AND (msg.modified_ms > sqlc.arg(after_ms) OR msg.id > sqlc.arg(after_id)) AND (msg.modified_ms < sqlc.arg(until) OR msg.id <= sqlc.arg(until_id))
  AND msg.created_ms >= sqlc.arg(born)
  AND +msg.n > mb.join_n AND (mb.left_n IS NULL OR msg.n <= mb.left_n AND (msg.modified_ms <= mb.changed_ms OR msg.deleted = TRUE))
  AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = mb.user_id AND h.message_id = msg.id)
UNION ALL
SELECT msg.id, CASE WHEN h.at_ms > msg.modified_ms THEN h.at_ms ELSE msg.modified_ms END AS changed_ms
FROM hidden h JOIN messages msg ON msg.id = h.message_id
WHERE h.user_id = sqlc.arg(user_id) AND h.kind = 1 AND (h.at_ms >= sqlc.arg(after_ms) OR msg.modified_ms >= sqlc.arg(after_ms))
  AND (h.at_ms > sqlc.arg(after_ms) OR msg.modified_ms > sqlc.arg(after_ms) OR msg.id > sqlc.arg(after_id))
  AND h.at_ms <= sqlc.arg(until) AND msg.modified_ms <= sqlc.arg(until) AND msg.created_ms >= sqlc.arg(born)
  AND (h.at_ms < sqlc.arg(until) AND msg.modified_ms < sqlc.arg(until) OR msg.id <= sqlc.arg(until_id))
ORDER BY changed_ms, id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: SkippedWithin :one
SELECT count(*) FROM messages m WHERE m.room_id = sqlc.arg(room_id) AND m.n > sqlc.arg(after_n) AND m.n <= sqlc.arg(to_n) AND (
  m.from_user = sqlc.arg(user_id) OR m.type = 'system'
  OR EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = sqlc.arg(user_id) AND h.message_id = m.id));

-- name: UpdateMessage :exec
UPDATE messages SET type = $2, body = $3, reply_to = $4, has_link = $5, modified_ms = $6, deleted = $7, file_id = $8, thumb_id = $9
WHERE id = $1;

-- name: PeoplePosting :many
SELECT DISTINCT m.from_user FROM messages m JOIN users u ON u.id = m.from_user
WHERE m.room_id = sqlc.arg(room_id) AND m.n >= sqlc.arg(from_n) AND m.n <= sqlc.arg(to_n) AND u.kind = 'person';
