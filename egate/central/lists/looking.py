"""What officers look up: proposals that wait, entries and their history."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from egate.central.database import Connection
from egate.central.document_key import document_key
from egate.central.lists.acts import ActRefused
from egate.central.lists.stored import stored_entry
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.source import RowStatus, SourceRow

MOST_FOUND: Final = 200
_MOST_DOCUMENTS: Final = 500
_MAX_WORDS: Final = 100
_PROPOSALS: Final = """
SELECT proposal.proposal_id, proposal.list, proposal.act, proposal.reason, proposal.preview,
    proposal.proposed_by, proposal.proposed_at, decision.approved, decision.withdrawn,
    decision.decided_by, decision.decided_at, decision.reason AS decision_reason
FROM list_proposal AS proposal LEFT JOIN list_decision AS decision USING (proposal_id)
WHERE ($1 = '' OR proposal.list = $1) AND ($2 OR decision.proposal_id IS NULL)
    AND ($3::bigint IS NULL OR proposal.proposal_id = $3)
ORDER BY proposal.proposal_id DESC LIMIT $4
"""
_WAITING: Final = """
SELECT proposed_by, count(*) AS count FROM list_proposal AS proposal
WHERE NOT EXISTS (SELECT FROM list_decision AS decision
    WHERE decision.proposal_id = proposal.proposal_id)
GROUP BY proposed_by ORDER BY proposed_by
"""
_ENTRIES_OF_PROPOSAL: Final = """
SELECT * FROM list_entry WHERE proposal_id = $1 ORDER BY entry_id LIMIT $2
"""
_DOCUMENTS_OF_PROPOSAL: Final = """
SELECT document.entry_id, document.kind, document.issuing_state, document.number, document.status
FROM list_document AS document JOIN list_entry AS entry ON entry.list = document.list
    AND entry.entry_id = document.entry_id AND entry.revision = document.revision
WHERE entry.proposal_id = $1 AND document.entry_id = ANY($2)
ORDER BY document.entry_id, document.doc_key LIMIT $3
"""
# $2 an id, $3 a document, $4 words of a name or an order as they were written.
_SEARCH: Final = """
SELECT * FROM list_in_force AS entry
WHERE ($1 = '' OR entry.list = $1) AND ($2 = '' OR entry.entry_id = $2)
    AND ($3::uuid IS NULL OR EXISTS (
        SELECT FROM list_document AS document WHERE document.doc_key = $3
            AND document.list = entry.list AND document.entry_id = entry.entry_id))
    AND ($4 = '' OR position(lower($4) IN lower(entry.order_reference)) > 0 OR EXISTS (
        SELECT FROM jsonb_array_elements(entry.persons) AS person,
            jsonb_array_elements_text(person -> 'names') AS name
        WHERE position(lower($4) IN lower(name)) > 0))
ORDER BY entry.list, entry.entry_id LIMIT $5
"""
_DOCUMENTS_OF_ENTRY: Final = """
SELECT entry_id, kind, issuing_state, number, status FROM list_document_in_force
WHERE list = $1 AND entry_id = $2 ORDER BY doc_key LIMIT $3
"""
_HISTORY: Final = """
SELECT entry.*, proposal.act, proposal.reason, proposal.proposed_by, proposal.proposed_at,
    decision.approved, decision.withdrawn, decision.decided_by, decision.decided_at,
    decision.reason AS decision_reason
FROM list_entry AS entry JOIN list_proposal AS proposal USING (proposal_id)
LEFT JOIN list_decision AS decision USING (proposal_id)
WHERE entry.list = $1 AND entry.entry_id = $2 ORDER BY entry.revision DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """The end of a proposal.

    Args:
        approved: by a checker; refused by one if it was not withdrawn either.
        withdrawn: by its maker.
        officer_id: of that person.
        at: when.
        reason: why.

    """

    approved: bool
    withdrawn: bool
    officer_id: str
    at: dt.datetime
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeenProposal:
    """A proposal as a checker sees it.

    Args:
        proposal_id: its number.
        kind: the list.
        act: value of ``Act``.
        officer_id: who proposed it.
        at: when.
        reason: why.
        preview: of what it changes, as ``Preview.as_json``.
        decided: by the checker, or taken back; None while it waits.

    """

    proposal_id: int
    kind: ListKind
    act: str
    officer_id: str
    at: dt.datetime
    reason: str = field(repr=False)
    preview: Mapping[str, Any]
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """A revision of an entry. Personal.

    Args:
        revision: its number.
        revoked: by this revision it is off the list.
        port: of an offload.
        rows: what it says, a row for each document, to 500.

    """

    revision: int
    revoked: bool
    port: str
    rows: Sequence[SourceRow] = field(repr=False)


