-- +goose Up

-- How many bytes files and unfinished uploads have. It is kept by every
-- transaction that adds or removes some, whether there is a quota or not.
CREATE TABLE stored_bytes (
    user_id BIGINT PRIMARY KEY, -- whose; 0: everyone's
    bytes   BIGINT NOT NULL
);
INSERT INTO stored_bytes (user_id, bytes)
SELECT b.user_id, sum(b.bytes) FROM (SELECT user_id, size AS bytes FROM files UNION ALL SELECT user_id, bytes FROM uploads) b
GROUP BY b.user_id;
INSERT INTO stored_bytes (user_id, bytes) SELECT 0, coalesce(sum(bytes), 0) FROM stored_bytes;

DROP INDEX files_user; -- it was there to add them up
