-- Who changed what is known of authorisations, successions, extensions and systems: one row an
-- import. What a person made waits in it until another approves.
CREATE TABLE authorisation_act (
    act_id uuid PRIMARY KEY,
    subject text NOT NULL,
    legal_basis text NOT NULL,
    -- Whose file it was; empty when a person made it.
    source_system text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    decided_by text,
    decided_at timestamptz,
    in_force_at timestamptz,
    -- What is not decided.
    waiting jsonb,
    CONSTRAINT maker_is_not_checker CHECK (
        in_force_at IS NULL OR source_system <> '' OR lower(decided_by) <> lower(made_by)),
    CONSTRAINT persons_are_checked CHECK (
        in_force_at IS NULL OR source_system <> '' OR decided_by IS NOT NULL)
);

-- What is known, and what was: a row is added and retired, and never changed.
CREATE TABLE authorisation_entry (
    -- Of the document; of nil what is about none. A succession lies at both of its documents.
    doc_key uuid NOT NULL,
    subject text NOT NULL,
    -- Which one of its subject.
    identity text NOT NULL,
    act_id uuid NOT NULL,
    retired_by uuid,
    -- As egate/central/authorisations/rows.py has it.
    content jsonb NOT NULL,
    PRIMARY KEY (doc_key, subject, identity, act_id)
);
CREATE UNIQUE INDEX authorisation_entry_in_force ON authorisation_entry
    (doc_key, subject, identity) WHERE retired_by IS NULL;
CREATE INDEX authorisation_entry_by_identity ON authorisation_entry
    (subject, identity) WHERE retired_by IS NULL;

-- When a source was last heard of.
CREATE TABLE authorisation_source (
    source_system text PRIMARY KEY,
    heard_at timestamptz NOT NULL
);

-- Documents that successions connect are one holder's; the least key of them stands for all.
-- Stays of the holder lie under it. A document that nothing connects has no row.
CREATE TABLE document_holder (
    doc_key uuid PRIMARY KEY,
    holder uuid NOT NULL,
    members uuid[] NOT NULL,
    -- One of them is of the own State, whose citizens go away and come back.
    own boolean NOT NULL
);

ALTER TABLE stay
    -- Last day of an open stay of a foreigner; infinity without a limit, NULL when nobody said.
    ADD COLUMN allowed_until date,
    ADD COLUMN entry_port text,
    -- SHA-256 of the rules by which these were found; NULL before.
    ADD COLUMN judged_by text;
CREATE INDEX stay_to_judge ON stay (judged_by) WHERE kind = 1 AND NOT absence;
CREATE INDEX stay_overdue ON stay (allowed_until) WHERE kind = 1 AND NOT absence;
