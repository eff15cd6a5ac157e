-- Where the record with an id lies. A record that supersedes one which has not come announces
-- its id here, with an empty hash and no place.
ALTER TABLE crossing_registry ADD COLUMN document uuid, ADD COLUMN occurred_at timestamptz;
UPDATE crossing_registry AS known SET document = crossing.doc_key, occurred_at = crossing.occurred_at
FROM crossing WHERE crossing.crossing_id = known.crossing_id;

-- Which record takes the place of which; see replaced in stays.py.
CREATE TABLE supersession (
    crossing_id uuid PRIMARY KEY,
    supersedes uuid NOT NULL
);
CREATE INDEX supersession_by_superseded ON supersession (supersedes);

-- Records whose place another took: they are in no stay.
CREATE TABLE crossing_replaced (
    crossing_id uuid PRIMARY KEY
);

-- As the record says; what is older is a gate's.
ALTER TABLE crossing_fact
    ADD COLUMN capture_mode smallint NOT NULL DEFAULT 1,
    ADD COLUMN under_fallback boolean NOT NULL DEFAULT false;

-- What officers decided; nothing but superseded_by is ever filled in later.
CREATE TABLE officer_decision (
    decision_id uuid PRIMARY KEY,
    -- SHA-256 of it without superseded_by.
    content_hash bytea NOT NULL,
    crossing_id uuid NOT NULL,
    console_id text NOT NULL,
    officer_id text NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    superseded_by uuid,
    -- dip.egate.v1.OfficerDecision, byte for byte as it came first.
    payload bytea NOT NULL
);

-- A known id with other content: an alarm. Both are kept.
CREATE TABLE officer_decision_conflict (
    decision_id uuid NOT NULL,
    -- SHA-256 of payload.
    content_hash bytea NOT NULL,
    console_id text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    payload bytea NOT NULL,
    PRIMARY KEY (decision_id, content_hash)
);
