"""What makers propose: revisions of entries, by hand or from a file, with a preview."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from egate.central.database import Connection
from egate.central.lists.acts import Act, ActRefused, Maker, Preview, Scope
from egate.central.lists.incoming_rows import IncomingRows, Row
from egate.lists.kinds import ListKind

_LONG_SECONDS: Final = 3600.0
"""An import of ten million documents is one statement; no gate waits for it."""
_REVOKE: Final = """
INSERT INTO change_entry
SELECT entry_id, revision, false, false, true FROM list_in_force
WHERE list = $1 AND entry_id = $2 AND NOT revoked RETURNING 1
"""
_WITHDRAW_ALL: Final = """
INSERT INTO change_document
SELECT entry_id, doc_key, kind, issuing_state, number, 'WITHDRAWN', status
FROM list_document_in_force WHERE list = $1 AND entry_id = $2 AND status <> 'WITHDRAWN'
"""
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('list ' || $1, 0))"
_PROPOSE: Final = """
INSERT INTO list_proposal (list, act, reason, preview, proposed_by) VALUES ($1, $2, $3, $4, $5)
RETURNING proposal_id
"""
# Another proposal of the same transaction may have made them.
_PREPARE: Final = """
CREATE TEMP TABLE IF NOT EXISTS incoming_document (line integer, entry_id text, doc_key uuid,
    kind text, issuing_state text, number text, status text) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS incoming_entry (entry_id text, legal_basis text,
    order_reference text, authority text, court text, valid_from date, valid_to date,
    direction text, action text, instruction text, contact text, persons jsonb) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS change_document (entry_id text, doc_key uuid, kind text,
    issuing_state text, number text, status text, before text) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS change_entry (entry_id text PRIMARY KEY, base integer,
    is_new boolean, is_changed boolean, revoked boolean) ON COMMIT DROP;
TRUNCATE incoming_document, incoming_entry, change_document, change_entry;
"""
# Of the rows about one document the last one counts.
_CHANGED_DOCUMENTS: Final = """
INSERT INTO change_document
SELECT sent.entry_id, sent.doc_key, sent.kind, sent.issuing_state, sent.number, sent.status,
    coalesce(held.status, 'WITHDRAWN')
FROM (SELECT DISTINCT ON (entry_id, doc_key, kind) * FROM incoming_document
    ORDER BY entry_id, doc_key, kind, line DESC) AS sent
LEFT JOIN (SELECT * FROM list_document_in_force WHERE list = $1) AS held
    ON held.doc_key = sent.doc_key AND held.entry_id = sent.entry_id AND held.kind = sent.kind
WHERE coalesce(held.status, 'WITHDRAWN') <> sent.status
"""
# First of all changes; $2: of the whole list.
_LEFT_OUT: Final = """
INSERT INTO change_document
SELECT held.entry_id, held.doc_key, held.kind, held.issuing_state, held.number, 'WITHDRAWN',
    held.status
FROM (SELECT * FROM list_document_in_force WHERE list = $1 AND status <> 'WITHDRAWN') AS held
WHERE ($2 OR EXISTS (SELECT FROM incoming_entry AS named WHERE named.entry_id = held.entry_id))
    AND NOT EXISTS (SELECT FROM incoming_document AS sent WHERE sent.doc_key = held.doc_key
        AND sent.entry_id = held.entry_id AND sent.kind = held.kind)
"""
# Rows that name no person say nothing of persons, unless they say everything of the entry ($2).
_PERSONS: Final = """
UPDATE incoming_entry AS sent SET persons = CASE WHEN $2 THEN '[]' ELSE coalesce((
    SELECT persons FROM list_in_force AS held
    WHERE held.list = $1 AND held.entry_id = sent.entry_id), '[]') END
WHERE persons IS NULL
"""
_CHANGED_ENTRIES: Final = """
INSERT INTO change_entry
SELECT sent.entry_id, coalesce(held.revision, 0), held.revision IS NULL OR held.revoked,
    (held.legal_basis, held.order_reference, held.authority, held.court, held.valid_from,
        held.valid_to, held.direction, held.action, held.instruction, held.contact, held.persons)
    IS DISTINCT FROM
    (sent.legal_basis, sent.order_reference, sent.authority, sent.court, sent.valid_from,
        sent.valid_to, sent.direction, sent.action, sent.instruction, sent.contact, sent.persons),
    false
