-- Which of several answers somebody liked best. Ids sort by age.
CREATE TABLE preferences (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    -- JSON: the prompt or the messages, the candidates, the choice.
    body TEXT NOT NULL
);
