"""Hits of a referred traveller, for the officer who takes care of them and nobody else."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MAX_HITS: Final = 32


class HitMatch(StrEnum):
    """By what an entry names the traveller."""

    DOCUMENT = "document"
    NAME = "name"
    """The same name and the same whole date of birth."""
    LIKE_NAME = "like_name"
    """Perhaps the same person: the officer confirms or clears it."""


@dataclass(frozen=True, slots=True)
class PersonListed:
    """A person as the entry names one. Personal.

    Args:
        names: the name, then the aliases.
        date_of_birth: as far as it is known, as ``1974-XX-XX``; "" if it is not.
        nationality: one to three letters (9303-3 section 5), "" if unknown.
        sex: F, M or X, "" if unknown.

    """

    names: tuple[str, ...] = field(repr=False)
    date_of_birth: str = field(repr=False)
    nationality: str = field(repr=False)
    sex: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseHit:
    """One entry of a list that names the traveller or the document. Personal.

    Args:
        list_name: such as ``EXIT_BAN``.
        version: of the list.
        entry_id: of the entry.
        revision: what a decision of *not the same person* is about, 16 hexadecimal digits.
        action: ``REFER_SILENT``, ``REFER`` or ``INFO``, the last of which stops nobody.
        match: a ``HitMatch``, or a newer version's.
        score: how alike the names are, 0 to 1; None for a document.
        legal_basis: statute or court order.
        order_reference: of the order, circular or case.
        authority: who ordered it.
        court: that ordered it; "" where none is named.
        instruction: to the officer.
        contact: whom the officer calls; "" where nobody is named.
        valid_from: the first day, ISO 8601.
        valid_to: the last day; "" for a document that is dead for good.
        persons: whom the entry names; none where it names documents alone.

    """

    list_name: str
    version: int
    entry_id: str
    revision: str
    action: str
    match: str
    score: float | None
    legal_basis: str = field(repr=False)
    order_reference: str = field(repr=False)
    authority: str = field(repr=False)
    court: str = field(repr=False)
    instruction: str = field(repr=False)
    contact: str = field(repr=False)
    valid_from: str = field(repr=False)
    valid_to: str = field(repr=False)
    persons: tuple[PersonListed, ...] = field(default=(), repr=False)
