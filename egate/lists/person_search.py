"""The look-up of a person in the gate's lists, by name, date of birth and nationality."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from egate.domain.record import Direction
from egate.lists.errors import ListRefused
from egate.lists.keeper import Kept
from egate.lists.keys import ListKey
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.names.birth_date import UnusableDate
from egate.lists.names.folding import UnusableName
from egate.lists.names.person_index import NameThresholds, PersonHit, Traveller, likeliest_first


class MatchKind(StrEnum):
    """How surely a listed person is the traveller."""

    EXACT = "exact"
    """The same name, the same whole date of birth, no other nationality."""
    FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class PersonQuery:
    """For whom to look. Personal.

    Args:
        names: each whole: as in the MRZ, and as the chip has it in full (DG11).
        date_of_birth: as in `ListedPerson`.
        nationality: as in the MRZ, without fillers.
        document: the traveller's, None where there is none to remember decisions by.
        direction: the traveller's, None for entries of either.
        at: the day at the border crossing point.

    """

    names: tuple[str, ...] = field(repr=False)
    date_of_birth: str | None = field(repr=False)
    nationality: str = field(repr=False)
    document: ListedDocument | None
    direction: Direction | None
    at: dt.date


@dataclass(frozen=True, slots=True)
class PersonFound:
    """An entry that may list the traveller.

    Args:
        entry: opened; its ``revision`` is what an officer's decision is about.
        score: how alike the names are, from 0 to 1.
        kind: exact or fuzzy.

    """

    entry: ListEntry
    score: float
    kind: MatchKind

    @property
    def action(self) -> ListAction:
        """What the gate does: who is only perhaps listed is referred openly, and cleared."""
        if self.kind is MatchKind.FUZZY and self.entry.action is ListAction.REFER_SILENT:
            return ListAction.REFER
        return self.entry.action


def find_persons(
    query: PersonQuery,
    lists: Mapping[ListKind, Kept],
    key: ListKey,
    now: dt.datetime,
    thresholds: NameThresholds | None = None,
) -> list[PersonFound]:
    """Return every entry that may list the traveller and counts that day, likeliest first.

    Args:
        query: the traveller.
        lists: opened.
        key: of the lists.
        now: UTC; nobody is looked up in a list whose time is over.
        thresholds: of the policy, None for what the measurements are of.

    Raises:
        ListRefused: a list cannot be used, or the name or date of birth cannot be compared, so
            that nobody can say that the traveller is on none.

    """
    digest = None if query.document is None else int.from_bytes(key.document_digest(query.document))
    best: dict[tuple[ListKind, int], tuple[PersonHit, ListEntry]] = {}
    for kind, kept in lists.items():
        for name in query.names:
            traveller = Traveller(name, query.date_of_birth, query.nationality)
            try:
                found = kept.usable(now).find_persons(
                    traveller, digest, thresholds or NameThresholds()
                )
            except (ListRefused, UnusableName, UnusableDate) as fault:
                raise ListRefused(f"{kind}: {fault}") from fault
            for hit, entry in found:
                if entry.applies(query.direction, query.at):
                    before = best.get((kind, hit.entry), (hit, entry))
                    best[kind, hit.entry] = min(before, (hit, entry), key=_likeliest_first)
    return [
        PersonFound(entry, hit.score, MatchKind.EXACT if hit.is_exact else MatchKind.FUZZY)
        for hit, entry in sorted(best.values(), key=_likeliest_first)
    ]


def _likeliest_first(found: tuple[PersonHit, ListEntry]) -> tuple[object, ...]:
    return likeliest_first(found[0])
