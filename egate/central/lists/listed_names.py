"""The persons of one list by name: those of one moment, and what changed since over them.

As in a version with its deltas at a gate: what changed is a small index of its own, so that an
approval costs milliseconds on a list of whatever length.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from egate.central.lists.acts import ActRefused
from egate.lists.listed_person import ListedPerson
from egate.lists.names.birth_date import UnusableDate
from egate.lists.names.folding import UnusableName
from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_index import PersonHit, PersonIndex, Traveller, likeliest_first
from egate.lists.person_search import PersonQuery

MOST_CHANGES: Final = 2000
"""Entries that changed; with more all is read anew."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """An index with the ids of its entries, by the numbers that it has."""

    entry_ids: Sequence[str]
    index: PersonIndex

    @classmethod
    def of(cls, persons: Mapping[str, str]) -> Self:
        entry_ids = list(persons)
        listed = (
            (number, ListedPerson.of(person))
            for number, entry_id in enumerate(entry_ids)
            for person in json.loads(persons[entry_id])
        )
        return cls(entry_ids, PersonIndex(PersonColumns.of(listed)))

    def find(self, traveller: Traveller) -> dict[str, PersonHit]:
        return {self.entry_ids[hit.entry]: hit for hit in self.index.find(traveller)}


@dataclass(frozen=True, slots=True)
class ListedNames:
    """Of one list; building and asking it are for a thread. Personal.

    Args:
        base: those of one moment.
        newer: those that changed since.
        changes: the same as they are stored, by entry: ``[]`` where nobody is listed any more.

    """

    base: _Layer = field(repr=False)
    newer: _Layer = field(repr=False)
    changes: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, persons: Mapping[str, str]) -> Self:
        """Return the names of all entries in force.

        Args:
            persons: of each entry, as they are stored, by its id.

        Raises:
            ListRefused: a rule about persons came after one was stored.

        """
        return cls(_Layer.of(persons), _Layer.of({}), {})

    def changed(self, persons: Mapping[str, str]) -> "ListedNames":
        """Return these with what entries say now in the place of what they said; as ``of``."""
        changes = {**self.changes, **persons}
        return ListedNames(self.base, _Layer.of(changes), changes)

    def find(self, query: PersonQuery) -> dict[str, PersonHit]:
        """Return the best hit of each entry that may list the traveller, by its id.

        Raises:
            ActRefused: a name or the date of birth cannot be compared.

        """
        best: dict[str, PersonHit] = {}
        for name in query.names:
            traveller = Traveller(name, query.date_of_birth, query.nationality)
            try:
                older, newer = self.base.find(traveller), self.newer.find(traveller)
            except (UnusableName, UnusableDate) as fault:
                raise ActRefused(str(fault)) from None
            kept = {each: hit for each, hit in older.items() if each not in self.changes}
            for entry_id, hit in (kept | newer).items():
                best[entry_id] = min(best.get(entry_id, hit), hit, key=likeliest_first)
        return best
