-- Ids sort by age. A stamp is null until its state is reached.
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    input_file_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    in_progress_at BIGINT,
    finalizing_at BIGINT,
    completed_at BIGINT,
    failed_at BIGINT,
    expired_at BIGINT,
    cancelling_at BIGINT,
    cancelled_at BIGINT,
    model TEXT,
    total BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    output_file_id TEXT,
    error_file_id TEXT,
    -- JSON of what was found wrong with the input.
    errors TEXT,
    -- JSON of the client's own pairs.
    metadata TEXT,
    -- How long the files with the results are kept.
    output_expires_s BIGINT,
    -- Who made it, and so asks.
    key_id TEXT NOT NULL,
    -- Which server works on it, and until when it need not be heard of.
    lease_owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE INDEX batches_to_run ON batches (status, lease_until);

-- What came of a line of the input, until it is in a file of results.
CREATE TABLE batch_lines (
    batch_id TEXT NOT NULL,
    -- From 1, as editors count.
    line BIGINT NOT NULL,
    -- 1 if it belongs into the file of outputs, 0 if into that of errors.
    succeeded BIGINT NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (batch_id, line)
);
