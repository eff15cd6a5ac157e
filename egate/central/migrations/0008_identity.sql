-- What somebody must look into: one row a kind and whom it is about, however often it happens.
CREATE TABLE alarm (
    kind text NOT NULL,
    -- Id of the gate or console, or what else is meant; '' for the centre itself.
    subject text NOT NULL,
    -- Of the last time. Nothing personal.
    detail text NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    -- Who has looked into it; '' while nobody has, and again when it happens once more.
    settled_by text NOT NULL DEFAULT '',
    settled_at timestamptz,
    PRIMARY KEY (kind, subject)
);
