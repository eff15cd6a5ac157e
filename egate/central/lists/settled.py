"""*Not the same person*: what an officer has cleared, so that nobody is stopped each trip."""

from dataclasses import dataclass
from typing import Final

from egate.central.database import Connection
from egate.central.lists.acts import ActRefused, Maker
from egate.central.lists.deciding import note_change
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument

_SETTLE: Final = """
INSERT INTO list_settled (decision_id, list, entry_id, revision, kind, issuing_state, number,
    officer_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING 1
"""
_ALL: Final = """
SELECT decision_id, list, entry_id, revision, kind, issuing_state, number, officer_id
FROM list_settled WHERE list = $1 ORDER BY decision_id
"""
_IS_SETTLED: Final = """
SELECT EXISTS (SELECT FROM list_settled WHERE list = $1 AND entry_id = $2 AND revision = $3
    AND kind = $4 AND issuing_state = $5 AND number = $6)
"""
_MAX_TEXT: Final = 64


@dataclass(frozen=True, slots=True)
class Settled:
    """An officer saw that the holder of a document is not whom an entry lists. Personal.

    Args:
        decision_id: of the officer's decision.
        kind: the list.
        entry_id: of the entry.
        revision: of its persons, as the officer saw them (``ListEntry.revision``).
        holder: their document.
        officer_id: who decided.

    """

    decision_id: str
    kind: ListKind
    entry_id: str
    revision: str
    holder: ListedDocument
    officer_id: str


async def settle(connection: Connection, decision: Settled) -> None:
    """Keep a decision for the next version of its list; again, it is the same decision.

    Args:
        connection: in the transaction that stores the officer's decision.
        decision: what they saw.

    Raises:
        ActRefused: it names no entry, no revision, or no officer.

    """
    Maker(decision.officer_id, "not the same person")  # refuses who is no officer
    texts = decision.decision_id, decision.entry_id, decision.revision
    if not all(0 < len(text) <= _MAX_TEXT and text.isprintable() for text in texts):
        raise ActRefused("decision_id, entry_id, revision: missing, or too long")
    holder = decision.holder
    async with connection.transaction():
        is_new = await connection.fetchval(
            _SETTLE,
            decision.decision_id,
            decision.kind.value,
            decision.entry_id,
            decision.revision,
            holder.kind,
            holder.issuing_state,
            holder.number,
            decision.officer_id,
        )
        if is_new:
            await note_change(connection, decision.kind.value)


async def is_settled(connection: Connection, entry: ListEntry, holder: ListedDocument) -> bool:
    """Say whether an officer saw that ``holder``'s holder is none of the persons of ``entry``."""
    found: bool = await connection.fetchval(
        _IS_SETTLED,
        entry.kind.value,
        entry.entry_id,
        entry.revision,
        holder.kind,
        holder.issuing_state,
        holder.number,
    )
    return found


async def settled(connection: Connection, kind: ListKind) -> tuple[Settled, ...]:
    """Return every decision about entries of a list."""
    return tuple(
        Settled(
            row["decision_id"],
            ListKind(row["list"]),
            row["entry_id"],
            row["revision"],
            ListedDocument(row["kind"], row["issuing_state"], row["number"]),
            row["officer_id"],
        )
        for row in await connection.fetch(_ALL, kind.value)
    )
