"""One entry of a list between the form on a page and rows as the centre takes them. Personal."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.console.access.bodies import Form
from egate.lists.kinds import ListAction, ListKind
from egate.wire.v1 import list_entry_pb2 as wire

ORDER_FIELDS: Final = (
    "legal_basis",
    "order_reference",
    "authority",
    "court",
    "valid_from",
    "valid_to",
    "direction",
    "action",
    "instruction",
    "contact",
)
PERSON_FIELDS: Final = (
    "name",
    "primary_identifier",
    "secondary_identifier",
    "aliases",
    "date_of_birth",
    "nationality",
    "sex",
)
MOST_ROWS: Final = 500
_MOST_PERSONS: Final = 8
_MOST_CHARACTERS: Final = 2000
_LINE: Final = re.compile(r"(\S{1,2})\s+([A-Za-z<]{1,3})\s+(\S{1,30})(?:\s+([A-Z]{1,10}))?")


class BadEntry(Exception):
    """The form makes no entry; the key of what to say."""


@dataclass(frozen=True, slots=True)
class EntryForm:
    """What stands in the form.

    Args:
        kind: the list.
        entry_id: "" for one that the console names.
        order: of ``ORDER_FIELDS``.
        documents: one a line, as ``P BGD A0123456``; what became of it behind, unless listed.
        persons: of ``PERSON_FIELDS`` each.

    """

    kind: ListKind
    entry_id: str = ""
    order: Mapping[str, str] = field(default_factory=dict, repr=False)
    documents: str = field(default="", repr=False)
    persons: Sequence[Mapping[str, str]] = field(default=(), repr=False)

    @classmethod
    def new(cls, kind: ListKind, today: str) -> "EntryForm":
        """Return the form of an entry to come, with what is usual on that list."""
        order = dict.fromkeys(ORDER_FIELDS, "")
        order |= {"valid_from": today, "direction": "both", "action": ListAction.REFER_SILENT}
        if kind is ListKind.OFFLOAD:
            order |= {"direction": "exit", "action": ListAction.REFER, "valid_to": today}
        if kind is ListKind.EXIT_BAN:
            order |= {"direction": "exit"}
        return cls(kind, order=order)

    @classmethod
    def sent(cls, kind: ListKind, form: Form) -> "EntryForm":
        """Return what a page sent; too much of it is cut, and the centre says what is wrong."""
        taken = {name: form.text(name).strip()[:_MOST_CHARACTERS] for name in ORDER_FIELDS}
        persons = [
            {name: form.text(f"{name}-{at}").strip()[:_MOST_CHARACTERS] for name in PERSON_FIELDS}
            for at in range(_MOST_PERSONS)
        ]
        return cls(
            kind,
            form.text("entry_id").strip(),
            taken,
            form.text("documents"),
            [person for person in persons if any(person.values())],
        )

    @classmethod
    def of(cls, entry: wire.ListedEntry) -> "EntryForm":
        """Return the form of an entry that there is.

        Raises:
            BadEntry: it has more than the form can show, or its list is unknown here.

        """
        if entry.list not in frozenset(ListKind):
            raise BadEntry("supervision.nothing_found")
        first, lines, persons = entry.rows[0], [], []
        for row in entry.rows:
            if row.document_number:
                status = "" if row.status == "LISTED" else f" {row.status}"
                lines.append(
                    f"{row.document_type} {row.issuing_state} {row.document_number}{status}"
                )
            else:
                persons.append({name: getattr(row, name) for name in PERSON_FIELDS})
        if len(entry.rows) >= MOST_ROWS or len(persons) > _MOST_PERSONS:
            raise BadEntry("supervision.too_large")
        order = {name: getattr(first, name) for name in ORDER_FIELDS}
        return cls(ListKind(entry.list), first.entry_id, order, "\n".join(lines), persons)

    @property
    def shown_persons(self) -> Sequence[Mapping[str, str]]:
        """The persons, and an empty one to fill in."""
        empty = dict.fromkeys(PERSON_FIELDS, "")
        return [*self.persons, empty][:_MOST_PERSONS]

    def rows(self, today: str) -> list[dict[str, str]]:
        """Return the rows that say all of the entry.

        Raises:
            BadEntry: a line is no document, or nobody and nothing is listed.

        """
        entry_id = self.entry_id or f"{self.kind}-{today}-{secrets.token_hex(4)}"
        entry = {"entry_id": entry_id, **self.order}
        rows = [entry | _document(line) for line in self.documents.splitlines() if line.strip()]
        rows += [entry | dict(person) for person in self.persons]
        if not rows:
            raise BadEntry("supervision.nobody_listed")
        return rows


def _document(line: str) -> dict[str, str]:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise BadEntry("supervision.document_wrong")
    code, state, number, status = found.groups()
    given = {"document_type": code, "issuing_state": state, "document_number": number}
    return given | {"status": status or "LISTED"}
