-- Null for those of before, until the server says when.
ALTER TABLE responses ADD COLUMN expires_at BIGINT;

CREATE INDEX responses_by_expiry ON responses (expires_at);
