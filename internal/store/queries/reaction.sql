-- name: Reaction :one
SELECT * FROM reactions WHERE message_id = $1 AND user_id = $2;

-- name: PutReaction :exec
INSERT INTO reactions (message_id, user_id, room_id, emoji, deleted, created_ms, modified_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (message_id, user_id) DO UPDATE SET emoji = excluded.emoji, deleted = excluded.deleted, modified_ms = excluded.modified_ms;

-- What is recorded is looked for in receipts, in messages, which their senders have
-- received and seen, and in reactions. From which number on a device has them must be
-- known by number for receipts only; from_id and born_id are the last messages stored
-- before the two moments. Messages are looked for (1) among everybody's or (2) in each
-- room. CROSS JOIN is for SQLite, which then goes from left to right.
-- name: RecordsChanged :many
WITH mine AS MATERIALIZED (
  SELECT mb.room_id, mb.join_n FROM members mb WHERE mb.user_id = sqlc.arg(user_id) AND mb.left_n IS NULL
), heard AS MATERIALIZED (
  SELECT s.room_id, CASE WHEN s.born_n > s.join_n THEN s.born_n ELSE s.join_n END AS low FROM (
    SELECT mb.room_id, mb.join_n, CASE WHEN r.last_ms < CAST(sqlc.arg(born) AS BIGINT) THEN r.last_n ELSE COALESCE((SELECT o.n FROM messages o
      WHERE o.room_id = mb.room_id AND o.created_ms < sqlc.arg(born)
        AND o.n >= COALESCE((SELECT st.n FROM milestones st
          WHERE st.room_id = mb.room_id AND st.at_ms < sqlc.arg(born) ORDER BY st.at_ms DESC, st.n DESC LIMIT 1), 0)
        AND o.n < COALESCE((SELECT st.n FROM milestones st
          WHERE st.room_id = mb.room_id AND st.at_ms >= sqlc.arg(born) ORDER BY st.at_ms, st.n LIMIT 1), r.last_n + 1)
      ORDER BY o.n DESC LIMIT 1), 0) END AS born_n
    FROM mine mb JOIN rooms r ON r.id = mb.room_id
    WHERE EXISTS (SELECT 1 FROM receipts x WHERE x.room_id = mb.room_id AND x.at_ms >= CAST(sqlc.arg(after_ms) AS BIGINT))) s
), spans AS MATERIALIZED (
  SELECT mb.room_id, mb.join_n, COALESCE((SELECT st.n FROM milestones st
    WHERE st.room_id = mb.room_id AND st.at_ms < sqlc.arg(after_ms) ORDER BY st.at_ms DESC, st.n DESC LIMIT 1), 0) AS low
  FROM mine mb JOIN rooms r ON r.id = mb.room_id
  WHERE CAST(sqlc.arg(stored) AS BIGINT) = 2 AND r.last_ms >= CAST(sqlc.arg(after_ms) AS BIGINT)
), posted AS (
  SELECT p.room_id, p.from_user, p.created_ms, p.n FROM messages p CROSS JOIN members mb
  WHERE CAST(sqlc.arg(stored) AS BIGINT) = 1 AND p.id > sqlc.arg(from_id)
    AND mb.user_id = sqlc.arg(user_id) AND mb.room_id = p.room_id AND mb.left_n IS NULL AND +p.n > mb.join_n
  UNION ALL
  SELECT p.room_id, p.from_user, p.created_ms, p.n FROM spans mb CROSS JOIN messages p
  WHERE p.room_id = mb.room_id AND p.n > mb.low AND +p.id > sqlc.arg(from_id) AND +p.n > mb.join_n
), changes AS (
  SELECT r.room_id, r.user_id, r.kind * 2 AS rank, r.at_ms, r.to_n, CASE WHEN r.from_n > mb.low THEN r.from_n ELSE mb.low + 1 END AS from_n
  FROM heard mb CROSS JOIN receipts r
  WHERE r.room_id = mb.room_id AND r.at_ms >= sqlc.arg(after_ms) AND r.to_n > mb.low
  UNION ALL
  SELECT p.room_id, p.from_user, k.kind * 2 + 1, p.created_ms, p.n, p.n
  FROM posted p JOIN users u ON u.id = p.from_user CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 2 AS kind) k
  WHERE u.kind = 'person'
  UNION ALL
  SELECT x.room_id, x.user_id, 7, x.modified_ms, t.n, t.n
  FROM mine mb CROSS JOIN reactions x CROSS JOIN messages t
  WHERE x.room_id = mb.room_id AND t.id = x.message_id AND x.modified_ms >= sqlc.arg(after_ms) AND t.n > mb.join_n AND +t.id > sqlc.arg(born_id)
), fresh AS (
  SELECT f.room_id, f.user_id, f.rank, f.at_ms, f.to_n,
    CASE WHEN f.at_ms = CAST(sqlc.arg(after_ms) AS BIGINT) AND f.room_id = CAST(sqlc.arg(after_room) AS BIGINT) AND f.user_id = CAST(sqlc.arg(after_user) AS BIGINT)
        AND f.rank = CAST(sqlc.arg(after_rank) AS BIGINT) AND f.from_n <= CAST(sqlc.arg(after_n) AS BIGINT)
      THEN CAST(sqlc.arg(after_n) AS BIGINT) + 1 ELSE f.from_n END AS from_n
  FROM changes f
  WHERE f.at_ms > CAST(sqlc.arg(after_ms) AS BIGINT) OR f.room_id > CAST(sqlc.arg(after_room) AS BIGINT) OR f.room_id = CAST(sqlc.arg(after_room) AS BIGINT)
    AND (f.user_id > CAST(sqlc.arg(after_user) AS BIGINT) OR f.user_id = CAST(sqlc.arg(after_user) AS BIGINT)
      AND (f.rank > CAST(sqlc.arg(after_rank) AS BIGINT) OR f.rank = CAST(sqlc.arg(after_rank) AS BIGINT) AND f.to_n > CAST(sqlc.arg(after_n) AS BIGINT)))
), counted AS (
  SELECT c.room_id, c.user_id, c.rank, c.at_ms, c.from_n, c.to_n, c.to_n - c.from_n + 1 AS size,
    CAST(SUM(c.to_n - c.from_n + 1) OVER (ORDER BY c.at_ms, c.room_id, c.user_id, c.rank, c.to_n ROWS UNBOUNDED PRECEDING) AS BIGINT) AS upto
  FROM fresh c
)
SELECT m.id, m.room_id, m.n, CAST(c.user_id AS BIGINT) AS user_id, CAST(c.rank AS BIGINT) AS rank, CAST(c.at_ms AS BIGINT) AS at_ms
FROM counted c CROSS JOIN messages m
WHERE m.room_id = c.room_id
  AND m.n >= CASE WHEN CAST(sqlc.arg(skip_rows) AS BIGINT) > c.upto - c.size THEN c.from_n + CAST(sqlc.arg(skip_rows) AS BIGINT) - (c.upto - c.size) ELSE c.from_n END
  AND m.n <= CASE WHEN c.upto > CAST(sqlc.arg(skip_rows) AS BIGINT) + CAST(sqlc.arg(max_rows) AS BIGINT) THEN c.to_n - (c.upto - CAST(sqlc.arg(skip_rows) AS BIGINT) - CAST(sqlc.arg(max_rows) AS BIGINT)) ELSE c.to_n END
  AND c.upto > CAST(sqlc.arg(skip_rows) AS BIGINT) AND c.upto - c.size < CAST(sqlc.arg(skip_rows) AS BIGINT) + CAST(sqlc.arg(max_rows) AS BIGINT)
ORDER BY c.at_ms, c.room_id, c.user_id, c.rank, m.n;
