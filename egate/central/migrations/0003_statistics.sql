-- When gates were in service, as they say themselves. Spans of one gate may overlap.
CREATE TABLE gate_service (
    gate_id text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until >= since),
    in_service boolean NOT NULL,
    mode text NOT NULL,
    conditions text[] NOT NULL,
    software_version text NOT NULL,
    PRIMARY KEY (gate_id, since)
);

-- What statistics need of a record, and nothing of a person: no name, no number, no date of
-- birth. Made from crossing by egate/central/statistics/facts.py; can be made again.
CREATE TABLE crossing_fact (
    crossing_id uuid NOT NULL,
    gate_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    clock_suspect boolean NOT NULL,
    border_crossing_point text NOT NULL,
    -- Numbers of the enums of dip.egate.v1.
    direction smallint NOT NULL,
    verdict smallint NOT NULL,
    status smallint NOT NULL,
    findings text[] NOT NULL,
    issuing_state text,
    nationality text,
    document_code text,
    -- Ids of the lists and authorisations that were asked and gave an answer.
    answered text[] NOT NULL,
    -- As many as there were steps.
    steps text[] NOT NULL,
    step_seconds real[] NOT NULL,
    PRIMARY KEY (crossing_id, gate_id, occurred_at)
);

CREATE INDEX crossing_fact_by_time ON crossing_fact (occurred_at);
CREATE INDEX crossing_fact_by_gate ON crossing_fact (gate_id, occurred_at);

-- Up to which record facts were made, in the order of arrival. One row.
CREATE TABLE crossing_fact_mark (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    accepted_at timestamptz NOT NULL,
    crossing_id uuid NOT NULL
);

INSERT INTO crossing_fact_mark (accepted_at, crossing_id)
VALUES ('1970-01-01Z', '00000000-0000-0000-0000-000000000000');