FROM incoming_entry AS sent
LEFT JOIN (SELECT * FROM list_in_force WHERE list = $1) AS held USING (entry_id)
"""
_UNTOUCHED: Final = """
DELETE FROM change_entry AS entry WHERE NOT is_new AND NOT is_changed AND NOT EXISTS (
    SELECT FROM change_document AS document WHERE document.entry_id = entry.entry_id)
"""
# Documents alone are withdrawn from these.
_ONLY_DOCUMENTS: Final = """
INSERT INTO change_entry
SELECT held.entry_id, held.revision, false, false, held.revoked
FROM list_in_force AS held
WHERE held.list = $1 AND held.entry_id IN (SELECT entry_id FROM change_document)
ON CONFLICT DO NOTHING
"""
_REVOKE_LEFT_OUT: Final = """
INSERT INTO change_entry
SELECT held.entry_id, held.revision, false, false, true
FROM list_in_force AS held
WHERE held.list = $1 AND NOT held.revoked
    AND NOT EXISTS (SELECT FROM incoming_entry AS sent WHERE sent.entry_id = held.entry_id)
ON CONFLICT (entry_id) DO UPDATE SET revoked = true
"""
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE before = 'WITHDRAWN') AS added,
    count(*) FILTER (WHERE status = 'WITHDRAWN') AS removed,
    count(*) FILTER (WHERE status <> 'WITHDRAWN' AND before <> 'WITHDRAWN') AS changed_documents,
    (SELECT count(*) FROM change_entry WHERE is_new) AS new_entries,
    (SELECT count(*) FROM change_entry WHERE NOT is_new AND is_changed) AS changed_entries,
    (SELECT count(*) FROM change_entry WHERE revoked) AS revoked_entries
FROM change_document
"""
_STORE_ENTRIES: Final = """
INSERT INTO list_entry (list, entry_id, revision, base, proposal_id, revoked, legal_basis,
    order_reference, authority, court, valid_from, valid_to, direction, action, instruction,
    contact, port, persons)
SELECT $1, change.entry_id, 1 + coalesce((SELECT max(revision) FROM list_entry AS any_revision
        WHERE any_revision.list = $1 AND any_revision.entry_id = change.entry_id), 0),
    change.base, $2, change.revoked, said.legal_basis, said.order_reference, said.authority,
    said.court, said.valid_from, said.valid_to, said.direction, said.action, said.instruction,
    said.contact, coalesce(held.port, $3), said.persons
FROM change_entry AS change
LEFT JOIN list_entry AS held ON held.list = $1 AND held.entry_id = change.entry_id
    AND held.revision = change.base
JOIN LATERAL (
    SELECT legal_basis, order_reference, authority, court, valid_from, valid_to, direction,
        action, instruction, contact, persons
    FROM incoming_entry AS sent WHERE sent.entry_id = change.entry_id
    UNION ALL
    SELECT held.legal_basis, held.order_reference, held.authority, held.court, held.valid_from,
        held.valid_to, held.direction, held.action, held.instruction, held.contact, held.persons
    WHERE held.entry_id IS NOT NULL
    LIMIT 1
) AS said ON true
"""
_STORE_DOCUMENTS: Final = """
INSERT INTO list_document (doc_key, list, entry_id, revision, kind, issuing_state, number, status)
SELECT change.doc_key, $1, change.entry_id, entry.revision, change.kind, change.issuing_state,
    change.number, change.status
FROM change_document AS change
JOIN list_entry AS entry ON entry.list = $1 AND entry.entry_id = change.entry_id
    AND entry.proposal_id = $2
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, but for the rows.

    Args:
        kind: of which list.
        act: in which way.
        maker: by whom, and why.
        scope: of what the rows say everything.
        port: of an offload, as a UN/LOCODE; of new entries.
        without_refused: take the other rows where some are refused.

    """

    kind: ListKind
    act: Act
    maker: Maker
    scope: Scope
    port: str = ""
    without_refused: bool = False


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of it: None for the number where rows were refused, so that there is none."""

    proposal_id: int | None
    preview: Preview


async def propose(connection: Connection, proposal: Proposal, rows: Iterable[Row]) -> Proposed:
    """Store what ``rows`` change; nothing of it is in force before somebody else approves.

    Args:
        connection: to the centre's database.
        proposal: what it is.
        rows: of entries and documents; of one document the last row counts.

    Raises:
        ActRefused: nothing would change, or another proposal changed an entry meanwhile.
        ListRefused: the rows cannot be read.

    """
    async with connection.transaction():
        preview = await _compare(connection, proposal.kind, rows, proposal.scope)
        if preview.refused and not proposal.without_refused:
            return Proposed(None, preview)
        if preview.is_nothing():
            raise ActRefused("nothing would change")
        return Proposed(await _store(connection, proposal, preview), preview)


async def preview(
    connection: Connection, kind: ListKind, rows: Iterable[Row], scope: Scope
) -> Preview:
    """Return what ``propose`` would change, and change nothing.

    Raises:
        ListRefused: the rows cannot be read.
        ActRefused: they have too many entries.

    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        return await _compare(connection, kind, rows, scope)
    finally:
        await transaction.rollback()


