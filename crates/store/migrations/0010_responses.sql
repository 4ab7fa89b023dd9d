CREATE TABLE responses (
    id TEXT PRIMARY KEY,
    -- The response whose items stand before this one's.
    previous_id TEXT,
    -- Responses before this one.
    depth BIGINT NOT NULL,
    status TEXT NOT NULL,
    -- Whoever answers in the background renews it; what has lapsed was left by a
    -- server that is gone. Null once there is nothing to wait for.
    lease_until BIGINT,
    -- The object as clients read it, but for its output.
    body TEXT NOT NULL,
    -- Where the stream's deltas ended: `[[bytes, tokens], …]` for each item.
    deltas TEXT NOT NULL
);

CREATE TABLE response_items (
    response_id TEXT NOT NULL REFERENCES responses (id) ON DELETE CASCADE,
    -- Input from 0 on, then output.
    position BIGINT NOT NULL,
    -- 1 for output.
    output BIGINT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (response_id, position)
);

CREATE INDEX response_items_by_id ON response_items (id);
