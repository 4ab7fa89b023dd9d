-- Times are seconds of Unix time. The same statements run on SQLite and PostgreSQL.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- SHA-256 of the key, in hexadecimal: the key itself is never stored.
    hash TEXT NOT NULL UNIQUE,
    -- What people tell keys apart by: first and last characters.
    redacted TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    -- Tokens that may be used in all, and per minute.
    budget_tokens BIGINT,
    requests_per_minute BIGINT,
    tokens_per_minute BIGINT
);

-- What was used in a minute. `key_id` is empty where no key was asked for.
CREATE TABLE usage (
    minute BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    requests BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    PRIMARY KEY (minute, key_id, model, endpoint)
);

CREATE INDEX usage_of_key ON usage (key_id);
