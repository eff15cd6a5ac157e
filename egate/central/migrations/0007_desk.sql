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
