-- Which ids are taken, and by which content. A key of the partitioned table would have to hold
-- the time, and one id with two times would be two records; here it is one row or a conflict.
CREATE TABLE crossing_registry (
    crossing_id uuid PRIMARY KEY,
    -- SHA-256 of the payload.
    content_hash bytea NOT NULL
);
INSERT INTO crossing_registry SELECT crossing_id, content_hash FROM crossing;

ALTER TABLE crossing RENAME TO crossing_whole;
ALTER INDEX crossing_by_gate RENAME TO crossing_whole_by_gate;
ALTER INDEX crossing_by_time RENAME TO crossing_whole_by_time;
ALTER INDEX crossing_by_arrival RENAME TO crossing_whole_by_arrival;
ALTER INDEX crossing_by_document RENAME TO crossing_whole_by_document;

CREATE TABLE crossing (
    -- Of the document; the crossing's own id when it has none. See document_key.py.
    doc_key uuid NOT NULL,
    -- Made at the gate; unique by crossing_registry.
    crossing_id uuid NOT NULL,
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
    -- dip.egate.v1.CrossingRecord, byte for byte as it came.
    payload bytea NOT NULL,
    PRIMARY KEY (doc_key, occurred_at, crossing_id)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX crossing_by_gate ON crossing (gate_id, gate_seq);
CREATE INDEX crossing_by_time ON crossing (occurred_at, crossing_id);
CREATE INDEX crossing_by_arrival ON crossing (accepted_at);

-- Whatever a clock says, there is a place for it: months in a row, all that is earlier, and all
-- that is later. No record waits for a partition to be made.
CREATE FUNCTION crossing_end_of_months() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (substring(pg_get_expr(relpartbound, oid) FROM '\((.*?)\)')::timestamptz
        AT TIME ZONE 'UTC')::date
    FROM pg_class WHERE oid = to_regclass('crossing_later')
$$;

-- Make the months up to horizon; what waits among the later records for one of them moves there.
CREATE FUNCTION crossing_make_months(horizon date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month date;
    next date;
BEGIN
    IF horizon <= crossing_end_of_months() THEN
        RETURN;
    END IF;
    LOCK TABLE crossing;
    month := crossing_end_of_months();  -- another centre may have been here
    ALTER TABLE crossing DETACH PARTITION crossing_later;
    ALTER TABLE crossing_later RENAME TO crossing_moving;
    WHILE month < horizon LOOP
        next := month + interval '1 month';
        EXECUTE format('CREATE TABLE %I PARTITION OF crossing FOR VALUES FROM (%L) TO (%L)',
            'crossing_' || to_char(month, 'YYYY_MM'),
            to_char(month, 'YYYY-MM-DD"T00:00Z"'), to_char(next, 'YYYY-MM-DD"T00:00Z"'));
        month := next;
    END LOOP;
    EXECUTE format(
        'CREATE TABLE crossing_later PARTITION OF crossing FOR VALUES FROM (%L) TO (MAXVALUE)',
        to_char(month, 'YYYY-MM-DD"T00:00Z"'));
    INSERT INTO crossing SELECT * FROM crossing_moving;
    DROP TABLE crossing_moving;
END
$$;

-- The first month: the oldest record's, unless its clock was wrong, and at least three months
-- back for what is keyed in from paper.
DO $$
DECLARE
    first text;
BEGIN
    SELECT to_char(date_trunc('month', least(min(occurred_at), now() - interval '3 months')
        AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T00:00Z"') INTO first
    FROM crossing_whole WHERE NOT clock_suspect;
    EXECUTE format(
        'CREATE TABLE crossing_earlier PARTITION OF crossing FOR VALUES FROM (MINVALUE) TO (%L)',
        first);
    EXECUTE format(
        'CREATE TABLE crossing_later PARTITION OF crossing FOR VALUES FROM (%L) TO (MAXVALUE)',
        first);
    PERFORM crossing_make_months(
        (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months')::date);
END
$$;

INSERT INTO crossing
SELECT CASE WHEN issuing_state IS NULL OR number IS NULL OR number = '' THEN crossing_id
        ELSE encode(substr(
            sha256(convert_to(issuing_state || '<' || number, 'UTF8')), 1, 16), 'hex')::uuid END,
    crossing_id, gate_id, gate_seq, occurred_at, recorded_at, accepted_at, clock_suspect,
    border_crossing_point, direction, verdict, status, findings, issuing_state, document_number,
    payload
FROM (SELECT *, regexp_replace(upper(document_number), '[^A-Z0-9]', '', 'g') AS number
    FROM crossing_whole) AS numbered;

-- What is known now of the stays of each document; see stays.py.
CREATE TABLE stay (
    doc_key uuid NOT NULL,
    -- Time and id of the first movement: stays of a document follow one another.
    since timestamptz NOT NULL,
    first_id uuid NOT NULL,
    entry_id uuid,
    entry_at timestamptz,
    exit_id uuid,
    exit_at timestamptz,
    -- 1 open, 2 matched, 3 entry without exit, 4 exit without entry.
    kind smallint NOT NULL,
    -- Of a citizen: begun by the exit.
    absence boolean NOT NULL,
    PRIMARY KEY (doc_key, since, first_id)
);
CREATE INDEX stay_unmatched ON stay (kind, since) WHERE kind IN (3, 4);

-- A movement belongs to its neighbour in time or to none, so neighbours say it all.
INSERT INTO stay
SELECT doc_key, occurred_at, crossing_id,
    CASE WHEN direction = 1 THEN crossing_id WHEN matched THEN next_id END,
    CASE WHEN direction = 1 THEN occurred_at WHEN matched THEN next_at END,
    CASE WHEN direction = 2 THEN crossing_id WHEN matched THEN next_id END,
    CASE WHEN direction = 2 THEN occurred_at WHEN matched THEN next_at END,
    CASE WHEN matched THEN 2 WHEN next IS NULL AND direction = opening THEN 1
        WHEN direction = 1 THEN 3 ELSE 4 END,
    opening = 2
FROM (
    SELECT *, direction = opening AND next IS DISTINCT FROM opening AND next IS NOT NULL AS matched
    FROM (
        SELECT doc_key, occurred_at, crossing_id, direction,
            CASE WHEN issuing_state = 'BGD' THEN 2 ELSE 1 END AS opening,
            lag(direction) OVER timeline AS before,
            lead(direction) OVER timeline AS next,
            lead(crossing_id) OVER timeline AS next_id,
            lead(occurred_at) OVER timeline AS next_at
        FROM crossing WHERE status = 1 AND direction IN (1, 2) AND doc_key <> crossing_id
        WINDOW timeline AS (PARTITION BY doc_key ORDER BY occurred_at, crossing_id)
    ) AS neighbours
) AS paired
WHERE direction = opening OR before IS DISTINCT FROM opening;

-- Which numbers of a gate came: [n - 1, n) stands for n, so that the highest number has an end.
CREATE TABLE gate_sequence (
    gate_id text PRIMARY KEY,
    received int8multirange NOT NULL
);
INSERT INTO gate_sequence
SELECT gate_id, range_agg(int8range(gate_seq - 1, gate_seq)) FROM crossing GROUP BY gate_id;

-- Records that share a number of one gate: an alarm.
CREATE TABLE gate_fork (
    gate_id text NOT NULL,
    gate_seq bigint NOT NULL,
    crossing_id uuid NOT NULL,
    PRIMARY KEY (gate_id, gate_seq, crossing_id)
);
INSERT INTO gate_fork
SELECT gate_id, gate_seq, crossing_id
FROM (SELECT *, count(*) OVER (PARTITION BY gate_id, gate_seq) AS times FROM crossing) AS numbered
WHERE times > 1;

DROP TABLE crossing_whole;
