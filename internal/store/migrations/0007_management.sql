-- +goose Up

-- What those with power over others did. Rows are never changed or dropped.
CREATE TABLE audit (
    id        BIGSERIAL PRIMARY KEY,
    at_ms     BIGINT NOT NULL,
    actor_id  BIGINT NOT NULL, -- 0: nobody with an account
    actor     TEXT NOT NULL,   -- the name at that time
    action    TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    details   TEXT NOT NULL    -- a JSON object
);

-- Who may use the management routes. Only hashes of the tokens are kept.
CREATE TABLE admin_tokens (
    hash       BYTEA PRIMARY KEY,
    user_id    BIGINT NOT NULL, -- 0: the operator's own access, from the settings
    proof      BYTEA,           -- what the settings were, sealed; only for user 0
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX admin_tokens_user ON admin_tokens (user_id);
