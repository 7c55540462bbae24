-- name: OwnContacts :many
SELECT u.* FROM contacts c JOIN users u ON u.id = c.contact_id
LEFT JOIN users f ON f.id = sqlc.arg(start)
WHERE c.user_id = sqlc.arg(self) AND u.verified AND NOT u.deleted AND u.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\'
  AND (CAST(sqlc.arg(start) AS BIGINT) = 0 OR u.sort_name > f.sort_name OR u.sort_name = f.sort_name AND u.id >= f.id)
ORDER BY u.sort_name, u.id LIMIT sqlc.arg(max_rows);

-- name: OwnContactCount :one
SELECT count(*) FROM contacts c JOIN users u ON u.id = c.contact_id
WHERE c.user_id = sqlc.arg(self) AND u.verified AND NOT u.deleted AND u.sort_name LIKE CAST(sqlc.arg(pattern) AS TEXT) ESCAPE '\';

-- name: IsContact :one
SELECT count(*) FROM contacts WHERE user_id = $1 AND contact_id = $2;

-- name: ContactHolders :many
SELECT user_id FROM contacts WHERE contact_id = $1 ORDER BY user_id;

-- name: OwnUsersChanged :many
SELECT sqlc.embed(u), CAST(CASE WHEN c.created_ms > u.modified_ms THEN c.created_ms ELSE u.modified_ms END AS BIGINT) AS changed_ms
FROM (
  SELECT k.contact_id, k.created_ms FROM contacts k WHERE k.user_id = sqlc.arg(self)
  UNION ALL
  SELECT CAST(sqlc.arg(self) AS BIGINT), CAST(0 AS BIGINT)
  WHERE NOT EXISTS (SELECT 1 FROM contacts o WHERE o.user_id = sqlc.arg(self) AND o.contact_id = sqlc.arg(self))
) c JOIN users u ON u.id = c.contact_id
WHERE u.verified AND (u.modified_ms >= sqlc.arg(after_ms) OR c.created_ms >= sqlc.arg(after_ms))
  AND (u.modified_ms > sqlc.arg(after_ms) OR c.created_ms > sqlc.arg(after_ms) OR u.id > sqlc.arg(after_id))
ORDER BY changed_ms, u.id LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip_rows);

-- name: DropContacts :exec
DELETE FROM contacts WHERE user_id = $1 AND confirmed_ms < $2;

-- name: DeleteContactsAbout :exec
DELETE FROM contacts WHERE user_id = sqlc.arg(about) OR contact_id = sqlc.arg(about);
