-- Who looked up what; kept when what was looked up is gone. Nothing personal: a document is its
-- key (see document_key.py).
CREATE TABLE inquiry (
    inquiry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    inquired_at timestamptz NOT NULL DEFAULT now(),
    officer_id text NOT NULL,
    -- Whose certificate asked.
    peer text NOT NULL,
    -- crossings, crossing, holder
    kind text NOT NULL,
    crossing_id uuid,
    document uuid,
    -- What else was asked for, but for the document.
    criteria text NOT NULL,
    -- How many crossings were shown.
    shown integer NOT NULL
);
CREATE INDEX inquiry_by_time ON inquiry (inquired_at);
CREATE INDEX inquiry_by_crossing ON inquiry (crossing_id) WHERE crossing_id IS NOT NULL;
CREATE INDEX inquiry_by_document ON inquiry (document) WHERE document IS NOT NULL;
CREATE TRIGGER never_edited BEFORE UPDATE OR DELETE ON inquiry
    FOR EACH ROW EXECUTE FUNCTION list_never_edited();

-- With what the places of pages are signed, the same for every centre of this database.
CREATE TABLE inquiry_key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    key bytea NOT NULL
);
INSERT INTO inquiry_key (key)
VALUES (sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea));

CREATE INDEX officer_decision_by_crossing ON officer_decision (crossing_id);
