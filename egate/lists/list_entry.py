"""An entry as an officer reads it, and the bytes of it that are sealed."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from egate.domain.record import Direction
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListAction, ListKind
from egate.lists.listed_person import ListedPerson

MAX_ENTRY_BYTES: Final = 1 << 14
TAG_BYTES: Final = 16
"""Of its seal, which are part of the limit."""
_MAX_ID: Final = 64
_MAX_LINE: Final = 300
_MAX_INSTRUCTION: Final = 2000
_BOTH: Final = "both"
_REVISION_DIGITS: Final = 16
# Bangla is written with these two, which Python takes for unprintable.
_JOINERS: Final = {0x200C: None, 0x200D: None}


@dataclass(frozen=True, slots=True)
class ListEntry:
    """Why somebody or something is listed. Personal.

    Args:
        entry_id: for ever; an entry that is changed keeps it.
        kind: the list it is on.
        legal_basis: statute or court order; without one nobody is stopped.
        order_reference: of the order, circular or case.
        authority: who ordered it.
        valid_from: the first day.
        valid_to: the last day, None for a document that is dead for good.
        direction: in which it is meant, None for both.
        action: what the gate does.
        instruction: to the officer.
        court: that ordered it, or the statute that needs none; of an exit ban, never missing at
            the centre.
        contact: whom the officer calls.
        persons: whom it lists; none where it lists documents alone.

    """

    entry_id: str
    kind: ListKind
    legal_basis: str = field(repr=False)
    order_reference: str = field(repr=False)
    authority: str = field(repr=False)
    valid_from: dt.date
    valid_to: dt.date | None
    direction: Direction | None
    action: ListAction
    instruction: str = field(repr=False)
    court: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    persons: tuple[ListedPerson, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Refuse what no officer could act on.

        Raises:
            ListRefused: a field is missing, too long, or not printable; the message names it.

        """
        _demand("entry_id", self.entry_id, _MAX_ID)
        _demand("legal_basis", self.legal_basis, _MAX_LINE)
        _demand("order_reference", self.order_reference, _MAX_LINE)
        _demand("authority", self.authority, _MAX_LINE)
        _printable("instruction", self.instruction, _MAX_INSTRUCTION)
        _printable("court", self.court, _MAX_LINE)
        _printable("contact", self.contact, _MAX_LINE)
        if self.valid_to is None and not self.kind.is_for_good:
            raise ListRefused("valid_to: missing; every order has a day of review")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ListRefused("valid_to: before valid_from")
        if self.persons:
            self._check_persons()

    def _check_persons(self) -> None:
        if self.kind.is_for_good:
            raise ListRefused("name: a list that documents are on for good has no persons")
        if len(self.to_bytes()) > MAX_ENTRY_BYTES - TAG_BYTES:
            raise ListRefused("name: more persons and aliases than an entry may have")

    @property
    def revision(self) -> str:
        """What tells whether the entry still lists the same persons: 16 hexadecimal digits.

        An officer's *not the same person* is about these, and not about instruction or dates.
        """
        return revision_of(self.persons)

    def applies(self, direction: Direction | None, at: dt.date) -> bool:
        """Say whether it counts for a traveller in ``direction``, None for any, on the day ``at``.

        A document on a list for good has no last day: a book that is found again stays dead.
        """
        if at < self.valid_from:
            return False
        if direction is not None and self.direction not in (None, direction):
            return False
        return self.kind.is_for_good or self.valid_to is None or at <= self.valid_to

    def as_json(self) -> dict[str, Any]:
        """Return its fields, dates as ISO 8601; ``persons`` only where it lists some."""
        persons = {"persons": _as_json(self.persons)} if self.persons else {}
        return {
            "entry_id": self.entry_id,
            "list": self.kind.value,
            "legal_basis": self.legal_basis,
            "order_reference": self.order_reference,
            "authority": self.authority,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to and self.valid_to.isoformat(),
            "direction": self.direction.value if self.direction else _BOTH,
            "action": self.action.value,
            "instruction": self.instruction,
            "court": self.court,
            "contact": self.contact,
            **persons,
        }

    def to_bytes(self) -> bytes:
        """Return the one way to write it: two entries are the same if their bytes are."""
        return _written(self.as_json())

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return what ``to_bytes`` wrote.

        Raises:
            ListRefused: it did not.

        """
        try:
            return cls.of(json.loads(raw))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ListRefused("entry: malformed") from None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return the entry with the fields of ``as_json``.

        Raises:
            ListRefused: a field is not what it must be; the message names it.

        """
        return cls(
            entry_id=row["entry_id"],
            kind=ListKind(row["list"]),
            legal_basis=row["legal_basis"],
            order_reference=row["order_reference"],
            authority=row["authority"],
            valid_from=_day("valid_from", row["valid_from"]),
            valid_to=_day("valid_to", row["valid_to"]) if row["valid_to"] else None,
            direction=_direction(row["direction"]),
            action=_action(row["action"]),
            instruction=row["instruction"],
            court=row.get("court", ""),  # versions of before these two say nothing of them
            contact=row.get("contact", ""),
            persons=tuple(ListedPerson.of(each) for each in row.get("persons", ())),
        )


def revision_of(persons: Iterable[ListedPerson]) -> str:
    """Return the revision of an entry that lists these; see `ListEntry.revision`."""
    return hashlib.sha256(_written(_as_json(persons))).hexdigest()[:_REVISION_DIGITS]


def _as_json(persons: Iterable[ListedPerson]) -> list[dict[str, Any]]:
    return [each.as_json() for each in persons]


def _written(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False).encode("utf-8")


def _demand(name: str, text: str, most: int) -> None:
    if not text.strip():
        raise ListRefused(f"{name}: missing")
    _printable(name, text, most)


def _printable(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise ListRefused(f"{name}: more than {most} characters")
    if not (text.isprintable() or text.translate(_JOINERS).isprintable()):
        raise ListRefused(f"{name}: a character that cannot be printed")


def _day(name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ListRefused(f"{name}: not a date as YYYY-MM-DD") from None


def _direction(text: str) -> Direction | None:
    try:
        return None if text == _BOTH else Direction(text)
    except ValueError:
        raise ListRefused("direction: not entry, exit or both") from None


def _action(text: str) -> ListAction:
    try:
        return ListAction(text)
    except ValueError:
        raise ListRefused("action: not REFER_SILENT, REFER or INFO") from None