async def proposals(
    connection: Connection, kind: ListKind | None, *, decided_too: bool
) -> list[SeenProposal]:
    """Return proposals, the newest first, to 200.

    Args:
        connection: to the centre's database.
        kind: of one list; None for all.
        decided_too: also those that wait for nobody.

    """
    found = await connection.fetch(
        _PROPOSALS, kind.value if kind else "", decided_too, None, MOST_FOUND
    )
    return [_proposal(row) for row in found]


async def waiting(connection: Connection) -> Mapping[str, int]:
    """Return how many proposals of each maker wait for a checker."""
    return {row["proposed_by"]: row["count"] for row in await connection.fetch(_WAITING)}


async def proposal(
    connection: Connection, proposal_id: int
) -> tuple[SeenProposal, list[SeenEntry]]:
    """Return a proposal with the first 200 of the entries as it would make them.

    Of documents there are those that it changes, to 500 in all.

    Raises:
        ActRefused: there is none of that number.

    """
    found = await connection.fetchrow(_PROPOSALS, "", True, proposal_id, 1)
    if found is None:
        raise ActRefused("proposal: there is none of that number")
    seen = _proposal(found)
    entries = await connection.fetch(_ENTRIES_OF_PROPOSAL, proposal_id, MOST_FOUND)
    documents = await connection.fetch(
        _DOCUMENTS_OF_PROPOSAL, proposal_id, [row["entry_id"] for row in entries], _MOST_DOCUMENTS
    )
    return seen, [_entry(row, seen.kind, documents) for row in entries]


async def search(
    connection: Connection,
    kind: ListKind | None,
    *,
    entry_id: str = "",
    document: ListedDocument | None = None,
    words: str = "",
) -> list[tuple[ListKind, SeenEntry]]:
    """Return entries that were ever in force, to 200.

    Args:
        connection: to the centre's database.
        kind: of one list; None for all.
        entry_id: that very one.
        document: those that name it, also when it was withdrawn.
        words: part of a name or of an order's reference.

    Raises:
        ActRefused: nothing to look for.

    """
    if not (entry_id or document or words.strip()) or len(words) > _MAX_WORDS:
        raise ActRefused("nothing to look for, or too much")
    if "\0" in entry_id + words:
        raise ActRefused("a character that no text has")
    key = document_key(document.issuing_state, document.number) if document else None
    found = await connection.fetch(
        _SEARCH, kind.value if kind else "", entry_id, key, words.strip(), MOST_FOUND
    )
    seen = []
    for row in found:
        of = ListKind(row["list"])
        documents = await connection.fetch(
            _DOCUMENTS_OF_ENTRY, of.value, row["entry_id"], _MOST_DOCUMENTS
        )
        seen.append((of, _entry(row, of, documents)))
    return seen


async def history(
    connection: Connection, kind: ListKind, entry_id: str
) -> list[tuple[SeenProposal, SeenEntry]]:
    """Return every revision of an entry, the newest first, to 200, and who made and decided it."""
    found = await connection.fetch(_HISTORY, kind.value, entry_id, MOST_FOUND)
    return [(_proposal({**row, "preview": "{}"}), _entry(row, kind, ())) for row in found]


def _proposal(row: Mapping[str, Any]) -> SeenProposal:
    decided = None
    if row["approved"] is not None:
        decided = Decided(
            row["approved"],
            row["withdrawn"],
            row["decided_by"],
            row["decided_at"],
            row["decision_reason"],
        )
    return SeenProposal(
        row["proposal_id"],
        ListKind(row["list"]),
        row["act"],
        row["proposed_by"],
        row["proposed_at"],
        row["reason"],
        json.loads(row["preview"]),
        decided,
    )


def _entry(
    row: Mapping[str, Any], kind: ListKind, documents: Sequence[Mapping[str, Any]]
) -> SeenEntry:
    entry = stored_entry(row, kind)
    rows = [_row(each, entry) for each in documents if each["entry_id"] == entry.entry_id]
    if entry.persons or not rows:
        rows.insert(0, SourceRow(0, None, entry, RowStatus.LISTED))
    return SeenEntry(row["revision"], row["revoked"], row["port"], rows)


def _row(row: Mapping[str, Any], entry: ListEntry) -> SourceRow:
    document = ListedDocument(row["kind"], row["issuing_state"], row["number"])
    return SourceRow(0, document, replace(entry, persons=()), RowStatus(row["status"]))
