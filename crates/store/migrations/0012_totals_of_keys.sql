-- All tokens that a key has used: the sum of its rows of usage, which only grow in number.
ALTER TABLE api_keys ADD COLUMN used_tokens BIGINT NOT NULL DEFAULT 0;

UPDATE api_keys SET used_tokens = (
    SELECT COALESCE(SUM(input_tokens + output_tokens), 0) FROM usage
    WHERE usage.key_id = api_keys.id
);
