-- Telling devices of messages while nobody looks at them.

-- +goose Up

-- One row: the messages up to this event are planned, and of the next message
-- the people with ids up to user_id. A server that is made new, or brought up to
-- date, begins with what comes.
CREATE TABLE push_place (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    seq     BIGINT NOT NULL,
    user_id BIGINT NOT NULL
);
INSERT INTO push_place (one, seq, user_id) SELECT 1, seq, 0 FROM clock;

-- Where a browser takes pushes for a device. One browser is one device.
CREATE TABLE subscriptions (
    device_id  BIGINT PRIMARY KEY,
    user_id    BIGINT NOT NULL, -- whose messages it shows
    endpoint   TEXT NOT NULL UNIQUE,
    key        TEXT NOT NULL,
    secret     TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

-- Pushes that are still to be made, one for each message and device.
CREATE TABLE deliveries (
    id         BIGSERIAL PRIMARY KEY,
    kind       TEXT NOT NULL,   -- app or web
    device_id  BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    room_id    BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    attempt    BIGINT NOT NULL, -- tries begun
    due_ms     BIGINT NOT NULL, -- of the next try; that of one under way is when it counts as lost
    created_ms BIGINT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (kind, due_ms, id);
CREATE INDEX deliveries_device ON deliveries (device_id, kind);

CREATE INDEX devices_push ON devices (user_id) WHERE push_token <> '';
