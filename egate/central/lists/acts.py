"""What somebody may do with lists, and why it may be refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from egate.lists.kinds import ListKind
from egate.lists.source import RefusedRow

_OFFICER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_REASON: Final = 300
SHOWN_REFUSALS: Final = 1000


class ActRefused(Exception):
    """Nothing was done; says why in one line, without what is personal."""


class Act(StrEnum):
    """What is proposed."""

    ENTRY = "ENTRY"
    REVOCATION = "REVOCATION"
    IMPORT = "IMPORT"


class Scope(StrEnum):
    """Of what rows say everything, so that what they leave out is taken off.

    Never off a list that documents are on for good: a document leaves it by a row that says
    WITHDRAWN.
    """

    NOTHING = "NOTHING"
    ENTRIES = "ENTRIES"
    """Of the entries that they name."""
    LIST = "LIST"
    """Of the whole list."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who acts, and why.

    Args:
        officer_id: of the person.
        reason: for those who look into it later.

    """

    officer_id: str
    reason: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse who cannot be named.

        Raises:
            ActRefused: no such id, or no reason that can be printed.

        """
        if not _OFFICER.fullmatch(self.officer_id):
            raise ActRefused("officer_id: not the id of an officer")
        if not self.reason.strip() or len(self.reason) > _MAX_REASON:
            raise ActRefused(f"reason: 1 to {_MAX_REASON} characters")
        if not self.reason.isprintable():
            raise ActRefused("reason: a character that cannot be printed")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal would change; documents are counted once for each entry that names them.

    Args:
        kind: the list.
        rows: how many came.
        added: documents that are new.
        removed: documents that leave the list.
        changed_documents: of which something else is said: found again.
        new_entries: that are not in force yet.
        changed_entries: of which something else is said.
        revoked_entries: that leave the list.
        stays_for_good: documents that the rows leave out, and that stay.
        refused: how many rows are not taken.
        refused_rows: the first of them, with line and reason.

    """

    kind: ListKind
    rows: int = 0
    added: int = 0
    removed: int = 0
    changed_documents: int = 0
    new_entries: int = 0
    changed_entries: int = 0
    revoked_entries: int = 0
    stays_for_good: int = 0
    refused: int = 0
    refused_rows: Sequence[RefusedRow] = ()

    def is_nothing(self) -> bool:
        """Whether everything is as the proposal wants it."""
        documents = self.added or self.removed or self.changed_documents
        return not (documents or self.new_entries or self.changed_entries or self.revoked_entries)

    def as_json(self) -> dict[str, Any]:
        """Return its fields; nothing in them is personal."""
        return {
            "list": self.kind.value,
            "rows": self.rows,
            "added": self.added,
            "removed": self.removed,
            "changed_documents": self.changed_documents,
            "new_entries": self.new_entries,
            "changed_entries": self.changed_entries,
            "revoked_entries": self.revoked_entries,
            "stays_for_good": self.stays_for_good,
            "refused": self.refused,
            "refused_rows": [
                {"line": each.line, "reason": each.reason} for each in self.refused_rows
            ],
        }
