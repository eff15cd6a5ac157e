"""What an officer at a desk has just entered, so that the next one is quick and none is missed."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from egate.console.desk.known import Known
from egate.domain.record import CrossingStatus, Direction
from egate.domain.time import UtcSeconds

_MOST_LINES: Final = 12
_MOST_OFFICERS: Final = 200
_MOST_LOOKED: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One crossing, as the line of a paper sheet: nothing in it says whose it was.

    Args:
        number: 1, 2, 3... of this sitting.
        crossing_id: of the record.
        direction: of the journey.
        outcome: how it ended.
        occurred_at: when it took place.
        ending: the last characters of the document's number, to find the line on the paper.

    """

    number: int
    crossing_id: str
    direction: Direction
    outcome: CrossingStatus
    occurred_at: UtcSeconds
    ending: str


@dataclass(slots=True)
class Sitting:
    """One officer's work at the desk since the console began.

    Args:
        carried: what the next form begins with, as the form's fields.
        fallback: likewise.
        lines: what was entered, the newest first.
        looked: id of a form to what the centre said about which traveller. Personal.

    """

    carried: dict[str, str] = field(default_factory=dict)
    fallback: tuple[str, ...] = ()
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=_MOST_LINES))
    looked: dict[str, tuple[object, Known]] = field(default_factory=dict, repr=False)

    def ends_after(self, moment: UtcSeconds) -> bool:
        """Say whether what was entered last took place after ``moment``."""
        return bool(self.lines) and self.lines[0].occurred_at > moment

    def keep(self, entry: str, about: object, known: Known) -> None:
        """Keep what is known ``about`` the traveller of a form, and forget the oldest."""
        self.looked.pop(entry, None)
        self.looked[entry] = (about, known)
        while len(self.looked) > _MOST_LOOKED:
            del self.looked[next(iter(self.looked))]

    def known(self, entry: str, about: object) -> Known | None:
        """Return what is known for a form, None when it was about another traveller."""
        kept = self.looked.get(entry)
        return kept[1] if kept and kept[0] == about else None


class Sittings:
    """The sittings of all officers."""

    def __init__(self) -> None:
        self._sittings: dict[str, Sitting] = {}

    def of(self, officer_id: str) -> Sitting:
        """Return the sitting of an officer; a new one to begin with."""
        if officer_id not in self._sittings and len(self._sittings) >= _MOST_OFFICERS:
            del self._sittings[next(iter(self._sittings))]
        return self._sittings.setdefault(officer_id, Sitting())
