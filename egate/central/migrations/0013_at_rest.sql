-- The keys that rows here were sealed with. The keys themselves are files, and never here.
CREATE TABLE seal_key (
    key_id smallint PRIMARY KEY,
    -- Made with the key: tells it from another one of the same number.
    fingerprint bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

-- From here on bodies are sealed when they are stored, by the key with this number; NULL while
-- the body of a row of before is clear. The centre seals those beside its other work.
-- The number of a document is in the body, and what is searched for is its key.
ALTER TABLE crossing ADD COLUMN key_id smallint, DROP COLUMN document_number;
ALTER TABLE crossing_conflict ADD COLUMN key_id smallint;
ALTER TABLE officer_decision ADD COLUMN key_id smallint;
ALTER TABLE officer_decision_conflict ADD COLUMN key_id smallint;
ALTER TABLE special_branch_outbox ADD COLUMN key_id smallint;

-- What is only added to may be let go of when its time is over; see egate/central/retention.
CREATE OR REPLACE FUNCTION list_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('egate.purging', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

-- What was let go of: how much, and never what.
CREATE TABLE purge (
    purged_at timestamptz NOT NULL DEFAULT now(),
    -- As in [retention] of the settings.
    kind text NOT NULL,
    -- All that is older went.
    before timestamptz NOT NULL,
    rows bigint NOT NULL
);
