"""Persons of a snapshot with its deltas over it: the deltas are one small index of their own."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from egate.lists.names.not_the_same import NotTheSamePerson
from egate.lists.names.person_columns import PersonColumns
from egate.lists.names.person_index import (
    NameThresholds,
    PersonHit,
    PersonIndex,
    Traveller,
    likeliest_first,
)
from egate.lists.persons_file import PersonsSaid

_NONE: Final = PersonColumns.of(())


class PersonLayers:
    """Whom a version lists; what a delta says of an entry takes the place of all before.

    Args:
        layers: the snapshot's, then the deltas' in order; None where nothing is said.
        snapshot_names: the index of the snapshot, if it was made before: it takes seconds for a
            million names.

    """

    def __init__(
        self, layers: Sequence[PersonsSaid | None], snapshot_names: PersonIndex | None
    ) -> None:
        self._layers = [(number, said) for number, said in enumerate(layers) if said is not None]
        snapshot = layers[0].columns if layers[0] is not None else _NONE
        self.snapshot_names = snapshot_names or PersonIndex(snapshot)
        newer = np.empty(0, np.uint64)
        pieces = []
        for number, said in reversed(self._layers):
            if number:
                pieces.append((said.columns, ~np.isin(said.columns.entry, newer)))
                newer = np.union1d(newer, said.entries)
        self._newer = frozenset(newer.tolist())
        changed = PersonColumns.joined(pieces)
        self._delta_names = PersonIndex(changed)
        self.count = len(np.setdiff1d(snapshot.entry, newer)) + len(np.unique(changed.entry))

    def find(self, traveller: Traveller, thresholds: NameThresholds) -> tuple[PersonHit, ...]:
        """Return who the traveller may be, the likeliest first.

        Raises:
            UnusableName: the traveller's name cannot be compared.
            UnusableDate: the traveller's date of birth.

        """
        hits = self.snapshot_names.find(traveller, thresholds)
        kept = [hit for hit in hits if hit.entry not in self._newer]
        changed = self._delta_names.find(traveller, thresholds)
        return tuple(sorted((*kept, *changed), key=likeliest_first))

    def place(self, entry: int) -> tuple[int, int]:
        """Return the layer that last said whom an entry lists, and the entry's number there."""
        for number, said in reversed(self._layers):
            if (at := said.number_of(entry)) is not None:
                return number, at
        raise KeyError(entry)

    def settled_about(self, entry: int) -> list[NotTheSamePerson]:
        """Return what officers decided about an entry."""
        layer, _ = self.place(entry)
        return dict(self._layers)[layer].settled_about(entry)
