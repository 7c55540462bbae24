-- +goose Up

-- Under which name a chunk's bytes are kept, so that another request's bytes with
-- the same number never take their place unnoticed. 0: under "chunks/<upload>/<n>",
-- as before; others under "chunks/<upload>/<n>-<copy>".
ALTER TABLE chunks ADD COLUMN copy BIGINT NOT NULL DEFAULT 0;
