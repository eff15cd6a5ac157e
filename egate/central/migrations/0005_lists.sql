-- What is on the lists, and who made and who approved it. Nothing is edited: a change of an
-- entry is a revision of it, and everything that is not a row of list_head stays as it was
-- written. With Citus these are reference tables, but for list_document, which lies with its
-- documents.

-- One act of a maker: one entry, its revocation, or a file with millions of documents.
CREATE TABLE list_proposal (
    proposal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    list text NOT NULL,
    act text NOT NULL CHECK (act IN ('ENTRY', 'REVOCATION', 'IMPORT')),
    reason text NOT NULL,
    -- What the checker is shown; see proposing.py.
    preview jsonb NOT NULL,
    proposed_by text NOT NULL CHECK (proposed_by <> ''),
    proposed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (proposal_id, list, proposed_by)
);

-- What the checker said of it, who is somebody else: the reference makes proposed_by the maker.
CREATE TABLE list_decision (
    proposal_id bigint PRIMARY KEY,
    list text NOT NULL,
    proposed_by text NOT NULL,
    approved boolean NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL CHECK (decided_by <> ''),
    decided_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (proposal_id, list, proposed_by)
        REFERENCES list_proposal (proposal_id, list, proposed_by),
    CONSTRAINT maker_is_not_checker CHECK (lower(decided_by) <> lower(proposed_by))
);

CREATE TABLE list_entry (
    list text NOT NULL,
    entry_id text NOT NULL,
    revision integer NOT NULL CHECK (revision > base),
    -- The revision in force that the maker saw, 0 for none; what is in force by then is not
    -- replaced by one that was made without knowing it.
    base integer NOT NULL CHECK (base >= 0),
    proposal_id bigint NOT NULL REFERENCES list_proposal,
    -- Off the list by this revision; why is the proposal's reason.
    revoked boolean NOT NULL,
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    order_reference text NOT NULL,
    authority text NOT NULL,
    court text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    direction text NOT NULL CHECK (direction IN ('entry', 'exit', 'both')),
    action text NOT NULL CHECK (action IN ('REFER_SILENT', 'REFER', 'INFO')),
    instruction text NOT NULL,
    contact text NOT NULL,
    -- Of an offload: where it was.
    port text NOT NULL,
    -- As egate.lists writes them.
    persons jsonb NOT NULL,
    PRIMARY KEY (list, entry_id, revision),
    CONSTRAINT exit_ban_has_a_court CHECK (list <> 'EXIT_BAN' OR court <> ''),
    CHECK (valid_to >= valid_from),
    CHECK (valid_to IS NOT NULL OR list IN ('LOST_STOLEN_DOC', 'SLTD'))
);
CREATE INDEX list_entry_by_proposal ON list_entry (proposal_id);

-- What a revision changes about the documents of its entry.
CREATE TABLE list_document (
    -- See document_key.py.
    doc_key uuid NOT NULL,
    list text NOT NULL,
    entry_id text NOT NULL,
    revision integer NOT NULL,
    -- First letter of the document code, I for every card.
    kind text NOT NULL,
    issuing_state text NOT NULL,
    number text NOT NULL,
    status text NOT NULL CHECK (status IN ('LISTED', 'RECOVERED', 'WITHDRAWN')),
    PRIMARY KEY (doc_key, list, entry_id, kind, revision)
);
CREATE INDEX list_document_by_entry ON list_document (list, entry_id, revision);

-- The newest approved revision of each entry, also of those that are revoked by it.
CREATE VIEW list_in_force AS
SELECT DISTINCT ON (entry.list, entry.entry_id) entry.*, decision.proposed_by,
    decision.decided_by, decision.decided_at
FROM list_entry AS entry JOIN list_decision AS decision
    ON decision.proposal_id = entry.proposal_id AND decision.approved
ORDER BY entry.list, entry.entry_id, entry.revision DESC;

-- What is said of each document under each entry, also of those that are withdrawn.
CREATE VIEW list_document_in_force AS
SELECT DISTINCT ON (document.doc_key, document.list, document.entry_id, document.kind) document.*
FROM list_document AS document
JOIN list_entry AS entry ON entry.list = document.list AND entry.entry_id = document.entry_id
    AND entry.revision = document.revision
JOIN list_decision AS decision
    ON decision.proposal_id = entry.proposal_id AND decision.approved
ORDER BY document.doc_key, document.list, document.entry_id, document.kind,
    document.revision DESC;

-- Officers' decisions that the holder of a document is not the person of an entry.
CREATE TABLE list_settled (
    decision_id text PRIMARY KEY,
    list text NOT NULL,
    entry_id text NOT NULL,
    -- Of the persons of the entry, as the officer saw them; made by egate.lists.
    revision text NOT NULL,
    kind text NOT NULL,
    issuing_state text NOT NULL,
    number text NOT NULL,
    officer_id text NOT NULL,
    settled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX list_settled_by_list ON list_settled (list);

-- How often something was approved, so that publishing knows what is due.
CREATE TABLE list_head (
    list text PRIMARY KEY,
    changes bigint NOT NULL
);

-- Numbers that versions were given, before they were made: none is given twice.
CREATE TABLE list_version (
    list text NOT NULL,
    version bigint NOT NULL,
    -- Of list_head, when what is in it was read.
    changes bigint NOT NULL,
    reserved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (list, version)
);

CREATE FUNCTION list_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['list_proposal', 'list_decision', 'list_entry', 'list_settled',
        'list_version'] LOOP
        EXECUTE format('CREATE TRIGGER never_edited BEFORE UPDATE OR DELETE ON %I'
            ' FOR EACH ROW EXECUTE FUNCTION list_never_edited()', name);
    END LOOP;
END
$$;
