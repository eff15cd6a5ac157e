"""Which exit belongs to which entry: a function of the set of a document's crossings.

Order of arrival, lateness and repetition cannot matter, since only the set is looked at. A
movement belongs to its neighbour in time or to none, so a late one changes nothing but the
stays around it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum
from typing import Final, NamedTuple
from uuid import UUID

from egate.domain.record import Direction

OWN_STATE: Final = "BGD"


class StayKind(IntEnum):
    """What is known of a stay; the numbers are those of the table."""

    OPEN = 1
    """Begun by the document's last movement: still here, or for a citizen still away."""
    MATCHED = 2
    ENTRY_WITHOUT_EXIT = 3
    EXIT_WITHOUT_ENTRY = 4


class Movement(NamedTuple):
    """A completed crossing; ordered by its time, then by its id.

    Args:
        at: when it occurred.
        crossing_id: of the record.
        direction: into the country, or out of it.

    """

    at: datetime
    crossing_id: UUID
    direction: Direction


class Stay(NamedTuple):
    """One stay of a foreigner or one absence of a citizen.

    Args:
        first: the movement that is the earlier one, or the only one.
        last: the movement that ended it.
        kind: whether it is complete.

    """

    first: Movement
    last: Movement | None
    kind: StayKind

    @property
    def entry(self) -> Movement | None:
        """The movement into the country."""
        return self._movement(Direction.ENTRY)

    @property
    def exit(self) -> Movement | None:
        """The movement out of the country."""
        return self._movement(Direction.EXIT)

    @property
    def movements(self) -> tuple[Movement, ...]:
        """One movement or both."""
        return (self.first,) if self.last is None else (self.first, self.last)

    def _movement(self, direction: Direction) -> Movement | None:
        if self.first.direction is direction:
            return self.first
        return self.last


def opening_direction(issuing_state: str) -> Direction:
    """Return what begins a stay: entry for foreigners, and for citizens, who go away, exit.

    The State of the document decides, and not the holder's nationality: it is part of the key,
    so all crossings of a document agree on it.
    """
    return Direction.EXIT if issuing_state == OWN_STATE else Direction.ENTRY


def pair(movements: Iterable[Movement], opening: Direction) -> tuple[Stay, ...]:
    """Return the stays of one document, in order of time.

    Args:
        movements: of that document, in any order, repeated or not.
        opening: which direction begins a stay.

    """
    found: list[Stay] = []
    begun: Movement | None = None
    for movement in sorted(set(movements)):
        if movement.direction is opening:
            if begun is not None:
                found.append(_unmatched(begun))
            begun = movement
        elif begun is not None:
            found.append(Stay(begun, movement, StayKind.MATCHED))
            begun = None
        else:
            found.append(_unmatched(movement))
    if begun is not None:
        found.append(Stay(begun, None, StayKind.OPEN))
    return tuple(found)


def replaced(supersedes: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """Return the records whose place others took.

    Of records that are tied to one another, directly or by others between them, one counts:
    the one that nobody supersedes; of several such, or in a circle, the one with the greatest
    id, which is the one made last.

    Args:
        supersedes: superseding record to the one whose place it takes, for all that are tied.

    """
    tied: dict[UUID, set[UUID]] = defaultdict(set)
    for record in supersedes:
        end, *others = _way_back(record, supersedes)
        tied[end].update((end, *others))
    superseded = frozenset(supersedes.values())
    standing = {max(members - superseded or members) for members in tied.values()}
    return frozenset().union(*tied.values()) - standing


def _way_back(record: UUID, supersedes: Mapping[UUID, UUID]) -> list[UUID]:
    """Return what all tied ones lead to, and what lies between ``record`` and that."""
    way = {record: 0}
    end = record
    while (before := supersedes.get(end)) is not None and before not in way:
        way[before] = len(way)
        end = before
    if before is not None:  # a circle has no end; let it be the same one for all
        end = max(list(way)[way[before] :])
    return [end, *way]


def _unmatched(movement: Movement) -> Stay:
    entry = movement.direction is Direction.ENTRY
    kind = StayKind.ENTRY_WITHOUT_EXIT if entry else StayKind.EXIT_WITHOUT_ENTRY
    return Stay(movement, None, kind)
