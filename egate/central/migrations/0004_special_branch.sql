-- Records that the Special Branch's system has not taken yet; nothing is added without one.
CREATE TABLE special_branch_outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    crossing_id uuid NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    -- dip.egate.v1.CrossingRecord, byte for byte as it came.
    payload bytea NOT NULL
);
