"""How an entry lies in its columns."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from egate.central.database import Connection
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry

_TEXTS: Final = (
    "legal_basis", "order_reference", "authority", "court", "valid_from", "valid_to",
    "direction", "action", "instruction", "contact",
)  # fmt: skip
ENTRY_COLUMNS: Final = ("entry_id", *_TEXTS, "persons")
"""Of what an entry says, in the order of `entry_values` after its id."""

_ENTRIES: Final = "SELECT * FROM list_in_force WHERE list = $1"
# The rows of one entry are together in a file.
_DOCUMENTS: Final = """
SELECT entry_id, kind, issuing_state, number, status FROM list_document_in_force WHERE list = $1
ORDER BY entry_id, doc_key, kind
"""
_LONG_SECONDS: Final = 3600.0


def entry_values(entry: ListEntry) -> tuple[Any, ...]:
    """Return what ``entry`` says, one value a column."""
    said = entry.as_json()
    said |= {"valid_from": entry.valid_from, "valid_to": entry.valid_to}
    return (*(said[name] for name in _TEXTS), json.dumps(said.get("persons", [])))


def stored_entry(row: Mapping[str, Any], kind: ListKind) -> ListEntry:
    """Return the entry of a row with `ENTRY_COLUMNS`.

    Raises:
        ListRefused: a rule about entries came after it was stored.

    """
    said = {name: row[name] for name in ("entry_id", *_TEXTS)}
    said |= {
        "list": kind.value,
        "valid_from": row["valid_from"].isoformat(),
        "valid_to": row["valid_to"].isoformat() if row["valid_to"] else "",
        "persons": json.loads(row["persons"]),
    }
    return ListEntry.of(said)


async def entries_of(connection: Connection, kind: ListKind) -> dict[str, ListEntry]:
    """Return every entry of a list that was ever approved, by its id, as it reads now.

    Those that were revoked are there too: of their documents it has to be said that they left.
    What they said of persons is not.

    Raises:
        ListRefused: a rule about entries came after one was stored.

    """
    found = await connection.fetch(_ENTRIES, kind.value, timeout=_LONG_SECONDS)
    entries = {row["entry_id"]: (stored_entry(row, kind), row["revoked"]) for row in found}
    return {
        entry_id: replace(entry, persons=()) if revoked else entry
        for entry_id, (entry, revoked) in entries.items()
    }


async def documents_of(connection: Connection, kind: ListKind) -> Any:  # noqa: ANN401 - of asyncpg
    """Return a cursor over the documents of a list, by entries; in a transaction."""
    return await connection.cursor(_DOCUMENTS, kind.value, timeout=_LONG_SECONDS)
