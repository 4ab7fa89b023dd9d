-- The contents of a file are the blob of the same name. Ids sort by age.
CREATE TABLE files (
    id TEXT PRIMARY KEY,
    filename TEXT NOT NULL,
    purpose TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

CREATE INDEX files_of_purpose ON files (purpose, id);
CREATE INDEX files_by_expiry ON files (expires_at);
