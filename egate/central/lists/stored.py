"""How an entry lies in its columns."""

import json
from collections.abc import Mapping
from typing import Any, Final

from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry

_TEXTS: Final = (
    "legal_basis", "order_reference", "authority", "court", "valid_from", "valid_to",
    "direction", "action", "instruction", "contact",
)  # fmt: skip
ENTRY_COLUMNS: Final = ("entry_id", *_TEXTS, "persons")
"""Of what an entry says, in the order of `entry_values` after its id."""


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