async def propose_revocation(connection: Connection, proposal: Proposal, entry_id: str) -> Proposed:
    """Propose that an entry leaves the list, and with it all its documents.

    Raises:
        ActRefused: it is not in force.

    """
    kind = proposal.kind
    async with connection.transaction():
        await connection.execute(_PREPARE)
        await _one_at_a_time(connection, kind)
        if not await connection.fetch(_REVOKE, kind.value, entry_id):
            raise ActRefused("entry_id: no entry of that id is in force")
        await connection.execute(_WITHDRAW_ALL, kind.value, entry_id, timeout=_LONG_SECONDS)
        counted = await _counted(connection, Preview(kind))
        return Proposed(await _store(connection, proposal, counted), counted)


async def _compare(
    connection: Connection, kind: ListKind, rows: Iterable[Row], scope: Scope
) -> Preview:
    """Fill the temporary tables of what changes, and count them."""
    await connection.execute(_PREPARE)
    incoming = IncomingRows(kind)
    await incoming.copy(connection, rows)
    await _one_at_a_time(connection, kind)

    async def run(statement: str, *arguments: object) -> int:
        done = await connection.execute(statement, kind.value, *arguments, timeout=_LONG_SECONDS)
        return int(done.rpartition(" ")[2])  # how many rows

    staying = 0
    if scope is not Scope.NOTHING:
        left_out = await run(_LEFT_OUT, scope is Scope.LIST)
        if kind.is_for_good:
            staying = left_out
            await connection.execute("TRUNCATE change_document")
    await run(_CHANGED_DOCUMENTS)
    await run(_PERSONS, scope is not Scope.NOTHING)
    await run(_CHANGED_ENTRIES)
    await connection.execute(_UNTOUCHED, timeout=_LONG_SECONDS)
    await run(_ONLY_DOCUMENTS)
    if scope is Scope.LIST and not kind.is_for_good:
        await run(_REVOKE_LEFT_OUT)
    preview = Preview(
        kind,
        rows=incoming.rows,
        stays_for_good=staying,
        refused=incoming.refused,
        refused_rows=tuple(incoming.refused_rows),
    )
    return await _counted(connection, preview)


async def _one_at_a_time(connection: Connection, kind: ListKind) -> None:
    await connection.execute(_ONE_AT_A_TIME, kind.value, timeout=_LONG_SECONDS)


async def _counted(connection: Connection, preview: Preview) -> Preview:
    counts = await connection.fetchrow(_COUNTS, timeout=_LONG_SECONDS)
    return replace(preview, **dict(counts))


async def _store(connection: Connection, proposal: Proposal, preview: Preview) -> int:
    kind, maker = proposal.kind.value, proposal.maker
    shown = json.dumps(preview.as_json())
    proposal_id: int = await connection.fetchval(
        _PROPOSE, kind, proposal.act.value, maker.reason, shown, maker.officer_id
    )
    await connection.execute(
        _STORE_ENTRIES, kind, proposal_id, proposal.port, timeout=_LONG_SECONDS
    )
    await connection.execute(_STORE_DOCUMENTS, kind, proposal_id, timeout=_LONG_SECONDS)
    return proposal_id
