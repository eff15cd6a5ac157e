-- Heads of consoles' audit logs, as the consoles sent and signed them. They say nothing of anybody.
CREATE TABLE audit_head (
    console_id text NOT NULL,
    -- 1, 2, 3...: the next one begins with a head that does not continue those before.
    log integer NOT NULL,
    -- Of the row, rising within a log.
    number bigint NOT NULL,
    -- SHA-256 of the row and all before it.
    digest bytea NOT NULL,
    signature bytea NOT NULL,
    -- Of the certificate whose key signed: SHA-256 of its public key.
    key_id bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (console_id, log, number)
);
