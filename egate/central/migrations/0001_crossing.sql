CREATE TABLE crossing (
    -- Made at the gate. Not partitioned yet: a partition key would have to join this key,
    -- and with it the promise that one id is stored once.
    crossing_id uuid PRIMARY KEY,
    gate_id text NOT NULL,
    gate_seq bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    -- The gate's clock cannot be right; order its records by gate_seq.
    clock_suspect boolean NOT NULL,
    border_crossing_point text NOT NULL,
    -- Numbers of the enums of dip.egate.v1.
    direction smallint NOT NULL,
    verdict smallint NOT NULL,
    status smallint NOT NULL,
    findings text[] NOT NULL,
    issuing_state text,
    document_number text,
    -- SHA-256 of payload.
    content_hash bytea NOT NULL,
    -- dip.egate.v1.CrossingRecord, byte for byte as it came.
    payload bytea NOT NULL
);

CREATE INDEX crossing_by_gate ON crossing (gate_id, gate_seq);
CREATE INDEX crossing_by_time ON crossing (occurred_at, crossing_id);
CREATE INDEX crossing_by_arrival ON crossing (accepted_at);
CREATE INDEX crossing_by_document ON crossing (issuing_state, document_number, occurred_at)
    WHERE document_number IS NOT NULL;

-- A known id with other content: an alarm. Both are kept.
CREATE TABLE crossing_conflict (
    crossing_id uuid NOT NULL,
    content_hash bytea NOT NULL,
    gate_id text NOT NULL,
    gate_seq bigint NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    payload bytea NOT NULL,
    PRIMARY KEY (crossing_id, content_hash)
);
