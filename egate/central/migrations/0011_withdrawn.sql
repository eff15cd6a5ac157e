-- A maker takes back what they proposed: the end of a proposal as a checker's decision is, so that
-- it has one end, whoever comes first.
ALTER TABLE list_decision
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT maker_is_not_checker,
    ADD CONSTRAINT maker_is_not_checker
        CHECK (withdrawn OR lower(decided_by) <> lower(proposed_by)),
    ADD CONSTRAINT maker_alone_withdraws
        CHECK (NOT withdrawn OR (NOT approved AND lower(decided_by) = lower(proposed_by)));
