-- +goose Up

-- Where devices are in the pages of what they sync: which page they were given
-- last, right after which entry it began, and which was its last. Entries are told
-- apart by the time of their change and their id; of records, by time, room, user,
-- kind, and the message's number in place of the id.
CREATE TABLE walks (
    device_id  BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    user_id    BIGINT NOT NULL, -- whose pages: a device can change hands
    since_ms   BIGINT NOT NULL,
    page       BIGINT NOT NULL,
    from_ms    BIGINT NOT NULL,
    from_room  BIGINT NOT NULL,
    from_user  BIGINT NOT NULL,
    from_rank  BIGINT NOT NULL,
    from_id    BIGINT NOT NULL,
    next_ms    BIGINT NOT NULL,
    next_room  BIGINT NOT NULL,
    next_user  BIGINT NOT NULL,
    next_rank  BIGINT NOT NULL,
    next_id    BIGINT NOT NULL,
    stepped_ms BIGINT NOT NULL,
    PRIMARY KEY (device_id, kind)
);
